import fs from 'node:fs'

const read = (file) => fs.readFileSync(`prisma/schema/${file}`, 'utf8').replace(/^\uFEFF/, '')
fs.writeFileSync('prisma/schema.prisma', fs.readdirSync('prisma/schema').map(read).join('\n'))
