import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const databaseDir = path.dirname(fileURLToPath(import.meta.url))
const schemasDir = path.join(databaseDir, 'schemas')
const outputFile = path.join(databaseDir, '..', 'schema.prisma')

// Order matters: base first, then each file after the ones it depends on.
const schemaFiles = [
  'base.prisma',
  'user.prisma',
  'integration.prisma',
  'sync.prisma',
  'contact.prisma',
]

let combined = ''

for (const file of schemaFiles) {
  const filePath = path.join(schemasDir, file)
  if (!fs.existsSync(filePath)) {
    console.error(`Schema file not found: ${filePath}`)
    process.exit(1)
  }

  combined += '// ============================================\n'
  combined += `// ${file}\n`
  combined += '// ============================================\n\n'
  combined += fs.readFileSync(filePath, 'utf8')
  combined += '\n\n'
}

fs.writeFileSync(outputFile, combined)
console.log(`Combined ${schemaFiles.length} schema files into ${path.relative(process.cwd(), outputFile)}`)
