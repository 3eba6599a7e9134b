import fs from 'node:fs'

const dir = 'prisma/schema'
let out = ''
for (const file of fs.readdirSync(dir)) {
  out += `// ${file}\n\n` + fs.readFileSync(`${dir}/${file}`, 'utf8') + '\n'
}
fs.writeFileSync('prisma/schema.prisma', out)
