import fs from 'node:fs'

const dir = './prisma/schema'
let schema = ''
for (const file of fs.readdirSync(dir).sort()) {
  if (!file.endsWith('.prisma')) continue
  if (schema) schema += '\n\n\n'
  schema += fs.readFileSync(`${dir}/${file}`, 'utf8').trimEnd()
}
fs.writeFileSync('./prisma/schema.prisma', schema + '\n')
