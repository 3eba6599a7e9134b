const fs = require('fs')

const names = ['base', 'user', 'post']
const read = (name) => fs.readFileSync(`prisma/schema/${name}.prisma`, 'utf8')
fs.writeFileSync('prisma/schema.prisma', names.map(read).join(''))
