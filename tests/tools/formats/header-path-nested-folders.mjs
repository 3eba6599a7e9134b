import fs from 'node:fs'
import path from 'node:path'

const root = 'prisma/schema'

function collect(dir) {
  return fs.readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(dir, entry.name)
    if (entry.isDirectory()) return collect(full)
    return entry.name.endsWith('.prisma') ? [full] : []
  })
}

const parts = collect(root)
  .map((file) => path.relative(root, file).split(path.sep).join('/'))
  .sort()
  .map((file) => `// Source: ${file}\n\n${fs.readFileSync(path.join(root, file), 'utf8').trim()}\n`)
fs.writeFileSync('prisma/schema.prisma', parts.join('\n'))
