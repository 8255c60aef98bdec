// `npm run chaos -- --existing-ea`: which run, and what it tells in the end.
import { Misuse } from '../../support/arguments.ts'
import { progressBar } from '../../support/progress.ts'
import { verdictLine } from '../report.ts'
import { runExistingCycles } from './cycles.ts'
import { runOutage } from './outage.ts'
import { PLANTS } from './plants.ts'
import { cyclesLines, outageLines, type Told } from './report.ts'

export interface ExistingWanted {
  readonly cycles: number
  readonly cycle_ms: number
  /** In seconds; 0: kill cycles. */
  readonly outage: number
  readonly seed: number
  readonly plant: string | undefined
}

export async function runExisting(wanted: ExistingWanted): Promise<number> {
  const { cycles, cycle_ms, outage, seed, plant } = wanted
  if (plant !== undefined && !Object.hasOwn(PLANTS, plant))
    throw new Misuse(`--plant ${plant}: choose from ${Object.keys(PLANTS).join(', ')}`)
  const bar = progressBar()
  const tell = (text: string, done: number) => {
    bar.show(done / (outage || cycles), text)
    if (outage > 0 || cycles < 50 || done % 25 === 0) console.error(text)
  }
  const began = performance.now()
  const { lines, violations } =
    outage > 0
      ? outageLines(await runOutage({ seconds: outage, seed, plant, tell }))
      : cyclesLines(await runExistingCycles({ cycles, cycle_ms, seed, plant, tell }))
  bar.end()
  console.log([...lines, `took ${Math.round((performance.now() - began) / 1_000)} s`].join('\n'))
  const run = outage > 0 ? `--outage ${outage}` : `--cycles ${cycles} --cycle-ms ${cycle_ms}`
  const again = `npm run chaos -- --existing-ea ${run} --seed ${seed}`
  if (plant !== undefined) return found(plant, violations, `${again} --plant ${plant}`)
  console.log(verdictLine(violations.length, again))
  return violations.length === 0 ? 0 : 1
}

/** A planted bug that nobody sees means that the check has a hole. */
function found(plant: string, violations: Told['violations'], again: string): number {
  const { rules = [], says = '' } = PLANTS[plant] ?? {}
  const seen = violations.filter(({ rule, what }) => rules.includes(rule) && what.includes(says)).length
  console.log(seen > 0 ? `FOUND ${plant}: ${seen} times ${rules.join(', ')}` : `MISSED ${plant}`)
  console.log(`  again: ${again}`)
  return seen > 0 ? 0 : 1
}
