// The fast demo: a file through the whole system while commands flow, then a verdict on what is in the tables.
import { setTimeout as pause } from 'node:timers/promises'
import { readTickFile, type Tick } from '@ngtb/ea-sim'
import { createClient } from '@ngtb/sdk'
import { EXIT } from '../failures.ts'
import { count, say } from '../output.ts'
import { progress } from '../progress.ts'
import type { SimEa } from '../sim-ea.ts'
import { Cast } from './cast.ts'
import { ACCOUNT, type Run } from './index.ts'
import { SCENES, type SceneDesk } from './scenes.ts'
import { type Check, verdict } from './verdict.ts'

const BATCH = 100
const POLL_MS = 20

export async function runFast(run: Run): Promise<void> {
  const { stage, symbol, options, total, signal, onEnd } = run
  const file = options.ticks ?? ''
  const { server, api_key } = stage
  const client = createClient({ url: server.url, api_key, account: ACCOUNT })
  const bar = progress('Replaying ticks', total)
  const play = new Play(total, (read) => bar.set(read))
  const { ea } = await Cast.of(run, {
    ticks: play.over(readTickFile(file, symbol)),
    speed: 0,
    cadence: { poll_ms: POLL_MS, tick_batch_size: BATCH, tick_batch_max: batchOf(total) },
  })
  play.desk = { client, ea, symbol }
  onEnd(async () => {
    client.close()
    await ea.stop()
  })
  const began = performance.now()
  await ea.start()
  await ea.idle()
  await play.ended()
  await lastList(ea)
  const ms = performance.now() - began
  bar.end()
  if (signal.aborted) return
  const checks = [play.check(), ...(await verdict({ stage, symbol, file, total, ea, client }))]
  tell(options.json ?? false, { file, symbol, ticks: total, ms, checks })
}

/** Small batches, so that commands find their way between them; larger ones only for very large files. */
const batchOf = (total: number) => Math.max(BATCH, Math.min(5_000, Math.ceil(total / 1_000)))

/** The scenes, spread over the replay: one begins at its tick, and has ended before the next one's. */
class Play {
  desk: SceneDesk | undefined
  readonly #starts: Set<number>
  readonly #onRead: (read: number) => void
  readonly #failures: string[] = []
  #played = 0
  #scene: Promise<void> = Promise.resolve()

  constructor(total: number, onRead: (read: number) => void) {
    this.#onRead = onRead
    // Behind the first ticks, for there must be a price; the last stretch is for what the market does to them.
    this.#starts = new Set(
      SCENES.map((_, at) => Math.max(1, Math.floor(((at + 0.5) / (SCENES.length + 1)) * total))),
    )
  }

  async *over(ticks: AsyncIterable<Tick>): AsyncGenerator<Tick> {
    let at = 0
    for await (const tick of ticks) {
      if (this.#starts.has(at++)) await this.#next()
      if (at % BATCH === 0) this.#onRead(at)
      yield tick
    }
    this.#onRead(at)
    // A very short file leaves scenes over: they are played at its last price.
    while (this.#played < SCENES.length) await this.#next()
  }

  async ended(): Promise<void> {
    await this.#scene
  }

  check(): Check {
    const held = this.#failures.length === 0
    return {
      name: 'commands',
      held,
      detail: held
        ? `${this.#played} scenes played during the replay: open, modify, close, by ticket, symbol and magic`
        : this.#failures.join('; '),
    }
  }

  async #next(): Promise<void> {
    await this.#scene
    const scene = SCENES[this.#played++]
    const { desk } = this
    if (scene === undefined || desk === undefined) return
    this.#scene = scene(desk).catch((error: unknown) => {
      this.#failures.push(`${scene.name}: ${error instanceof Error ? error.message : String(error)}`)
    })
  }
}

/** One full list after everything: from then on the table must say what the terminal says. */
async function lastList(ea: SimEa): Promise<void> {
  await ea.idle()
  const before = ea.stats.syncs
  ea.syncSoon()
  for (let left = 400; ea.stats.syncs === before && left > 0; left--) await pause(25)
}

interface Result {
  file: string
  symbol: string
  ticks: number
  ms: number
  checks: Check[]
}

function tell(json: boolean, { checks, ...result }: Result): void {
  const held = checks.every((check) => check.held)
  if (!held) process.exitCode = EXIT.not_held
  const ms = Math.round(result.ms)
  const rate = Math.round((result.ticks / result.ms) * 1000)
  say({ json }, { verdict: held ? 'held' : 'not held', ...result, ms, ticks_per_second: rate, checks }, () =>
    [
      `${count(result.ticks)} ticks of ${result.symbol} in ${(ms / 1000).toFixed(1)} s, ${count(rate)} a second, commands in between`,
      '',
      ...checks.map(
        ({ name, held, detail }) => `${held ? 'held    ' : 'NOT HELD'}  ${name.padEnd(9)}  ${detail}`,
      ),
      '',
      `Verdict: ${held ? 'held' : 'NOT HELD'}`,
    ].join('\n'),
  )
}
