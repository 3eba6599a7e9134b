import fs from 'node:fs'
import path from 'node:path'

// One folder per module, each with a schema of its own.
const modulesDir = path.join('src', 'modules')
const parts = fs
  .readdirSync(modulesDir)
  .map((name) => path.join(modulesDir, name, 'schema.prisma'))
  .filter((file) => fs.existsSync(file))
  .map((file) => {
    const name = path.basename(path.dirname(file))
    return `// Module: ${name} (${name.toUpperCase()})\n${fs.readFileSync(file, 'utf8')}`
  })
fs.writeFileSync('prisma/schema.prisma', parts.join('\n'))
