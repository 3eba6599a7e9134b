import { readdirSync, readFileSync, writeFileSync } from 'fs'

const files = readdirSync('prisma/schema').filter((name) => name.endsWith('.prisma'))
const parts = files.map((name) => readFileSync(`prisma/schema/${name}`, 'utf-8'))
writeFileSync('prisma/schema.prisma', parts.join('\n'))
