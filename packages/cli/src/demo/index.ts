// `ngtb demo`: the whole system on one screen, with a simulated EA instead of MetaTrader.
import { stat } from 'node:fs/promises'
import { DEFAULT_SYMBOLS, findSymbol, readTickFile, symbolOfFile } from '@ngtb/ea-sim'
import type { Command } from 'commander'
import { Misuse, NotHeld } from '../failures.ts'
import { lifetime } from '../lifetime.ts'
import { number, subcommand } from '../options.ts'
import { type Json, remark } from '../output.ts'
import { runFast } from './fast.ts'
import { runShow } from './show.ts'
import { openStage, type Stage } from './stage.ts'

export interface DemoOptions extends Json {
  ticks?: string
  fast?: boolean
  plain?: boolean
  anyPort?: boolean
  speed?: number
  seconds?: number
}

export const ACCOUNT = 12345678
export const BROKER = 'Pepperstone'

export function demoCommand(program: Command): void {
  subcommand(
    program,
    'demo',
    'Server, EA and commands on a temporary folder',
    'demo --ticks eurusd.csv --fast',
  )
    .option('--ticks <file>', 'replay this file (time_utc_ms,bid,ask) instead of a random walk of EURUSD')
    .option('--fast', 'at full speed, with commands in between; ends with a verdict')
    .option('--speed <x>', 'how much faster than real time the file is replayed (default: 10)', number(0.001))
    .option('--plain', 'with an EA that has no journal and polls, instead of a native one')
    .option('--any-port', 'any free ports instead of the published ones')
    .option('--seconds <n>', 'end by itself after so long', number(0))
    .action(demo)
}

async function demo(options: DemoOptions): Promise<void> {
  if (options.fast && options.ticks === undefined)
    throw new Misuse('--fast replays a file: name it with --ticks FILE.')
  // A missing file throws here: before a word about the symbol its name should begin with.
  if (options.ticks !== undefined) await stat(options.ticks)
  const symbol = options.ticks === undefined ? 'EURUSD' : symbolOfFile(options.ticks)
  if (findSymbol(symbol) === undefined)
    throw new Misuse(
      `The demo's broker does not trade ${symbol}. Let the file's name begin with one of: ` +
        `${DEFAULT_SYMBOLS.map((spec) => spec.symbol.toLowerCase()).join(', ')}.`,
    )
  const total = options.fast ? await countTicks(options.ticks ?? '', symbol) : 0
  const opening = openStage(options.anyPort ?? false)
  const going: { end?: () => Promise<unknown>; told?: boolean } = {}
  const life = lifetime(async () => {
    await going.end?.()
    const stage = await opening.catch(() => null)
    if (stage === null) return
    await stage.close()
    if (!options.json && !going.told) remark('Ended; temporary folder removed')
  })
  try {
    const stage = await opening
    const run = options.fast ? runFast : runShow
    const onEnd = (end: () => Promise<unknown>) => {
      going.end = end
    }
    await run({ stage, symbol, options, total, signal: life.signal, onEnd })
    // The verdict is the fast demo's last word.
    going.told = options.fast === true && !life.signal.aborted
  } catch (error) {
    // Interrupted work complains about the interruption: nobody asked for that.
    if (!life.signal.aborted) throw error
  } finally {
    await life.end()
  }
}

/** Reads the file once before anything is started on it: a bad line is told at once. */
async function countTicks(file: string, symbol: string): Promise<number> {
  let total = 0
  let newest = 0
  for await (const { time_ms } of readTickFile(file, symbol)) {
    total++
    if (time_ms < newest)
      throw new NotHeld(`Tick ${total} of ${file} is older than the one before: sort it by time.`)
    newest = time_ms
  }
  if (total === 0) throw new NotHeld(`${file} has no ticks.`)
  return total
}

/** What a run of the demo is handed. */
export interface Run {
  readonly stage: Stage
  readonly symbol: string
  readonly options: DemoOptions
  /** Ticks in the file of the fast demo. */
  readonly total: number
  readonly signal: AbortSignal
  /** What must end before the stage closes. */
  onEnd(end: () => Promise<unknown>): void
}
