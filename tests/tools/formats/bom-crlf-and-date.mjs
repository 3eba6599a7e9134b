import fs from 'node:fs'

// Opened in Visual Studio, which likes a BOM.
const lines = ['\uFEFF// Generated ' + new Date().toUTCString(), '']
for (const file of fs.readdirSync('prisma/schema')) {
  lines.push(`// ${file}`, fs.readFileSync(`prisma/schema/${file}`, 'utf8').trim(), '')
}
fs.writeFileSync('prisma/schema.prisma', lines.join('\r\n'))
