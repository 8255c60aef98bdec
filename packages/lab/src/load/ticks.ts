// `npm run load:ticks -- --symbols 20 --ticks-per-sec 100`: a flood of quotes from one simulated EA, at the asked rate
// per symbol. Ends with counts, p99 and a verdict: what is in the table is what was acknowledged, and all of it.
import { createSimulatedEa, DEFAULT_SYMBOLS, type SimulatedEa, type SymbolSpec } from '@ngtb/ea-sim'
import pg from 'pg'
import { readArguments, runTool } from '../support/arguments.ts'
import { Latencies, nowMs } from '../support/measure.ts'
import { progressBar } from '../support/progress.ts'
import { atPace, waitUntil } from './pace.ts'
import { freshLogins, TARGET_OPTIONS, type Target, withTarget } from './target.ts'
import { auditTicks, type LoadReport, linesOf } from './verdict.ts'

const NUMBERS = {
  symbols: { default: 20, min: 1, max: 500, about: 'symbols' },
  'ticks-per-sec': { default: 100, min: 0.1, max: 20_000, about: 'ticks a second and symbol' },
  seconds: { default: 30, min: 1, max: 86_400, about: 'how long' },
} as const
type Numbers = Record<keyof typeof NUMBERS, number>

const PATIENCE_MS = 30_000
const BUFFER_MAX = 2_000_000
const BATCH_MAX = 5_000

/** The simulator's twenty first, then others like them. */
function symbolsOf(count: number): SymbolSpec[] {
  return Array.from({ length: count }, (_, at) => {
    const spec = DEFAULT_SYMBOLS[at % DEFAULT_SYMBOLS.length] as SymbolSpec
    return at < DEFAULT_SYMBOLS.length ? spec : { ...spec, symbol: `${spec.symbol}.${at}` }
  })
}

async function load(target: Target, numbers: Numbers): Promise<LoadReport> {
  const symbols = symbolsOf(numbers.symbols)
  const [login = 0] = freshLogins(1)
  const queue = new Queue()
  const ea = createSimulatedEa({
    account: login,
    url: target.ea_url,
    ports: target.ports,
    broker_options: { symbols },
    cadence: { tick_batch_max: BATCH_MAX },
    tick_buffer_max: BUFFER_MAX,
    onEvent: (event) => {
      if (event.type === 'ticks_acked') queue.stored(event.count)
    },
  })
  const { stats } = ea
  await ea.start()
  const progress = progressBar()
  const began_ms = Date.now()
  const began = nowMs()
  await atPace(
    numbers['ticks-per-sec'] * symbols.length,
    numbers.seconds,
    (n, due) => {
      queue.wait(due)
      ea.tick(tickOf(symbols, n, Math.floor(began_ms + due - began)))
    },
    (elapsed_s) => progress.show(elapsed_s / numbers.seconds, `${stats.ticks_acked} ticks stored`),
  )
  await waitUntil(() => stats.ticks_acked + stats.ticks_dropped >= stats.ticks_read, PATIENCE_MS)
  const seconds = (nowMs() - began) / 1000
  progress.end()
  const delivered = await ea.stop('load ended')
  const stored = await storedTicks(target, login, symbols)
  return judge(stats, sentTicks(symbols, stats.ticks_read), stored, seconds, delivered, queue.latencies)
}

/** When each tick that is not acknowledged yet was due. They are acknowledged in their order. */
class Queue {
  readonly latencies = new Latencies()
  #dues: number[] = []
  #head = 0

  wait(due: number): void {
    this.#dues.push(due)
  }

  stored(count: number): void {
    const at = nowMs()
    for (let n = 0; n < count; n++) this.latencies.record(at - (this.#dues[this.#head++] ?? at))
    if (this.#head < 100_000) return
    this.#dues = this.#dues.slice(this.#head)
    this.#head = 0
  }
}

function judge(
  stats: SimulatedEa['stats'],
  sent: ReadonlyMap<string, number>,
  stored: ReadonlyMap<string, number>,
  seconds: number,
  delivered: boolean,
  latencies: Latencies,
): LoadReport {
  const { lost, doubled } = auditTicks(sent, stored)
  const held = lost === 0 && doubled === 0 && delivered && stats.ticks_acked === stats.ticks_read
  return {
    held,
    sentence: `${held ? 'held' : 'NOT held'}: ${lost} lost, ${doubled} doubled`,
    counts: {
      ticks_sent: stats.ticks_read,
      ticks_acknowledged: stats.ticks_acked,
      ticks_in_table: [...stored.values()].reduce((a, b) => a + b, 0),
      batches: stats.batches_acked,
      batches_resent: stats.batches_resent,
      ticks_per_second: Math.round(stats.ticks_acked / seconds),
      lost,
      doubled,
    },
    latency_ms: { stored: latencies.summary() },
  }
}

/** A price that goes up and down within a hundred points of its reference. */
function tickOf(symbols: readonly SymbolSpec[], n: number, time_ms: number) {
  const spec = symbols[n % symbols.length] as SymbolSpec
  const step = Math.abs(((Math.floor(n / symbols.length) * 7) % 200) - 100)
  const bid = spec.reference_price + step * spec.point
  const bid_text = bid.toFixed(spec.digits)
  const ask_text = (bid + spec.spread_points * spec.point).toFixed(spec.digits)
  const prices = { bid: Number(bid_text), ask: Number(ask_text), bid_text, ask_text }
  return { symbol: spec.symbol, time_ms, ...prices, volume: 1 }
}

/** The ticks went round: how many each symbol got. */
function sentTicks(symbols: readonly SymbolSpec[], total: number): Map<string, number> {
  const rounds = Math.floor(total / symbols.length)
  return new Map(symbols.map(({ symbol }, at) => [symbol, rounds + (at < total % symbols.length ? 1 : 0)]))
}

/** Counted in the table itself where it is ours, else page by page over the management API. */
async function storedTicks(
  { rest, database_url }: Target,
  login: number,
  symbols: readonly SymbolSpec[],
): Promise<Map<string, number>> {
  if (database_url !== null) {
    const client = new pg.Client({ connectionString: database_url })
    await client.connect()
    try {
      const { rows } = await client.query<{ symbol: string; ticks: number }>(
        'select symbol, count(*)::int as ticks from tick_view where login = $1 group by symbol order by symbol',
        [login],
      )
      return new Map(rows.map(({ symbol, ticks }) => [symbol, ticks]))
    } finally {
      await client.end()
    }
  }
  const counts = new Map<string, number>()
  for (const { symbol } of symbols) {
    let ticks = 0
    const path = `/api/v1/accounts/${login}/ticks?symbol=${encodeURIComponent(symbol)}`
    for await (const _ of rest.all(path)) ticks++
    counts.set(symbol, ticks)
  }
  return counts
}

await runTool(async () => {
  const { numbers, texts, flags } = readArguments(process.argv.slice(2), {
    tool: 'npm run load:ticks',
    numbers: NUMBERS,
    texts: TARGET_OPTIONS,
    flags: { json: 'one JSON object on stdout' },
  })
  const report = await withTarget(texts, (target) => load(target, numbers))
  console.log(flags.json ? JSON.stringify(report) : linesOf(report))
  return report.held ? 0 : 1
})
