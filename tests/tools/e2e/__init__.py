"""The sample project's whole story, on the real Prisma and a real PostgreSQL."""
