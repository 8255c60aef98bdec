// Runs what was typed: help, a command, or a failure as a sentence and an exit code.
import { CommanderError } from 'commander'
import { explain } from './failures.ts'
import { remark } from './output.ts'
import { createProgram } from './program.ts'

/** These wait for a ready line: a failure must not look like one. */
const SPEAK_ONCE_READY = new Set(['start'])

/** @param argv as `process.argv`: two words of the machine's, then what was typed */
export async function run(argv: string[]): Promise<void> {
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
