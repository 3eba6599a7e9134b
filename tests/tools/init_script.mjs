// A team's joining script, told by each line of standard input what to write:
// { directory, output, names, format, now } with the folders absolute. Answers each with a line.
import fs from 'node:fs'
import path from 'node:path'
import readline from 'node:readline'

const words = (text) => text.replace(/[-_]/g, ' ')
const modifiers = {
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  words,
  title: (text) =>
    words(text)
      .split(' ')
      .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
      .join(' '),
}

function header(template, directory, name) {
  const file = path.posix.join(directory, name)
  const parts = {
    name: path.posix.basename(name),
    stem: path.posix.basename(name, '.prisma'),
    path: name,
    dir: path.posix.basename(path.posix.dirname(file)),
  }
  return template.replace(/\{(\w+)((?::\w+)*)\}/g, (_, part, how) =>
    how.split(':').slice(1).reduce((text, one) => modifiers[one](text), parts[part]),
  )
}

const trims = { none: (text) => text, end: (text) => text.trimEnd(), both: (text) => text.trim() }

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { directory, output, names, format, now } = JSON.parse(line)
  const sections = names.map((name, index) => {
    const text = trims[format.trim](fs.readFileSync(path.join(directory, name), 'utf8'))
    const own = format.headers[name] ?? (index || format.firstHeader ? format.header : '')
    return header(own, directory, name) + text
  })
  const banner = format.banner.replace('NOW', now)
  fs.writeFileSync(output, banner + sections.join(format.separator) + format.footer)
  process.stdout.write('done\n')
}
