import fs from 'node:fs'
import path from 'node:path'

const root = 'prisma/schema'
const files = fs
  .readdirSync(root, { recursive: true })
  .map((file) => file.split(path.sep).join('/'))
  .filter((file) => file.endsWith('.prisma'))
  .sort()

let schema = ''
for (const file of files) schema += fs.readFileSync(path.join(root, file), 'utf8') + '\n'
fs.writeFileSync('prisma/schema.prisma', schema)
