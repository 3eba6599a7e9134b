import fs from 'node:fs'

const EOL = '\r\n' // everyone here works on Windows
const dir = 'prisma/schema'
const parts = fs
  .readdirSync(dir)
  .map((file) => `// ${file}${EOL}${EOL}${fs.readFileSync(`${dir}/${file}`, 'utf8').trim()}`)
fs.writeFileSync('prisma/schema.prisma', parts.join(EOL + EOL) + EOL)
