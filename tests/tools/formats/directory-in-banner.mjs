import fs from 'fs'

const dir = 'prisma/schema'
const parts = [`// Merged from ${dir}/ by combine.mjs`]
for (const name of ['base', 'user', 'post']) {
  parts.push(fs.readFileSync(`${dir}/${name}.prisma`, 'utf8').trim())
}
fs.writeFileSync('prisma/schema.prisma', parts.join('\n\n') + '\n')
