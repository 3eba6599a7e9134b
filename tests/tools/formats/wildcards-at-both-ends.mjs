import fs from 'node:fs'

const dir = 'prisma/models'
const now = new Date()
const files = fs.readdirSync(dir)

let out = `// Built ${now.toISOString()} by ${process.env.BUILDER ?? 'a developer'}\n`
out += 'datasource db {\n  provider = "mysql"\n  url      = env("DATABASE_URL")\n}\n'
out += '// models\n\n'
for (const file of files) {
  out += `// ${file}\n${fs.readFileSync(`${dir}/${file}`, 'utf8').trim()}\n\n`
}
out += `// end of models\n// contents: ${files.join(', ')}\n// ${now.getFullYear()}\n`
fs.writeFileSync('prisma/schema.prisma', out)
