const fs = require('fs')
const path = require('path')

const base = fs.readFileSync('prisma/base.prisma', 'utf8')
const models = fs.readdirSync('prisma/models').filter((f) => /\.prisma$/.test(f))

let schema = base
for (const model of models) {
  schema += `\n// From ${model}\n`
  schema += fs.readFileSync(path.join('prisma/models', model), 'utf8')
}
fs.writeFileSync('prisma/schema.prisma', schema)
