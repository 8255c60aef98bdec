// npm run sim                                  the kept seeds, then 500
// npm run sim -- --seeds N [--from S] [--workers W] [--theme NAME] [--door] [--coverage]
// npm run sim -- SEED [--theme NAME] [--door]                 one seed, told line by line
// npm run sim -- --mutants [--only NAME] [--within SEEDS] [--note]   planted bugs: each must be caught
import { Misuse, readArguments, runTool } from '../support/arguments.ts'
import { sentence } from './auditor/complaint.ts'
import { missingIn, table } from './coverage.ts'
import { runMutants } from './mutants/run.ts'
import { runMany } from './pool.ts'
import { keptSeeds } from './seeds-file.ts'
import { isTheme, THEMES, type Theme, type Themes, themeOf } from './themes.ts'
import { type Depth, World } from './world.ts'

const SEEDS_MAX = 1e9
/** Violations that are printed; all are counted. */
const PRINTED_MAX = 50

await runTool(async () => {
  const [first = '', ...rest] = process.argv.slice(2)
  const one = /^\d+$/.test(first) ? Number(first) : null
  const given = readArguments(one === null ? process.argv.slice(2) : rest, {
    tool: 'npm run sim',
    numbers: {
      seeds: { default: 500, min: 1, max: SEEDS_MAX, about: 'how many seeds' },
      from: { default: 1, min: 0, max: SEEDS_MAX, about: 'the first of them' },
      workers: { default: 1, min: 1, max: 64, about: 'processes that share them' },
      within: {
        default: SEEDS_MAX,
        min: 1,
        max: SEEDS_MAX,
        about: 'with --mutants: those caught within so many seeds',
      },
    },
    texts: {
      only: 'with --mutants: the one of this name',
      theme: `days with a theme: all (in turns), ${Object.keys(THEMES).join(', ')}`,
    },
    flags: {
      mutants: 'try the planted bugs: each must be caught',
      note: 'with --mutants: note the seeds that caught them, for the next run to begin with',
      door: 'through the doors, with JSON, keys and schemas: slower',
      first: 'end with the first violation',
      coverage: 'print what happened how often; what hardly ever did is a violation',
    },
  })
  const depth: Depth = given.flags.door ? 'door' : 'core'
  const theme = themeNamed(given.texts.theme)
  if (one !== null) return replay(one, depth, themeOf(theme, one))
  const { within, workers } = given.numbers
  if (given.flags.mutants)
    return runMutants({ only: given.texts.only, within, workers, note: given.flags.note ?? false })
  if (given.texts.only) throw new Misuse('--only goes with --mutants')
  const { first: stop_at_first = false, coverage = false } = given.flags
  return many({ ...given.numbers, depth, theme, stop_at_first, coverage })
})

function themeNamed(name: string | undefined): Themes | null {
  if (name === undefined || name === 'all' || isTheme(name)) return name ?? null
  throw new Misuse(`there is no theme '${name}'; there are: all, ${Object.keys(THEMES).join(', ')}`)
}

/** The same day again, told line by line. */
async function replay(seed: number, depth: Depth, theme: Theme | null): Promise<number> {
  const outcome = await new World(seed, { depth, theme, print: console.log }).run()
  const statuses = [...outcome.statuses].map(([status, count]) => `${count} ${status}`).join(', ')
  console.log(`\n${statuses || 'no commands'}`)
  console.log(
    `seed ${seed}: ${(outcome.virtual_ms / 1000).toFixed(1)} s of its day, history ${outcome.history}`,
  )
  if (!outcome.complaint) return 0
  console.log(
    `at ${(outcome.complaint.at_ms / 1000).toFixed(3)} s: ${sentence(seed, outcome.complaint, { depth, theme })}`,
  )
  return 1
}

async function many(wanted: {
  seeds: number
  from: number
  workers: number
  depth: Depth
  theme: Themes | null
  stop_at_first: boolean
  coverage: boolean
}): Promise<number> {
  const began = performance.now()
  let failed = 0
  for (const { seed, theme, why } of keptSeeds()) {
    const outcome = await new World(seed, { depth: wanted.depth, theme }).run()
    if (!outcome.complaint) continue
    failed += 1
    console.log(`${sentence(seed, outcome.complaint, { depth: wanted.depth, theme })} (kept: ${why})`)
  }
  let told = 0
  let printed = 0
  const tally = await runMany({
    ...wanted,
    onProgress(done, failures, { failures: news }) {
      for (const { sentence } of news) if (++printed <= PRINTED_MAX) console.log(sentence)
      if (performance.now() - told < 10_000) return
      told = performance.now()
      console.error(`${done} of ${wanted.seeds} seeds, ${failures} violations`)
    },
  })
  failed += tally.failures.length
  const took_s = (performance.now() - began) / 1000
  console.log(
    `${tally.seeds} seeds from ${wanted.from} (and ${keptSeeds().length} kept ones), depth ${wanted.depth}: ` +
      `${failed} violations; ${tally.commands} commands, ${tally.settled} settled; ` +
      `${(tally.virtual_ms / 3_600_000).toFixed(1)} h of their days in ${took_s.toFixed(1)} s ` +
      `(${Math.round(tally.seeds / took_s)} seeds/s); history ${tally.history}`,
  )
  if (wanted.coverage) {
    console.log(`\n${table(tally.coverage, tally.seeds)}`)
    const missing = missingIn(tally.coverage, tally.seeds)
    if (missing.length > 0) console.log(`\nFAILED hardly ever: ${missing.join(', ')}`)
    failed += missing.length
  }
  return failed === 0 ? 0 : 1
}
