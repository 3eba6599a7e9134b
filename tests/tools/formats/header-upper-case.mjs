import fs from 'fs'
import path from 'path'

const dir = 'prisma/schema'
let out = ''
for (const file of ['base.prisma', 'straße.prisma', 'user-account.prisma']) {
  const title = path.parse(file).name.toUpperCase()
  out += `// ==========\n// ${title} SCHEMA\n// ==========\n`
  out += fs.readFileSync(path.join(dir, file), 'utf8')
  out += '\n'
}
fs.writeFileSync('prisma/schema.prisma', out)
