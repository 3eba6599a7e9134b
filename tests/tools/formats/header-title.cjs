const fs = require('fs')
const path = require('path')

const titleCase = (name) =>
  name
    .split(/[-_]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')

const dir = path.join(__dirname, 'schema')
const parts = fs
  .readdirSync(dir)
  .filter((file) => path.extname(file) === '.prisma')
  .sort()
  .map((file) => {
    const body = fs.readFileSync(path.join(dir, file), 'utf8').trim()
    return `/// ${titleCase(path.basename(file, '.prisma'))} Models\n\n${body}`
  })

fs.writeFileSync(path.join(__dirname, 'schema.prisma'), `${parts.join('\n\n')}\n`)
