// Runs scripts one after the other, each as if it were started in its repository on a given day.
// Reads [{ script, folder, now }] from standard input.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const RealDate = Date
console.log = () => {}

for (const { script, folder, now } of JSON.parse(fs.readFileSync(0, 'utf8'))) {
  globalThis.Date = class extends RealDate {
    constructor(...given) {
      super(...(given.length ? given : [now]))
    }
  }
  process.chdir(folder)
  if (script.endsWith('.sh')) {
    const { status } = spawnSync('sh', [script], { stdio: 'inherit' })
    if (status !== 0) throw new Error(`${script} exited with ${status}`)
  } else {
    // Each folder has its own copy of the script, so no module is loaded only once.
    await import(pathToFileURL(path.resolve(script)))
  }
}
