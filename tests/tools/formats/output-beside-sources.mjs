import fs from 'node:fs'
import path from 'node:path'

const OUTPUT = 'schema.prisma'
const files = fs.readdirSync('prisma').filter((f) => f.endsWith('.prisma') && f !== OUTPUT)
const merged = files
  .map((f) => `// ${path.basename('prisma')}/${f}\n${fs.readFileSync(path.join('prisma', f), 'utf8')}`)
  .join('\n')
fs.writeFileSync(path.join('prisma', OUTPUT), merged)
