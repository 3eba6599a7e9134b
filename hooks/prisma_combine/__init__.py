"""Keeps a combined schema.prisma in step with the split files that it is made from."""
