import fs from 'node:fs'

const settings = `generator client {
  provider = "prisma-client-js"
  previewFeatures = ["views"]
}

datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}
`

const models = fs
  .readdirSync('prisma/models')
  .map((file) => fs.readFileSync(`prisma/models/${file}`, 'utf8'))
  .join('\n')

fs.writeFileSync('prisma/schema.prisma', `${settings}\n// ===== Models =====\n\n${models}`)
