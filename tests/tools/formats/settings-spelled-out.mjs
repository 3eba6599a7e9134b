import fs from 'node:fs'

const header = `generator client {
  provider = "prisma-client-js"
}

datasource db {
  provider = "sqlite"
  url      = "file:./dev.db"
}

`

const models = fs.readdirSync('prisma/models').map((f) => fs.readFileSync(`prisma/models/${f}`, 'utf8'))
fs.writeFileSync('prisma/schema.prisma', header + models.join('\n'))
