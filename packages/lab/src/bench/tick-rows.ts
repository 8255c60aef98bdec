// Floods of ticks: as fast as they are acknowledged, or at a pace whether they are or not.
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { atPace } from '../load/pace.ts'
import { Latencies, nowMs, Rate, type Summary } from '../support/measure.ts'
import type { Wire } from '../support/wire.ts'
import { tickRequest, ticksText } from './latencies.ts'
import { type Actor, checked, type Stage } from './stage.ts'

const WINDOW_MS = 1_000
const TEXT_MS = 1_000
/** How often the tiny request is sent beside a flood. */
const TINY_MS = 20

/** Batches ready to be sent; their moments go on with the clock. Counts what was acknowledged of them. */
export class TickTexts {
  acknowledged = 0
  #batch = 0
  readonly #texts = new Map<number, { made_at: number; text: string }>()

  async send(wire: Wire, actor: Actor, batch: number): Promise<void> {
    const bytes = tickRequest(actor, `bench-${++this.#batch}`, this.#text(batch))
    checked(await wire.send(bytes), 'tick batch')
    this.acknowledged += batch
  }

  #text(batch: number): string {
    const now = nowMs()
    const ready = this.#texts.get(batch)
    if (ready && now - ready.made_at < TEXT_MS) return ready.text
    const text = ticksText(batch)
    this.#texts.set(batch, { made_at: now, text })
    return text
  }
}

/** One connection per actor, a batch at a time on each. */
export async function closedLoop(
  stage: Stage,
  actors: readonly Actor[],
  texts: TickTexts,
  { batch, seconds }: { batch: number; seconds: number },
): Promise<Summary> {
  const began = nowMs() + WINDOW_MS
  const until = began + seconds * 1_000
  const rate = new Rate(WINDOW_MS, began)
  await Promise.all(
    actors.map(async (actor) => {
      const wire = await stage.wire('ticks')
      while (nowMs() < until) {
        await texts.send(wire, actor, batch)
        const at = nowMs()
        if (at >= began && at < until) rate.add(batch, at)
      }
      wire.close()
    }),
  )
  return rate.summary(until)
}

export interface OpenLoop {
  readonly acks: Summary
  /** A poll of an EA, on the command port, beside it. */
  readonly others: Summary
  readonly ticks_per_s: number
}

/** Batches of 100 when they are due; whoever waits for a connection is counted from when he was due. */
export async function openLoop(
  stage: Stage,
  actors: readonly Actor[],
  texts: TickTexts,
  { ticks_per_s, seconds }: { ticks_per_s: number; seconds: number },
): Promise<OpenLoop> {
  const acks = new Latencies()
  const others = new Latencies()
  const free = await Promise.all(actors.map(async (actor) => ({ actor, wire: await stage.wire('ticks') })))
  const wires = free.map(({ wire }) => wire)
  const due: number[] = []
  let sent = 0
  const pump = () => {
    while (free.length > 0 && due.length > 0) {
      const { actor, wire } = free.shift() as (typeof free)[number]
      const since = due.shift() as number
      sent += 100
      void texts.send(wire, actor, 100).then(() => {
        acks.record(nowMs() - since)
        free.push({ actor, wire })
        pump()
      })
    }
  }
  let going = true
  const [watcher] = actors
  const tiny = async () => {
    const wire = await stage.wire('command')
    for (let at = nowMs(); going && watcher; at += TINY_MS) {
      await sleep(Math.max(0, at - nowMs()))
      const began = nowMs()
      checked(await wire.send(watcher.poll), 'poll')
      others.record(nowMs() - began)
    }
    wire.close()
  }
  const watching = tiny()
  const began = nowMs()
  await atPace(ticks_per_s / 100, seconds, (_, at) => {
    due.push(at)
    pump()
  })
  while (free.length < actors.length || due.length > 0) await sleep(5)
  const elapsed_s = (nowMs() - began) / 1_000
  going = false
  await watching
  for (const wire of wires) wire.close()
  return { acks: acks.summary(), others: others.summary(), ticks_per_s: sent / elapsed_s }
}

/** In the table itself, over all accounts. */
export async function storedTicks(database_url: string): Promise<number> {
  const client = new pg.Client({ connectionString: database_url })
  await client.connect()
  try {
    const { rows } = await client.query('select sum(cardinality(time_ms))::float8 as ticks from tick')
    return rows[0]?.ticks ?? 0
  } finally {
    await client.end()
  }
}
