const { readdirSync, readFileSync, writeFileSync } = require('fs')

const parts = []
for (const file of readdirSync('prisma/schema')) {
  parts.push(readFileSync('prisma/schema/' + file, 'utf8').trim())
}
writeFileSync('prisma/schema.prisma', parts.join('\n\n') + '\n')
