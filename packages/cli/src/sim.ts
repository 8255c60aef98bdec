// `ngtb sim`: simulated EAs against a running server, for trying things out without MetaTrader.
import { stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { ConnectRefused, JournalInUse } from '@ngtb/ea-sim'
import { SETTINGS } from '@ngtb/server/settings'
import type { Command } from 'commander'
import { localServer } from './client.ts'
import { Misuse, NotHeld } from './failures.ts'
import { lifetime } from './lifetime.ts'
import { address, count, login, number, subcommand } from './options.ts'
import { type Json, remark } from './output.ts'
import type { SimEa } from './sim-ea.ts'
import { fleetOf, forget, keysOf, symbolsOf } from './sim-fleet.ts'
import { showTicker, tell } from './sim-report.ts'

const DEFAULT_URL = `http://127.0.0.1:${SETTINGS.PORT_COMMAND.default}`

interface SimOptions extends Json {
  url?: string
  login: string
  accounts: number
  broker: string
  symbols: string
  ticksPerSec: number
  ticks?: string
  speed: number
  seconds?: number
  native?: true
  journal?: string
}

export function simCommand(program: Command): void {
  subcommand(
    program,
    'sim',
    'Simulated EAs against a running server',
    'sim --native --symbols EURUSD,GBPUSD --seconds 30',
  )
    .option('--url <url>', "the server's command port (default: the local server's)")
    .option('--accounts <n>', 'how many EAs', count(), 1)
    .option('--login <login>', 'login of the first one; the others count up', login, '12345678')
    .option('--broker <name>', '', 'Pepperstone')
    .option('--symbols <list>', 'of the random walk, separated by commas', 'EURUSD')
    .option('--ticks-per-sec <x>', 'of the random walk, per symbol', number(0.01), 5)
    .option('--ticks <file>', 'replay this file (time_utc_ms,bid,ask) instead')
    .option(
      '--speed <x>',
      'how much faster than real time the file is replayed; 0: as fast as it goes',
      number(0),
      1,
    )
    .option('--native', 'EAs that keep a journal and speak protocol 2, with commands by push')
    .option('--journal <file>', 'the journal of the one native EA (default: in the data folder, by login)')
    .option('--seconds <n>', 'end by itself after so long; a file also ends it', number(0))
    .action(sim)
}

async function sim(options: SimOptions): Promise<void> {
  if (options.url !== undefined) address('--url', options.url, DEFAULT_URL)
  if (options.journal !== undefined && (!options.native || options.accounts > 1))
    throw new Misuse('--journal is for one --native EA: several have theirs in the data folder, by login.')
  // A missing file throws here: before a word about the symbol its name should begin with.
  if (options.ticks !== undefined) await stat(options.ticks)
  const symbols = symbolsOf(options)
  const local = options.url === undefined ? localServer() : null
  const url = options.url ?? `http://127.0.0.1:${local?.ports.command ?? SETTINGS.PORT_COMMAND.default}`
  const logins = Array.from({ length: options.accounts }, (_, at) =>
    String(BigInt(options.login) + BigInt(at)),
  )
  const keys = await keysOf(logins, local, options.broker)
  const { broker, ticksPerSec, ticks, speed, native = false, journal } = options
  const plan = { logins, url, local, keys, broker, symbols, ticksPerSec, ticks, speed, native, journal }
  const eas = fleetOf(plan)
  const life = lifetime(async () => {
    await Promise.all(eas.map((ea) => ea.stop()))
    await forget(keys.values())
  })
  try {
    await within(options.seconds, url, Promise.all(eas.map((ea, at) => connect(ea, logins[at] ?? '', url))))
    if (!options.json)
      remark(`${fleetText(eas.length, native)} connected to ${url}: ${loginsText(logins)}; Ctrl-C ends.`)
    await run(eas, options, life.signal)
  } catch (error) {
    if (!life.signal.aborted) throw error
  } finally {
    // Stopping delivers what waits; the figures are told after that.
    await life.end()
  }
  tell(options, logins, eas)
}

const fleetText = (eas: number, native: boolean) =>
  `${eas} ${native ? 'native ' : ''}EA${eas === 1 ? '' : 's'}`

const LOGINS_NAMED = 5

/** They count up: of many, the first and the last say it. */
const loginsText = (logins: string[]): string =>
  logins.length > LOGINS_NAMED
    ? `logins ${logins[0]} to ${logins.at(-1)}`
    : `login${logins.length === 1 ? '' : 's'} ${logins.join(', ')}`

async function within(seconds: number | undefined, url: string, connecting: Promise<unknown>): Promise<void> {
  if (seconds === undefined) return void (await connecting)
  const done = new AbortController()
  const late = pause(seconds * 1_000, 'late' as const, { signal: done.signal })
  try {
    if ((await Promise.race([connecting, late])) !== 'late') return
    throw new NotHeld(`No EA could connect to ${url} within ${seconds} s.`, 'Start a server: npx ngtb start')
  } finally {
    late.catch(() => undefined)
    done.abort()
  }
}

async function connect(ea: SimEa, account: string, url: string): Promise<void> {
  try {
    await ea.start()
  } catch (error) {
    if (error instanceof JournalInUse)
      throw new NotHeld(
        `Another process works with this journal: ${error.message}.`,
        'Stop it; or give --journal FILE, and this EA waits as a warm standby.',
      )
    if (!(error instanceof ConnectRefused)) throw error
    throw new NotHeld(
      `${url} refused login ${account}: ${error.message}`,
      `Choose another --login, or on the server's machine: npx ngtb enroll ${account}`,
    )
  }
}

async function run(eas: SimEa[], { seconds, ticks, json }: SimOptions, signal: AbortSignal): Promise<void> {
  const over = new AbortController()
  const limits = AbortSignal.any([signal, over.signal])
  const ends: Promise<unknown>[] = [
    pause(seconds === undefined ? 2 ** 31 - 1 : seconds * 1_000, undefined, { signal: limits }),
  ]
  if (ticks !== undefined) ends.push(Promise.all(eas.map((ea) => ea.idle())))
  const ticker = json ? Promise.resolve() : showTicker(eas, limits)
  await Promise.race(ends).finally(() => over.abort())
  await ticker
}
