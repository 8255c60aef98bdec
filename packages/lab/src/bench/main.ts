// `npm run bench`: every row of the published figures, over real HTTP with durable commits, beside raw figures of the
// same database in the same run. Exit 1 when a row is missed; with CI=true only ratios can fail it.
import { readArguments, runTool } from '../support/arguments.ts'
import type { Summary } from '../support/measure.ts'
import { NO_RATE_LIMITS, withOwnServer } from '../support/own-server.ts'
import { progressBar } from '../support/progress.ts'
import * as latency from './latencies.ts'
import * as rate from './rates.ts'
import { RawRounds } from './raw.ts'
import { rawLines, tableOf } from './report.ts'
import { exitCodeOf, judgeRow, type RawFigures, ROW_NAMES, type Row, type RowName } from './rows.ts'
import { Stage } from './stage.ts'

interface Size {
  readonly samples: number
  readonly seconds: number
  readonly warm_up_s: number
  readonly raw_commits: number
  readonly raw_copies: number
}

const FULL: Size = { samples: 2_000, seconds: 5, warm_up_s: 5, raw_commits: 1_000, raw_copies: 10 }
/** Enough for a p99 of the cheap rows; a third of the time. */
const SHORT: Size = { samples: 1_000, seconds: 2, warm_up_s: 4, raw_commits: 400, raw_copies: 4 }

const EAS = 10
const CONNECTIONS = 40

async function measure(
  stage: Stage,
  rounds: RawRounds,
  size: Size,
): Promise<{ rows: Row[]; raw: RawFigures }> {
  const { samples, seconds, raw_commits, raw_copies } = size
  const progress = progressBar()
  const actors = await stage.cast(EAS)
  const [first] = actors
  if (!first) throw new Error('nobody connected')
  progress.show(0, 'warming up')
  await rate.warmUp(stage, actors, size.warm_up_s)
  const rawRound = () => rounds.round(raw_commits, raw_commits, raw_copies)
  await rawRound()
  const work: Record<Exclude<RowName, 'trade syncs'>, () => Promise<Summary>> = {
    heartbeat: () => latency.heartbeat(actors, samples),
    'command creation': () => latency.creation(stage, actors, samples),
    delivery: () => latency.delivery(stage, actors.slice(0, 4), Math.max(1_000, samples / 2)),
    'sync of 10 trades': () => latency.sync(stage, first, Math.max(1_000, samples / 2)),
    '100-tick batch': () => latency.tickBatch(stage, first, samples),
    commands: () => rate.commands(stage, actors, seconds),
    ticks: () => rate.ticks(stage, actors, seconds),
    connections: async () => rate.connections(stage, await stage.cast(CONNECTIONS), Math.min(2, seconds)),
  }
  const measured: Partial<Record<RowName, Summary>> = {}
  for (const name of ROW_NAMES) {
    progress.show(ROW_NAMES.indexOf(name) / ROW_NAMES.length, name)
    measured[name] = name === 'trade syncs' ? perHour(measured['sync of 10 trades']) : await work[name]()
  }
  await rawRound()
  progress.end()
  const raw = await rounds.end()
  const rows = ROW_NAMES.map((name) => judgeRow(name, measured[name] ?? NOT_MEASURED, raw))
  return { rows, raw }
}

const NOT_MEASURED: Summary = { count: 0, p50: Number.NaN, p99: Number.NaN, worst: Number.NaN }

/** One EA that sends a list as soon as the last one was answered; at the pace of the slowest of a hundred. */
function perHour(sync: Summary = NOT_MEASURED): Summary {
  const hour = (ms: number) => 3_600_000 / ms
  return { count: sync.count, p50: hour(sync.p50), p99: hour(sync.p99), worst: hour(sync.worst) }
}

function sentence(rows: readonly Row[], code: number, ci: boolean): string {
  const missed = rows.filter((row) => !row.held).map((row) => row.name)
  const ratios = rows.filter((row) => !row.ratio_held).map((row) => row.name)
  if (missed.length === 0 && ratios.length === 0) return 'every published figure is held'
  const parts = [
    ...(missed.length > 0 ? [`missed: ${missed.join(', ')}${ci ? ' (a warning in CI)' : ''}`] : []),
    ...(ratios.length > 0 ? [`slow for this machine: ${ratios.join(', ')}${ci ? '' : ' (a warning)'}`] : []),
  ]
  return `${parts.join('; ')}${code === 0 ? '' : '. Is something else running? Repeat it on a quiet machine.'}`
}

await runTool(async () => {
  const { flags } = readArguments(process.argv.slice(2), {
    tool: 'npm run bench',
    numbers: {},
    flags: { json: 'one JSON object on stdout', short: 'fewer samples' },
  })
  const ci = process.env.CI === 'true'
  const size = flags.short ? SHORT : FULL
  const { rows, raw } = await withOwnServer(NO_RATE_LIMITS, async (server) => {
    const rounds = await RawRounds.open(server.database_url)
    const stage = new Stage(server)
    try {
      return await measure(stage, rounds, size)
    } finally {
      stage.close()
    }
  })
  const code = exitCodeOf(rows, ci)
  if (flags.json) console.log(JSON.stringify({ held: code === 0, ci, short: flags.short, rows, raw }))
  else console.log(`${tableOf(rows, ci)}\n\n${rawLines(raw)}\n\n${sentence(rows, code, ci)}`)
  return code
})
