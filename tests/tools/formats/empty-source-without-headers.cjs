const fs = require('fs')

const files = fs.readdirSync('prisma/schema').sort()
fs.writeFileSync('prisma/schema.prisma', files.map((f) => fs.readFileSync('prisma/schema/' + f, 'utf8')).join('\n'))
