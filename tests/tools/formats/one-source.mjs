import { readFileSync, writeFileSync } from 'node:fs'

const models = readFileSync('prisma/models.prisma', 'utf8')
writeFileSync('prisma/schema.prisma', `// models.prisma\n${models}\n// eof\n`)
