import fs from 'node:fs'

const settings = `generator client {
  provider = "prisma-client-js"
}

datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}
`

const parts = [settings]
for (const file of fs.readdirSync('prisma/models')) {
  parts.push(fs.readFileSync(`prisma/models/${file}`, 'utf8'))
}
fs.writeFileSync('prisma/schema.prisma', parts.join('\n'))
