import fs from 'node:fs'

let schema = '\n\n'
for (const file of fs.readdirSync('prisma/schema')) {
  schema += `\n\n// ${file}\n\n\n`
  schema += fs.readFileSync(`prisma/schema/${file}`, 'utf8')
  schema += '\n\n\n'
}
fs.writeFileSync('prisma/schema.prisma', schema)
