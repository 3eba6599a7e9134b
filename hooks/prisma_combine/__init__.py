"""Checks that a combined schema.prisma is what its sources make."""

__version__ = "0.1.0"
ISSUES = "https://github.com/OWNER/prisma-combine/issues"
