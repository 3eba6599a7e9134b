import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const dir = 'prisma/schema'
const label = (file) => file.replace('.prisma', '').replace(/[-_]/g, ' ').toLowerCase()

const parts = readdirSync(dir)
  .sort()
  .map((file) => `// models: ${label(file)}\n` + readFileSync(`${dir}/${file}`, 'utf8').trimEnd())
writeFileSync('prisma/schema.prisma', parts.join('\n\n') + '\n')
