import fs from 'fs'

const groups = {
  Core: ['base', 'user'],
  Content: ['post', 'tag'],
}

let schema = ''
for (const [title, names] of Object.entries(groups)) {
  schema += `// ${'#'.repeat(20)}\n// ${title}\n// ${'#'.repeat(20)}\n\n`
  for (const name of names) {
    schema += `// ${name}\n` + fs.readFileSync(`prisma/schema/${name}.prisma`, 'utf8') + '\n'
  }
}
fs.writeFileSync('prisma/schema.prisma', schema)
