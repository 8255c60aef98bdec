// `npm run bench:flood`: ten minutes of ticks as a house of EAs sends them, and what the server's memory does
// meanwhile: after its warm-up it must not rise. Exit 1 when it does, or when a tick is missing.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { readArguments, runTool } from '../support/arguments.ts'
import { nowMs, short } from '../support/measure.ts'
import { NO_RATE_LIMITS, withOwnServer } from '../support/own-server.ts'
import { progressBar } from '../support/progress.ts'
import { type Line, latency, tellLines } from './lines.ts'
import { Stage } from './stage.ts'
import { closedLoop, openLoop, storedTicks, TickTexts } from './tick-rows.ts'

const NUMBERS = {
  minutes: { default: 10, min: 0.5, max: 1_440, about: 'how long, after the warm-up' },
  'warm-up': {
    default: 2,
    min: 0.1,
    max: 60,
    about: 'minutes at full speed before: the heap takes its size',
  },
  'ticks-per-sec': { default: 10_000, min: 100, max: 200_000, about: 'ticks a second, in batches of 100' },
} as const

const LOOK_MS = 2_000
const SLOPE_MAX = 1
const MB = 1_048_576

interface Look {
  readonly minute: number
  readonly mb: number
}

/** Resident memory of a process, in MB. */
function residentMb(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
  return (pages * 4_096) / MB
}

/** MB a minute, by least squares: one look is as high or low as the collector left it. */
function slopeOf(looks: readonly Look[]): number {
  const mean = (of: (look: Look) => number) => looks.reduce((sum, look) => sum + of(look), 0) / looks.length
  const [minute, mb] = [mean((look) => look.minute), mean((look) => look.mb)]
  const rise = looks.reduce((sum, look) => sum + (look.minute - minute) * (look.mb - mb), 0)
  return rise / looks.reduce((sum, look) => sum + (look.minute - minute) ** 2, 0)
}

await runTool(async () => {
  const { numbers } = readArguments(process.argv.slice(2), {
    tool: 'npm run bench:flood',
    numbers: NUMBERS,
    flags: {},
  })
  const seconds = numbers.minutes * 60
  const lines = await withOwnServer(NO_RATE_LIMITS, async (server): Promise<Line[]> => {
    const stage = new Stage(server)
    const actors = await stage.cast(50)
    const texts = new TickTexts()
    await closedLoop(stage, actors, texts, { batch: 100, seconds: numbers['warm-up'] * 60 })
    const looks: Look[] = []
    const bar = progressBar()
    const began = nowMs()
    let going = true
    const looking = (async () => {
      while (going) {
        const minute = (nowMs() - began) / 60_000
        looks.push({ minute, mb: residentMb(server.pid) })
        bar.show((minute * 60) / seconds, `${short(texts.acknowledged)} ticks acknowledged`)
        await sleep(LOOK_MS)
      }
    })()
    const flood = await openLoop(stage, actors, texts, { ticks_per_s: numbers['ticks-per-sec'], seconds })
    going = false
    await looking
    bar.end()
    const stored = await storedTicks(server.database_url)
    stage.close()
    const slope = slopeOf(looks)
    const [first, last] = [looks[0]?.mb ?? 0, looks.at(-1)?.mb ?? 0]
    return [
      {
        name: `memory, ${numbers.minutes} min`,
        said: `${slope.toFixed(2)} MB/min (${short(first)} → ${short(last)} MB)`,
        target: `< ${SLOPE_MAX} MB/min`,
        held: slope < SLOPE_MAX,
      },
      latency(`ack at ${short(flood.ticks_per_s)} ticks/s`, flood.acks, 10, 30),
      {
        name: 'in the table',
        said: `${short(stored)} of ${short(texts.acknowledged)} acknowledged`,
        target: 'all, once',
        held: stored === texts.acknowledged,
      },
    ]
  })
  return tellLines(lines)
})
