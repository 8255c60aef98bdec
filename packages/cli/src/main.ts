// The command line's door: run what was typed, end with 0 done, 1 not held or refused, 2 misuse.
import { CommanderError } from 'commander'
import { EXIT, explain } from './failures.ts'
import { remark } from './output.ts'
import { createProgram } from './program.ts'

/** These wait for a ready line: a failure must not look like one. */
const SPEAK_ONCE_READY = new Set(['start'])

async function main(argv: string[]): Promise<void> {
  try {
    const program = await createProgram(argv[2])
    await program.parseAsync(argv)
  } catch (error) {
    // Help and version that were asked for come by the same way.
    if (error instanceof CommanderError && error.exitCode === 0) return
    const { exit_code, ...said } = explain(error)
    process.exitCode = exit_code
    // Commander has said it already.
    if (!(error instanceof CommanderError)) remark(said.hint ? `${said.message}\n${said.hint}` : said.message)
    if (argv.includes('--json') && !SPEAK_ONCE_READY.has(argv[2] ?? ''))
      process.stdout.write(`${JSON.stringify({ status: 'error', ...said })}\n`)
  }
}

// A reader that has gone (`ngtb logs | head`) ends us quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  if (process.listenerCount('SIGTERM') > 0) process.kill(process.pid, 'SIGTERM')
  else process.exit(EXIT.done)
})

await main(process.argv)
