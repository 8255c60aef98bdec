// `npm run ea:chaos` and `npm run ea:bench`: the shipped EA in the MQL5 host, killed and measured. Needs g++.
import { Random } from '@ngtb/ea-sim'
import { readArguments, runTool } from '../support/arguments.ts'
import { builtEa } from '../support/built-ea.ts'
import { killCycles } from './kill-cycles.ts'
import { measure } from './latency.ts'
import { EaStage } from './stage.ts'

const print = (line: string) => console.log(line)

async function main(): Promise<number> {
  const { numbers, flags } = readArguments(process.argv.slice(2), {
    tool: 'npm run ea:chaos (or ea:bench)',
    numbers: {
      cycles: { default: 200, min: 1, max: 100_000, about: 'deaths' },
      'cycle-ms': { default: 1_500, min: 100, max: 60_000, about: 'the longest life' },
      orders: { default: 200, min: 10, max: 10_000, about: 'openings that are measured' },
      seed: {
        default: Date.now() % 1_000_000,
        min: 0,
        max: Number.MAX_SAFE_INTEGER,
        about: 'of all that is drawn',
      },
    },
    flags: {
      bench: 'measure instead of killing',
      sanitize: 'the EA built with the address and undefined-behaviour sanitizers',
      netting: 'a netting account',
    },
  })
  const stage = new EaStage(await builtEa({ sanitize: flags.sanitize === true }))
  await stage.start()
  try {
    return flags.bench
      ? await measured(stage, numbers.orders)
      : await killed(stage, numbers, flags.netting === true)
  } finally {
    await stage.close()
  }
}

async function killed(
  stage: EaStage,
  { cycles, 'cycle-ms': cycle_ms, seed }: Record<'cycles' | 'cycle-ms' | 'seed', number>,
  netting: boolean,
): Promise<number> {
  const drawn = new Random(seed)
  const random = () => drawn.unit()
  const result = await killCycles(stage, { cycles, cycle_ms, random, netting, print })
  const deaths = Object.entries(result.deaths).map(([how, count]) => `${how} ${count}`)
  print(`${cycles} deaths (${deaths.join(', ')})`)
  print(
    `${result.opens} openings: ${result.done} done, ${result.failed} not; ${result.others} other commands`,
  )
  const again = `--cycles ${cycles} --cycle-ms ${cycle_ms} --seed ${seed}${netting ? ' --netting' : ''}`
  for (const violation of result.violations) print(`VIOLATION ${violation}`)
  print(
    result.violations.length === 0
      ? 'HELD: one position a done opening, every command has its end'
      : `BROKEN: npm run ea:chaos -- ${again}`,
  )
  return result.violations.length === 0 ? 0 : 1
}

async function measured(stage: EaStage, orders: number): Promise<number> {
  const { create_to_broker, handlers } = await measure(stage, orders)
  print(
    `create → broker: p50 ${create_to_broker.p50.toFixed(1)} ms, p99 ${create_to_broker.p99.toFixed(1)} ms (${orders} openings, pushed, timer 16 ms)`,
  )
  for (const [name, { count, p50, p99, max }] of Object.entries(handlers))
    print(`${name}: ${count} calls, p50 ${p50} ms, p99 ${p99} ms, longest ${max} ms`)
  return 0
}

await runTool(main)
