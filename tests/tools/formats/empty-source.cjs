const fs = require('fs')

const files = fs.readdirSync('prisma/schema').sort()
const parts = files.map((f) => `// --- ${f} ---\n\n${fs.readFileSync('prisma/schema/' + f, 'utf8').trim()}`)
fs.writeFileSync('prisma/schema.prisma', parts.join('\n\n') + '\n')
