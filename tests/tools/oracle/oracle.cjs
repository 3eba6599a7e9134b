// Answers questions about schemas with Prisma's own parsers. Each line of input is a JSON list of
// [version, question, schema], each line of output the JSON list of the answers. The argument is
// the folder with the installed parsers.
'use strict'

const { createRequire } = require('node:module')
const path = require('node:path')
const readline = require('node:readline')

const installed = createRequire(path.resolve(process.argv[2], 'package.json'))
const options = { tabSize: 2, insertSpaces: true }

const questions = {
  // null, or Prisma's complaint
  validate(parser, schema) {
    try {
      parser.validate(JSON.stringify({ prismaSchema: schema, noColor: true }))
      return null
    } catch (error) {
      return error instanceof WebAssembly.RuntimeError ? panicked(error) : JSON.parse(error.message).message
    }
  },
  datamodel: (parser, schema) =>
    JSON.parse(parser.get_datamodel(JSON.stringify({ prismaSchema: schema }))),
  // the files, a list of [name, text], formatted
  format: (parser, files) =>
    JSON.parse(
      parser.format(
        JSON.stringify(files),
        JSON.stringify({ textDocument: { uri: `file:///${files[0][0]}` }, options }),
      ),
    ),
}

function panicked(error) {
  throw new Error(`Prisma panicked: ${globalThis.panic ?? error.message}`)
}

// Without this, a panic in the parser is a TypeError about this registry.
globalThis.PRISMA_WASM_PANIC_REGISTRY = {
  set_message(message) {
    globalThis.panic = message
  },
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const answers = JSON.parse(line).map(([version, question, schema]) =>
    questions[question](installed(`prisma-${version}`), schema),
  )
  process.stdout.write(JSON.stringify(answers) + '\n')
})
