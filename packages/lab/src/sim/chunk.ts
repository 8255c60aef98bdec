// A run of seeds one after another in this process, and what came of them.
import { createHash } from 'node:crypto'
import { sentence } from './auditor/complaint.ts'
import { addTo, type Coverage } from './coverage.ts'
import { type Themes, themeOf } from './themes.ts'
import { type Depth, World } from './world.ts'

export interface Chunk {
  readonly from: number
  readonly seeds: number
  readonly depth: Depth
  readonly theme: Themes | null
  /** End with the first violation. */
  readonly stop_at_first: boolean
}

export interface Tally {
  readonly from: number
  /** Seeds that ran. */
  seeds: number
  readonly failures: { readonly seed: number; readonly sentence: string }[]
  virtual_ms: number
  commands: number
  settled: number
  readonly coverage: Coverage
  /** Of all histories in their order. */
  history: string
}

export async function runChunk({ from, seeds, depth, theme: themes, stop_at_first }: Chunk): Promise<Tally> {
  const hash = createHash('sha256')
  const tally = emptyTally(from)
  for (let seed = from; seed < from + seeds; seed++) {
    const theme = themeOf(themes, seed)
    const outcome = await new World(seed, { depth, theme }).run()
    tally.seeds += 1
    tally.virtual_ms += outcome.virtual_ms
    addTo(tally.coverage, outcome.coverage)
    for (const [status, count] of outcome.statuses) {
      tally.commands += count
      if (!OPEN.test(status)) tally.settled += count
    }
    hash.update(`${seed} ${outcome.history}\n`)
    if (outcome.complaint) {
      tally.failures.push({ seed, sentence: sentence(seed, outcome.complaint, { depth, theme }) })
      if (stop_at_first) break
    }
    // Signals and messages of the parent are heard between two worlds only.
    await new Promise((resolve) => setImmediate(resolve))
  }
  tally.history = hash.digest('hex').slice(0, 16)
  return tally
}

export const emptyTally = (from: number): Tally => ({
  from,
  seeds: 0,
  failures: [],
  virtual_ms: 0,
  commands: 0,
  settled: 0,
  coverage: {},
  history: '',
})

const OPEN = / (?:pending|executing|timeout)$/
