// Answers what Prisma's own parsers make of schemas: reads a JSON list of [version, question, schema]
// a line, writes the JSON list of the answers. The folder of the installed parsers is the argument.
'use strict'

const { createRequire } = require('node:module')
const path = require('node:path')
const readline = require('node:readline')

const installed = createRequire(path.resolve(process.argv[2], 'package.json'))
const options = { tabSize: 2, insertSpaces: true }

const questions = {
  // null, or why Prisma refuses the schema
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
  // the files, a list of [name, text], formatted; each is asked for, as Prisma's editor plugin does
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

// Without it a panic inside the parser shows as a TypeError about this very registry.
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
