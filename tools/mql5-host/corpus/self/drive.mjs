// drive.mjs — runs a self test: sends what the EA prints as "DO <command>", starts it again after a killed run.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

const [bin, ...args] = process.argv.slice(2)
if (!bin) throw new Error('usage: node drive.mjs BINARY [host options]')
const restarts = Number(process.env.RESTARTS ?? 0)

function run() {
  return new Promise((resolve) => {
    const host = spawn(bin, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    createInterface({ input: host.stdout }).on('line', (line) => {
      const event = JSON.parse(line)
      if (event.ev !== 'reply' && !event.text?.startsWith('DO ')) console.log(line.slice(0, 2000))
      if (event.ev === 'reply' && event.data?.error) console.log(line.slice(0, 2000))
      if (event.ev === 'print' && event.text.startsWith('DO ')) host.stdin.write(`${event.text.slice(3)}\n`)
    })
    host.on('exit', (code) => resolve(code))
  })
}

let code = await run()
for (let n = 0; code === 137 && n < restarts; n++) code = await run()
process.exit(code ?? 1)
