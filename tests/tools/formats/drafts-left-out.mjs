import fs from 'node:fs'

const dir = 'prisma/schema'
const files = fs
  .readdirSync(dir)
  .filter((file) => file.endsWith('.prisma') && !file.endsWith('.draft.prisma'))
const merged = files.map((file) => fs.readFileSync(`${dir}/${file}`, 'utf8').trim()).join('\n\n')
fs.writeFileSync('prisma/schema.prisma', '// Generated\n\n' + merged + '\n')
