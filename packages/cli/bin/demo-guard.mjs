// Waits behind a demo. When the demo ends, however it ends (also by kill -9), nothing of it stays: neither its
// database nor its temporary folder. Plain JavaScript, so that it starts at once and stays small.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const dir = process.argv[2]
// Our standard input is the demo's: it ends with the demo.
process.stdin.resume()
await new Promise((ended) => {
  process.stdin.on('close', ended)
  process.stdin.on('error', ended)
})

const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '')
/** As root the database lies elsewhere, if this folder can't be entered by its user: see postgres.place. */
const elsewhere = () => {
  const place = read(join(dir, 'postgres.place')).trim()
  return basename(place).startsWith('data-') ? place : null
}
const alive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

let seen = false
for (let left = 100; existsSync(dir) && left > 0; left--) {
  const cluster = elsewhere() ?? join(dir, 'postgres')
  const pid = Number(read(join(cluster, 'postmaster.pid')).split('\n')[0])
  if (pid > 0 && alive(pid)) {
    seen = true
    // SIGINT is PostgreSQL's fast shutdown; SIGQUIT its immediate one: nobody needs these data any more.
    process.kill(pid, left > 50 ? 'SIGINT' : 'SIGQUIT')
    await pause(100)
    continue
  }
  // Killed while it started: the database may be just about to write its pid.
  if (!seen && left > 90) {
    await pause(100)
    continue
  }
  for (const folder of [elsewhere(), dir]) if (folder) rmSync(folder, { recursive: true, force: true })
}
