// The worker process of one module: loads it, runs it, beats. It ends with its first mistake; the host starts the next.
import { pathToFileURL } from 'node:url'
import { Worker as Thread } from 'node:worker_threads'
import { readDefinition } from '../definition.ts'
import { logins, settingsOf } from '../settings.ts'
import type { Fault, ToHost, ToWorker } from '../words.ts'
import { pace } from './pace.ts'
import { Running } from './running.ts'

const FLUSH_MAX_MS = 1_000
const tell = process.send?.bind(process)
if (tell === undefined)
  throw new Error('this file is started by the host of modules: npx ngtb start --module FILE')
// The line to the host is not the module's.
delete process.send
const say = (word: ToHost, then?: () => void) => void tell(word, undefined, undefined, then ?? (() => {}))

/**
 * A host that dies takes its modules with it, also one that is in an endless loop: then only another thread can see
 * it.
 */
new Thread(
  `const parent = process.ppid
   setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), 1000)`,
  { eval: true, stdout: false, stderr: false },
).unref()

let loading: Promise<Running> | undefined
let running: Running | undefined
let ending = false

process.on('message', (word: ToWorker) => void hear(word).catch((error) => fail(error)))
process.once('disconnect', () => process.exit(0))
// Ctrl-C at the terminal reaches everyone in it; the host says when a module ends.
process.on('SIGINT', () => {})
process.on('uncaughtException', (error) => fail(error))
process.on('unhandledRejection', (error) => fail(error))

async function hear(word: ToWorker): Promise<void> {
  if (word.type === 'load') {
    loading = load(word)
    running = await loading
    const { name, scopes, accounts = [] } = running.definition
    say({ type: 'loaded', name, scopes, accounts: accounts.length === 0 ? [] : logins(accounts.map(String)) })
  } else if (word.type === 'run') {
    pace(word.url, word.requests_per_s)
    await running?.run(word)
    // Said before its clock calls it for the first time: it may not come back.
    if (!ending) say({ type: 'running' }, () => running?.begin())
  } else {
    ending = true
    await running?.stop().catch((error) => console.error(error))
    process.exit(0)
  }
}

async function load({ source, settings, beat_ms }: ToWorker & { type: 'load' }): Promise<Running> {
  const file = (await import(pathToFileURL(source).href).catch((error) => {
    throw unfit(error)
  })) as { default?: unknown }
  try {
    const definition = readDefinition(file.default)
    const own = settingsOf(definition.settings, settings)
    const problem = definition.check?.(own) ?? null
    if (problem !== null) throw new TypeError(problem)
    const made = new Running(definition, own, say, fail)
    setInterval(() => say(made.beat()), beat_ms).unref()
    return made
  } catch (error) {
    throw unfit(error)
  }
}

class Unfit extends Error {}
const unfit = (cause: unknown) => new Unfit(cause instanceof Error ? cause.message : String(cause), { cause })

function fail(error: unknown, fault: Fault = error instanceof Unfit ? 'unfit' : 'thrown'): void {
  if (ending) return
  ending = true
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
  const at = running?.at
  say(
    {
      ...{ type: 'failed', message, stack: stack.slice(0, 4_000), fault, cursors: running?.cursors ?? {} },
      ...(at === undefined ? {} : { at }),
    },
    () => process.exit(1),
  )
  setTimeout(() => process.exit(1), FLUSH_MAX_MS)
}
