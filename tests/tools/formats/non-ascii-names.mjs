import fs from 'node:fs'

const dir = 'prisma/schéma'
const parts = fs
  .readdirSync(dir)
  .sort()
  .map((file) => `// ★ ${file} ★\n\n${fs.readFileSync(`${dir}/${file}`, 'utf8').trim()}\n`)
fs.writeFileSync('prisma/schema.prisma', `// Aus ${dir}\n\n` + parts.join('\n'))
