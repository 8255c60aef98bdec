// `npm run bench:legacy`: EAs of the older dialect as they are, each with a timer of 50 ms that asks for commands and
// sends its ticks and tickets: forty requests a second, one after the other. Exit 1 when a target is missed; with
// CI=true it only tells.
import { setTimeout as sleep } from 'node:timers/promises'
import { ExistingEa, forex, Terminal } from '../conform/existing-ea/index.ts'
import { Latencies } from '../support/measure.ts'
import { progressBar } from '../support/progress.ts'
import { type Line, latency } from './lines.ts'
import { type Stage, SYMBOLS } from './stage.ts'
import { benchTool } from './tool.ts'

const EAS = 50
const FIRST_LOGIN = 80_000_001n
const PER_S_OF_ONE = 40
const QUOTES_EVERY_MS = 200

async function measure(stage: Stage, full: boolean): Promise<Line[]> {
  const seconds = full ? 30 : 4
  const eas = Array.from({ length: full ? EAS : 10 }, (_, at) => existingEa(stage, FIRST_LOGIN + BigInt(at)))
  for (const ea of eas) await ea.start()
  const quoting = setInterval(() => quote(eas), QUOTES_EVERY_MS)
  await sleep(full ? 6_000 : 2_000) // until its hot paths are compiled
  const before = eas.map(({ answers }) => answers.length)
  const bar = progressBar()
  for (let second = 0; second < seconds; second++) {
    bar.show(second / seconds, `${eas.length} EAs`)
    await sleep(1_000)
  }
  bar.end()
  const taken = new Latencies()
  for (const [at, { answers }] of eas.entries()) for (const ms of answers.slice(before[at])) taken.record(ms)
  const refused = eas.flatMap(({ statuses }) => [...statuses.keys()].filter((status) => status !== 200))
  clearInterval(quoting)
  for (const ea of eas) ea.kill()
  const per_s = taken.count / seconds / eas.length
  return [
    latency(`${eas.length} EAs, answers`, taken.summary(), Number.POSITIVE_INFINITY, 100),
    {
      name: '  requests of one EA',
      said: `${per_s.toFixed(1)} /s`,
      target: `≥ ${PER_S_OF_ONE * 0.9} /s`,
      held: per_s >= PER_S_OF_ONE * 0.9,
    },
    {
      name: '  answers other than 200',
      said: refused.length === 0 ? 'none' : [...new Set(refused)].join(', '),
      target: 'none',
      held: refused.length === 0,
    },
  ]
}

function existingEa(stage: Stage, login: bigint): ExistingEa {
  const symbols = SYMBOLS.slice(0, 10).map((symbol) => forex(symbol))
  const terminal = new Terminal({ login, symbols })
  for (const symbol of SYMBOLS.slice(0, 10)) terminal.quote(symbol, 1.09, 1.09002)
  for (const symbol of SYMBOLS.slice(0, 2)) terminal.openByHand({ symbol, direction: 'BUY', volume: 0.1 })
  const port = (name: 'command' | 'ticks' | 'trades' | 'logs') => stage.port(name)
  const ports = { command: port('command'), ticks: port('ticks'), trades: port('trades'), logs: port('logs') }
  return new ExistingEa({ ports, terminal, pace: { upload_sleep_ms: 0 } })
}

let pips = 0
function quote(eas: readonly ExistingEa[]): void {
  pips += 1
  const bid = 1.09 + (pips % 7) * 0.00001
  for (const { terminal } of eas)
    for (const symbol of SYMBOLS.slice(0, 10)) terminal.quote(symbol, bid, bid + 0.00002)
}

await benchTool('npm run bench:legacy', 'fewer EAs, seconds', measure)
