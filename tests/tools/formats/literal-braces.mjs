import fs from 'node:fs'

let out = '// {{ generated }} { any } {\n\n'
for (const file of fs.readdirSync('prisma/schema')) {
  out += `// {region} {${file}} {name:UPPER} {}\n`
  out += fs.readFileSync(`prisma/schema/${file}`, 'utf8').trim()
  out += '\n// {endregion}\n'
}
fs.writeFileSync('prisma/schema.prisma', out)
