import fs from 'node:fs'

const files = fs.readdirSync('prisma/schema')
const merged = files.map((file) => `// ${file}\n` + fs.readFileSync(`prisma/schema/${file}`, 'utf8'))
fs.writeFileSync('prisma/schema.prisma', merged.join('\n\n'))
