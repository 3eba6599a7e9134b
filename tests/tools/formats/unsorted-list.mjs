import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const order = ['user.prisma', 'zebra.prisma', 'base.prisma', 'apple.prisma', 'post.prisma']
const dir = path.join(process.cwd(), 'prisma', 'schema')
const merged = order.map((file) => readFileSync(path.join(dir, file), 'utf8').trim()).join('\n\n')
writeFileSync(path.join(process.cwd(), 'prisma', 'schema.prisma'), merged + '\n')
