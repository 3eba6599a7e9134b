import { defineConfig } from 'prisma/config'

export default defineConfig({
  schema: 'src/infrastructure/schema.prisma',
  migrations: { path: 'src/infrastructure/database/migrations' },
  // Not env('DATABASE_URL'), which throws when it is unset: `prisma generate` needs no database.
  datasource: { url: process.env.DATABASE_URL },
})
