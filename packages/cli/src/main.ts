// The command line's door: run what was typed, end with 0 done, 1 not held or refused, 2 misuse.
import { EXIT } from './failures.ts'
import { run } from './run.ts'

// A reader that has gone (`ngtb logs | head`) ends us quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  if (process.listenerCount('SIGTERM') > 0) process.kill(process.pid, 'SIGTERM')
  else process.exit(EXIT.done)
})

await run(process.argv)
