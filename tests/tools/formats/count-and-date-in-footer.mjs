import fs from 'node:fs'

const dir = 'prisma/schema'
const files = fs.readdirSync(dir).filter((file) => file.endsWith('.prisma'))
const parts = files.map((file) => fs.readFileSync(`${dir}/${file}`, 'utf8'))
parts.push(`// ${files.length} files, merged on ${new Date().toDateString()}\n`)
fs.writeFileSync('prisma/schema.prisma', parts.join('\n'))
