import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const RULE = '\n\n// ' + '-'.repeat(60) + '\n\n'
const dir = join('prisma', 'schema')

writeFileSync(
  join('prisma', 'schema.prisma'),
  readdirSync(dir).map((file) => readFileSync(join(dir, file), 'utf8').trim()).join(RULE) + '\n',
)
