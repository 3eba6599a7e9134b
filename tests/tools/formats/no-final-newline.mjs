import fs from 'node:fs'

const dir = './prisma/schema'
const schema = fs
  .readdirSync(dir)
  .filter((file) => file.endsWith('.prisma'))
  .map((file) => fs.readFileSync(`${dir}/${file}`, 'utf8').trim())
  .join('\n\n')

fs.writeFileSync('./prisma/schema.prisma', schema)
