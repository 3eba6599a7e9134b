const fs = require('fs')
const path = require('path')

const dir = path.join(__dirname, 'schema')
const rest = fs.readdirSync(dir).filter((f) => f.endsWith('.prisma') && f !== 'main.prisma')
const content = ['main.prisma', ...rest.sort()]
  .map((f) => fs.readFileSync(path.join(dir, f), 'utf8').trim())
  .join('\n\n')
fs.writeFileSync(path.join(__dirname, 'schema.prisma'), content + '\n')
