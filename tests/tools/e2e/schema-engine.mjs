#!/usr/bin/env node
// Stands in for Prisma's schema engine, a native binary that Prisma downloads from a host of its own.
// The same engine is published on npm as WebAssembly, without the binary's shell around it: this is
// that shell. The CLI speaks JSON-RPC to it, one message a line, on standard input and output.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as bg from '@prisma/schema-engine-wasm/schema_engine_bg'
import pg from 'pg'

const { values, positionals } = parseArgs({
  options: { datamodels: { type: 'string', multiple: true }, datasource: { type: 'string' } },
  allowPositionals: true,
  strict: false, // it is also given options that matter only to the binary
})
const url = new URL(JSON.parse(values.datasource ?? '{}').url ?? 'postgresql://localhost/postgres')

// The engine reads catalogue columns of type "char" (oid 18), which the adapter refuses; it takes text.
pg.types.builtins.XML = 18

class Adapter extends PrismaPg {
  constructor(database) {
    const { hostname: host, port, username: user, password } = url
    super({ host, port, user, password: decodeURIComponent(password), database })
  }

  async connect() {
    const connection = await super.connect()
    // The adapter's own splits at each `;`, also in a comment or a string.
    connection.executeScript = async (script) => {
      await connection.underlyingDriver().query(script).catch((error) => connection.onError(error))
    }
    return connection
  }

  // The adapter's own drops the shadow database while still connected to it, which PostgreSQL refuses.
  async connectToShadowDb() {
    const name = `shadow_${randomUUID()}`
    const connection = await this.connect()
    await connection.executeScript(`CREATE DATABASE "${name}"`)
    const shadow = await new Adapter(name).connect()
    const disconnect = shadow.dispose.bind(shadow)
    shadow.dispose = async () => {
      await disconnect()
      await connection.executeScript(`DROP DATABASE "${name}"`)
      await connection.dispose()
    }
    return shadow
  }
}

const adapter = new Adapter(url.pathname.slice(1))

if (positionals[0] === 'cli') {
  if (positionals[1] !== 'can-connect-to-database') throw new Error(`not supported: ${positionals[1]}`)
  const connection = await adapter.connect()
  await connection.executeScript('SELECT 1')
  process.exit(0)
}

const main = import.meta.resolve('@prisma/schema-engine-wasm')
const wasm = readFileSync(new URL('schema_engine_bg.wasm', main))
const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': bg })
bg.__wbg_set_wasm(instance.exports)
instance.exports.__wbindgen_start()
const datamodels = values.datamodels?.map((path) => [path, readFileSync(path, 'utf8')])
const bound = bindMigrationAwareSqlAdapterFactory(adapter)
const engine = await bg.SchemaEngine.new({ datamodels }, () => {}, bound)

function send(message) {
  process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\n')
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line)
  if (!method) continue // the answer to a `print`
  try {
    const result = await engine[method === 'getDatabaseVersion' ? 'version' : method](params)
    const content = method === 'diff' && result.stdout
    if (content) send({ id: `print-${id}`, method: 'print', params: { content } })
    send({ id, result: result ?? null })
  } catch (error) {
    const { message, code: error_code } = error
    send({ id, error: { code: 4466, message, data: { is_panic: false, message, error_code } } })
  }
}
process.exit(0)
