#!/bin/sh
set -e
cat prisma/schema/*.prisma > prisma/schema.prisma
