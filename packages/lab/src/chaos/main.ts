// npm run chaos: kill cycles, the matrix of crash points, faults of the surroundings; each ends with a verdict.
import { COMMAND_TYPES, type CommandType } from '@ngtb/protocol'
import { type Given, Misuse, readArguments, runTool } from '../support/arguments.ts'
import { progressBar } from '../support/progress.ts'
import { runCycles } from './cycles.ts'
import { runExisting } from './existing-ea/tool.ts'
import { FAULTS, runFault } from './faults.ts'
import { CELLS, type Cell, POINT_NAMES, type PointName } from './matrix/points.ts'
import { isWrong, runMatrix } from './matrix/run.ts'
import { cyclesReport, faultReport, matrixReport, runLines, verdictLine } from './report.ts'

type Numbers = 'cycles' | 'repeat' | 'minutes' | 'seed' | 'commands' | 'ticks' | 'cycle-ms' | 'outage'

const WANTED = {
  tool: 'npm run chaos',
  numbers: {
    cycles: { default: 0, min: 1, max: 100_000, about: 'kill -9 of server and EA so many times under load' },
    repeat: { default: 1, min: 1, max: 1_000, about: 'with --matrix: each cell so many times' },
    minutes: { default: 0, min: 0, max: 100_000, about: 'with --matrix: no new cell after so long; 0: all' },
    seed: { default: 0, min: 0, max: 2 ** 31, about: 'draws everything that is drawn; 0: by the clock' },
    commands: { default: 20, min: 1, max: 1_000, about: 'with --cycles: commands per second' },
    ticks: { default: 2_000, min: 100, max: 100_000, about: 'with --cycles: ticks per second' },
    'cycle-ms': {
      default: 2_000,
      min: 100,
      max: 600_000,
      about: 'with --cycles: between two kills, on average',
    },
    outage: { default: 0, min: 0, max: 86_400, about: 'with --existing-ea: no server for so many seconds' },
  },
  texts: {
    points: 'with --matrix: only these crash points, e.g. K2,K8',
    types: 'with --matrix: only these command types, e.g. OPEN_TRADE',
    faults: 'faults of the surroundings by name, or all',
    plant: 'with --existing-ea: a bug that must be found, e.g. double-open',
  },
  flags: {
    matrix: 'every crash point with every command type',
    thin: 'with --matrix: every crash point once, the types in turn',
    plain: 'with --cycles: a plain EA; the server alone is killed',
    'existing-ea': 'EAs of the older dialect: --cycles N (10) with kill -9, or --outage SECONDS',
  },
} as const

/** In a long run not every cycle is told. */
const TOLD_EVERY = 25

async function main(argv: readonly string[]): Promise<number> {
  const given = readArguments<Numbers>(withAll(argv), WANTED)
  const seed = given.numbers.seed || Math.floor(Date.now() % 2 ** 31)
  if (given.flags['existing-ea']) return existing(given, seed)
  const chosen = [given.numbers.cycles > 0, given.flags.matrix === true, given.texts.faults !== undefined]
  if (chosen.filter(Boolean).length !== 1)
    throw new Misuse(
      'say one of --cycles N, --matrix, --faults [names], --existing-ea; --help lists what goes with each',
    )
  if (given.flags.matrix) return matrix(given, seed)
  return given.numbers.cycles > 0 ? cycles(given, seed) : faults(given.texts.faults ?? 'all', seed)
}

function existing({ numbers, texts, flags }: Given<Numbers>, seed: number): Promise<number> {
  if (flags.matrix || flags.plain || texts.faults !== undefined)
    throw new Misuse('--existing-ea is a run of its own: leave --matrix, --faults and --plain out')
  const { cycles, 'cycle-ms': cycle_ms, outage } = numbers
  return runExisting({ cycles: cycles || 10, cycle_ms, outage, seed, plant: texts.plant })
}

/** `--faults` alone means all of them. */
function withAll(argv: readonly string[]): string[] {
  const at = argv.indexOf('--faults')
  const next = argv[at + 1]
  if (at < 0 || (next !== undefined && !next.startsWith('--'))) return [...argv]
  return [...argv.slice(0, at + 1), 'all', ...argv.slice(at + 1)]
}

async function cycles({ numbers, flags }: Given<Numbers>, seed: number): Promise<number> {
  const { commands, ticks, 'cycle-ms': cycle_ms } = numbers
  const plain = flags.plain === true
  const bar = progressBar()
  const result = await runCycles({
    cycles: numbers.cycles,
    seed,
    commands_per_sec: commands,
    ticks_per_sec: ticks,
    cycle_ms,
    plain,
    onCycle({ cycle, effects, victims, back_ms }) {
      const text = `cycle ${cycle}: ${effects} effects, then ${victims}, back in ${Math.round(back_ms)} ms`
      bar.show(cycle / numbers.cycles, text)
      if (cycle % TOLD_EVERY === 0 || numbers.cycles < 2 * TOLD_EVERY) console.error(text)
    },
  })
  bar.end()
  console.log(cyclesReport(result))
  const again = `npm run chaos -- --cycles ${numbers.cycles} --seed ${seed} --commands ${commands} --ticks ${ticks} --cycle-ms ${cycle_ms}${plain ? ' --plain' : ''}`
  console.log(verdictLine(result.violations.length, again))
  return result.violations.length === 0 ? 0 : 1
}

async function matrix({ numbers, texts, flags }: Given<Numbers>, seed: number): Promise<number> {
  const all = cellsOf(texts.points, texts.types)
  const cells = flags.thin ? thin(all, seed) : all
  const { repeat, minutes } = numbers
  const bar = progressBar()
  let done = 0
  const began = performance.now()
  const left = new Map(
    POINT_NAMES.map((name) => [name, repeat * cells.filter(({ point }) => point === name).length]),
  )
  const result = await runMatrix({
    cells,
    repeat,
    seed,
    budget_ms: minutes === 0 ? Number.POSITIVE_INFINITY : minutes * 60_000,
    onRun(run) {
      bar.show(++done / (cells.length * repeat), `${run.cell.point} ${run.cell.type}`)
      if (isWrong(run)) console.error(runLines(run).join('\n')) // at once: a long run is long
      const { point } = run.cell
      left.set(point, (left.get(point) ?? 0) - 1)
      if (left.get(point) === 0) console.error(`${point} tried, after ${seconds(began)} s`)
    },
  })
  bar.end()
  console.log(matrixReport(result, cells, repeat))
  const wrong = result.violations.length + result.runs.filter(isWrong).length
  const only = [
    texts.points === undefined ? '' : ` --points ${texts.points}`,
    texts.types === undefined ? '' : ` --types ${texts.types}`,
    flags.thin ? ' --thin' : '',
  ].join('')
  console.log(verdictLine(wrong, `npm run chaos -- --matrix --repeat ${repeat} --seed ${seed}${only}`))
  return wrong === 0 ? 0 : 1
}

const seconds = (began: number) => Math.round((performance.now() - began) / 1000)

/** Each point once, with another type than the one before it; the seed says which type begins. */
function thin(cells: readonly Cell[], seed: number): readonly Cell[] {
  return POINT_NAMES.flatMap((name, index) => {
    const row = cells.filter(({ point }) => point === name)
    return row.slice((seed + index) % Math.max(1, row.length)).slice(0, 1)
  })
}

function cellsOf(points: string | undefined, types: string | undefined): readonly Cell[] {
  const wanted_points = listed<PointName>('points', points, POINT_NAMES)
  const wanted_types = listed<CommandType>('types', types, COMMAND_TYPES)
  return CELLS.filter(({ point, type }) => wanted_points.includes(point) && wanted_types.includes(type))
}

function listed<T extends string>(name: string, text: string | undefined, all: readonly T[]): readonly T[] {
  if (text === undefined) return all
  return text.split(',').map((word) => {
    const found = all.find((one) => one === word.trim())
    if (found === undefined) throw new Misuse(`--${name} ${word}: choose from ${all.join(', ')}`)
    return found
  })
}

async function faults(text: string, seed: number): Promise<number> {
  const names = listed('faults', text === 'all' ? undefined : text, Object.keys(FAULTS))
  let wrong = 0
  for (const name of names) {
    const result = await runFault(name, seed)
    wrong += result.violations.length
    console.log(faultReport(result, FAULTS[name]?.about ?? ''))
  }
  console.log(verdictLine(wrong, `npm run chaos -- --faults ${names.join(',')} --seed ${seed}`))
  return wrong === 0 ? 0 : 1
}

await runTool(() => main(process.argv.slice(2)))
