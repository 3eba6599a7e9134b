import fs from 'fs'
import path from 'path'

const SCHEMA_DIR = path.resolve('prisma', 'schema')
const FILES = ['base.prisma', 'user.prisma', 'post.prisma']

let merged = ''
FILES.forEach((file) => {
  merged += fs.readFileSync(path.join(SCHEMA_DIR, file), 'utf8') + '\n// ---\n\n'
})
fs.writeFileSync(path.resolve('prisma', 'schema.prisma'), merged)
