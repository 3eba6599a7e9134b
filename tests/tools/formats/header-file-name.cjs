const fs = require('fs');
const path = require('path');

const schemaDir = path.join(__dirname, 'schema');
const schemaFiles = ['base.prisma', 'user.prisma', 'post.prisma'];

let combinedSchema = '// This file is auto-generated. Do not edit directly.\n\n';

schemaFiles.forEach(file => {
  const content = fs.readFileSync(path.join(schemaDir, file), 'utf8');
  combinedSchema += `// ===== ${file} =====\n${content}\n`;
});

fs.writeFileSync(path.join(__dirname, 'schema.prisma'), combinedSchema);
