import fs from 'node:fs'
import path from 'node:path'

const dir = 'services/api/prisma'
const files = ['base.prisma', '../../common/enums.prisma', 'user.prisma']
const parts = files.map((file) => {
  const folder = path.basename(path.dirname(path.join(dir, file)))
  return `// ${file} in ${folder}\n\n` + fs.readFileSync(path.join(dir, file), 'utf8')
})
fs.writeFileSync('services/api/schema.prisma', parts.join('\n'))
