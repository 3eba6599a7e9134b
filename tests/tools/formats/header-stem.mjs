import fs from 'fs'
import path from 'path'

const dir = 'prisma/schema'
const sections = fs.readdirSync(dir).map((file) => {
  const name = path.basename(file, '.prisma')
  return `// ${name}\n\n${fs.readFileSync(path.join(dir, file), 'utf8').trim()}`
})
fs.writeFileSync('prisma/schema.prisma', sections.join('\n\n') + '\n')
