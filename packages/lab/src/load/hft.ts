// `npm run load:hft -- --accounts 5 --trades-per-sec 10`: strategies that open and close, each trade two
// commands through
// the REST API, answered by simulated EAs. Ends with counts, p99 and a verdict: 0 lost, 0 doubled.
import { readArguments, runTool } from '../support/arguments.ts'
import { Latencies } from '../support/measure.ts'
import { progressBar } from '../support/progress.ts'
import { atPace, waitUntil } from './pace.ts'
import { freshLogins, TARGET_OPTIONS, type Target, withTarget } from './target.ts'
import { Trader } from './trader.ts'
import { type LoadReport, linesOf } from './verdict.ts'

const NUMBERS = {
  accounts: { default: 5, min: 1, max: 200, about: 'accounts, each with an EA' },
  'trades-per-sec': {
    default: 10,
    min: 0.1,
    max: 1_000,
    about: 'trades a second and account, opened and closed',
  },
  seconds: { default: 30, min: 1, max: 86_400, about: 'how long' },
  'poll-ms': { default: 50, min: 5, max: 10_000, about: 'how often each EA asks for commands' },
} as const
type Numbers = Record<keyof typeof NUMBERS, number>

/** What is under way at the end gets this long to settle. */
const PATIENCE_MS = 40_000

async function load(target: Target, numbers: Numbers): Promise<LoadReport> {
  const clocks = { created: new Latencies(), delivered: new Latencies(), settled: new Latencies() }
  const traders = freshLogins(numbers.accounts).map(
    (login) => new Trader(login, target, clocks, numbers['poll-ms']),
  )
  const progress = progressBar()
  await Promise.all(traders.map((trader) => trader.ea.start()))
  await waitUntil(() => traders.every(({ ea }) => ea.stats.ticks_acked > 0), 10_000)
  const { seconds } = numbers
  await Promise.all(
    traders.map((trader, at) =>
      atPace(
        numbers['trades-per-sec'],
        seconds,
        (_, due) => void trader.trade(due),
        (elapsed_s) =>
          at === 0 && progress.show(elapsed_s / seconds, `${clocks.settled.count} commands settled`),
      ),
    ),
  )
  await waitUntil(() => traders.every((trader) => trader.under_way === 0), PATIENCE_MS)
  progress.end()
  const stopped = await Promise.all(traders.map((trader) => trader.ea.stop('load ended')))
  const report = await judge(traders, clocks, numbers, stopped.every(Boolean))
  return report
}

async function judge(
  traders: readonly Trader[],
  clocks: { created: Latencies; delivered: Latencies; settled: Latencies },
  numbers: Numbers,
  delivered: boolean,
): Promise<LoadReport> {
  const findings = await Promise.all(traders.map((trader) => trader.audit()))
  const unlike = await Promise.all(traders.map((trader) => trader.unlikeTrades()))
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)
  const refused = traders.flatMap((trader) => trader.refused)
  const counts = {
    trades_asked: Math.round(numbers['trades-per-sec'] * numbers.seconds) * traders.length,
    trades: sum(traders.map(({ trades }) => trades)),
    commands: sum(traders.map(({ acknowledged }) => acknowledged.length)),
    executions: sum(traders.map(({ ea }) => ea.broker.ledger.executions.length)),
    refused: refused.length,
    failed: sum(traders.map(({ ea }) => ea.stats.commands_failed)),
    unlike_trades: sum(unlike),
    lost: sum(findings.map(({ lost }) => lost.length)),
    doubled: sum(findings.map(({ doubled }) => doubled.length)),
  }
  const { lost, doubled, unlike_trades, trades, trades_asked } = counts
  const held = lost + doubled + unlike_trades + refused.length === 0 && delivered && trades === trades_asked
  const why = refused[0] === undefined ? '' : `, first refusal: ${refused[0]}`
  return {
    held,
    sentence: `${held ? 'held' : 'NOT held'}: ${lost} lost, ${doubled} doubled, ${refused.length} refused${why}`,
    counts,
    latency_ms: {
      created: clocks.created.summary(),
      delivered: clocks.delivered.summary(),
      settled: clocks.settled.summary(),
    },
  }
}

await runTool(async () => {
  const { numbers, texts, flags } = readArguments(process.argv.slice(2), {
    tool: 'npm run load:hft',
    numbers: NUMBERS,
    texts: TARGET_OPTIONS,
    flags: { json: 'one JSON object on stdout' },
  })
  const report = await withTarget(texts, (target) => load(target, numbers))
  console.log(flags.json ? JSON.stringify(report) : linesOf(report))
  return report.held ? 0 : 1
})
