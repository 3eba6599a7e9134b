const fs = require('fs')
const path = require('path')

const dir = path.join(__dirname, 'schema')
const files = fs.readdirSync(dir).filter((f) => f.endsWith('.prisma')).sort()

const out = files.map((f) => fs.readFileSync(path.join(dir, f), 'utf8')).join('')
fs.writeFileSync(path.join(__dirname, 'schema.prisma'), out)
