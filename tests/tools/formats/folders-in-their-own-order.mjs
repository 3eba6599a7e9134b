import fs from 'node:fs'
import path from 'node:path'

const folders = ['config', 'models', 'enums']
const parts = folders.flatMap((folder) => {
  const dir = path.join('prisma/schema', folder)
  return fs.readdirSync(dir).sort().map((file) => fs.readFileSync(path.join(dir, file), 'utf8'))
})
fs.writeFileSync('prisma/schema.prisma', parts.join('\n'))
