// `ngtb sim`: simulated EAs against a running server, for trying things out without MetaTrader.
import { stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import {
  ConnectRefused,
  createSimulatedEa,
  DEFAULT_SYMBOLS,
  type EaEvent,
  findSymbol,
  mergeTicks,
  Random,
  randomWalk,
  readTickFile,
  type SimulatedEa,
  symbolOfFile,
} from '@ngtb/ea-sim'
import { type RunFile, SETTINGS } from '@ngtb/server/settings'
import type { Command } from 'commander'
import { localServer } from './client.ts'
import { EXIT, Misuse, NotHeld } from './failures.ts'
import { ACTOR, withLedger } from './ledger.ts'
import { lifetime } from './lifetime.ts'
import { address, count, login, number, subcommand } from './options.ts'
import { count as figure, type Json, remark, say, table } from './output.ts'

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
}

export function simCommand(program: Command): void {
  subcommand(
    program,
    'sim',
    'Simulated EAs against a running server',
    'sim --accounts 3 --symbols EURUSD,GBPUSD --seconds 30',
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
    .option('--seconds <n>', 'end by itself after so long; a file also ends it', number(0))
    .action(sim)
}

async function sim(options: SimOptions): Promise<void> {
  if (options.url !== undefined) address('--url', options.url, DEFAULT_URL)
  // A missing file throws here: before a word about the symbol its name should begin with.
  if (options.ticks !== undefined) await stat(options.ticks)
  const symbols = symbolsOf(options)
  const local = options.url === undefined ? localServer() : null
  const url = options.url ?? `http://127.0.0.1:${local?.ports.command ?? SETTINGS.PORT_COMMAND.default}`
  const onEvent = absenceTeller(url)
  const logins = Array.from({ length: options.accounts }, (_, at) =>
    String(BigInt(options.login) + BigInt(at)),
  )
  const keys = await keysOf(logins, local, options)
  const eas = logins.map((account, at) =>
    makeEa({ account, at, url, local, api_key: keys.get(account)?.api_key, symbols, options, onEvent }),
  )
  const life = lifetime(async () => {
    await Promise.all(eas.map((ea) => ea.stop()))
    await forget([...keys.values()])
  })
  try {
    await within(options.seconds, url, Promise.all(eas.map((ea, at) => connect(ea, logins[at] ?? '', url))))
    if (!options.json)
      remark(
        `${eas.length} EA${eas.length === 1 ? '' : 's'} connected to ${url}: ${loginsText(logins)}; Ctrl-C ends.`,
      )
    await run(eas, options, life.signal)
  } catch (error) {
    if (!life.signal.aborted) throw error
  } finally {
    // Stopping delivers what waits; the figures are told after that.
    await life.end()
  }
  tell(options, logins, eas)
}

/** Says once that nobody is there: the EAs go on trying, and that must not look like work. */
function absenceTeller(url: string): (event: EaEvent) => void {
  let over = false
  return (event) => {
    if (event.type === 'connected') over = true
    // A refusal by a server begins with the endpoint's name and a status; this one never got that far.
    if (over || event.type !== 'request_failed' || !event.cause.includes('ECONNREFUSED')) return
    over = true
    remark(`no server at ${url}, trying again (start one: npx ngtb start)`)
  }
}

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

const LOGINS_NAMED = 5

/** They count up: of many, the first and the last say it. */
const loginsText = (logins: string[]): string =>
  logins.length > LOGINS_NAMED
    ? `logins ${logins[0]} to ${logins.at(-1)}`
    : `login${logins.length === 1 ? '' : 's'} ${logins.join(', ')}`

function symbolsOf({ symbols, ticks }: SimOptions): string[] {
  const wanted =
    ticks === undefined ? symbols.split(',').map((name) => name.trim().toUpperCase()) : [symbolOfFile(ticks)]
  const unknown = wanted.find((name) => findSymbol(name) === undefined)
  if (unknown !== undefined)
    throw new Misuse(
      `The simulated broker does not trade ${unknown}. It has: ${DEFAULT_SYMBOLS.map((spec) => spec.symbol).join(', ')}.`,
    )
  return wanted
}

interface MadeKey {
  key_id: string
  api_key: string
}

/** A known login never gets its key again by connecting: on the local ledger each run makes one, and ends it. */
async function keysOf(
  logins: string[],
  local: RunFile | null,
  { broker }: SimOptions,
): Promise<Map<string, MadeKey>> {
  const keys = new Map<string, MadeKey>()
  if (local === null) return keys
  await withLedger(async ({ services }) => {
    for (const account of logins) {
      const desk = await services.desks.enrol(account, broker, ACTOR)
      const wanted = { account_id: desk.account_id, scopes: ['ea:session'] as const, label: 'ngtb sim' }
      const { row, api_key } = await services.keys.create(wanted, ACTOR)
      keys.set(account, { key_id: row.key_id, api_key })
    }
  })
  return keys
}

async function forget(keys: MadeKey[]): Promise<void> {
  if (keys.length === 0) return
  await withLedger(async ({ services }) => {
    for (const { key_id } of keys) await services.keys.revoke(key_id, ACTOR)
  })
}

interface EaPlan {
  account: string
  at: number
  url: string
  local: RunFile | null
  api_key: string | undefined
  symbols: string[]
  options: SimOptions
  onEvent: (event: EaEvent) => void
}

function makeEa({ account, at, url, local, api_key, symbols, options, onEvent }: EaPlan): SimulatedEa {
  return createSimulatedEa({
    account,
    url,
    ...(local === null ? {} : { ports: local.ports }),
    broker_name: options.broker,
    onEvent,
    ...(api_key === undefined ? {} : { api_key }),
    ...(options.ticks === undefined
      ? { ticks: walk(symbols, at, options.ticksPerSec), endless: true }
      : { ticks: readTickFile(options.ticks), speed: options.speed }),
  })
}

function walk(symbols: string[], seed: number, per_sec: number) {
  const start_ms = Date.now()
  return mergeTicks(
    DEFAULT_SYMBOLS.filter((spec) => symbols.includes(spec.symbol)).map((spec, at) =>
      randomWalk({ spec, random: new Random(seed * 1_000 + at), start_ms, interval_ms: 1_000 / per_sec }),
    ),
  )
}

async function connect(ea: SimulatedEa, account: string, url: string): Promise<void> {
  try {
    await ea.start()
  } catch (error) {
    if (!(error instanceof ConnectRefused)) throw error
    throw new NotHeld(
      `${url} refused login ${account}: ${error.message}`,
      `Choose another --login, or on the server's machine: npx ngtb enroll ${account}`,
    )
  }
}

async function run(
  eas: SimulatedEa[],
  { seconds, ticks, json }: SimOptions,
  signal: AbortSignal,
): Promise<void> {
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

async function showTicker(eas: SimulatedEa[], signal: AbortSignal): Promise<void> {
  if (!process.stderr.isTTY) return
  while (!signal.aborted) {
    await pause(1_000, undefined, { signal }).catch(() => undefined)
    const sum = (of: (ea: SimulatedEa) => number) => figure(eas.reduce((total, ea) => total + of(ea), 0))
    process.stderr.write(
      `\r\x1b[K${sum((ea) => ea.stats.ticks_acked)} ticks acknowledged · ${sum((ea) => ea.stats.commands_executed)} commands ` +
        `· ${sum((ea) => ea.broker.positions().length)} open · ${eas.filter((ea) => ea.connected).length} connected `,
    )
  }
  process.stderr.write('\r\x1b[K')
}

function tell(options: SimOptions, logins: string[], eas: SimulatedEa[]): void {
  const items = eas.map((ea, at) => {
    const { latency_ms: _, ...stats } = ea.stats
    return { account_number: logins[at] ?? '', ...stats, ...ea.broker.account() }
  })
  const lost = items.reduce((sum, item) => sum + item.ticks_dropped + item.refused, 0)
  const waiting = items.reduce(
    (sum, item) => sum + item.ticks_read - item.ticks_acked - item.ticks_dropped,
    0,
  )
  if (lost + waiting > 0) process.exitCode = EXIT.not_held
  say(options, { lost, waiting, items }, () =>
    [
      table(
        [
          'login',
          'ticks',
          'acknowledged',
          'lost',
          'commands',
          'failed',
          'heartbeats',
          'polls',
          'syncs',
          'reconnects',
          'open',
          'balance',
        ],
        items.map((one) => [
          one.account_number,
          one.ticks_read,
          one.ticks_acked,
          one.ticks_dropped,
          one.commands_executed,
          one.commands_failed,
          one.heartbeats,
          one.polls,
          one.syncs,
          one.reconnects,
          one.open_positions,
          one.balance,
        ]),
      ),
      '',
      lost + waiting === 0 ? 'Nothing was lost.' : `${lost} lost, ${waiting} not acknowledged.`,
    ].join('\n'),
  )
}
