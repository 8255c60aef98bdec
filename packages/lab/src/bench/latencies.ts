// The rows in ms: one request after the other, so that each is measured alone; a warm-up comes before, uncounted.
import { setTimeout as sleep } from 'node:timers/promises'
import { Latencies, nowMs, type Summary } from '../support/measure.ts'
import { encodeRequest, type Wire } from '../support/wire.ts'
import { POLL_MS } from './rows.ts'
import {
  type Actor,
  answer,
  checked,
  drain,
  nextTicket,
  openPayload,
  pollOnce,
  type Stage,
  SYMBOLS,
} from './stage.ts'

const WARM_UP_SHARE = 0.2
const WARM_UP_MIN = 300

/** `requests(at)` gives the wire and the bytes of the at-th; made before its clock starts. */
async function oneByOne(
  samples: number,
  request: (at: number) => { wire: Wire; bytes: Buffer },
  what: string,
): Promise<Summary> {
  const latencies = new Latencies()
  const warm_up = Math.max(WARM_UP_MIN, samples * WARM_UP_SHARE)
  for (let at = -warm_up; at < samples; at++) {
    const { wire, bytes } = request(at + warm_up)
    const began = nowMs()
    const reply = await wire.send(bytes)
    const ms = nowMs() - began
    checked(reply, what)
    if (at >= 0) latencies.record(ms)
  }
  return latencies.summary()
}

const turn = <T>(all: readonly T[], at: number): T => all[at % all.length] as T

export function heartbeat(actors: readonly Actor[], samples: number): Promise<Summary> {
  const request = (at: number) => {
    const { ea: wire, heartbeat: bytes } = turn(actors, at)
    return { wire, bytes }
  }
  return oneByOne(samples, request, 'heartbeat')
}

export async function creation(stage: Stage, actors: readonly Actor[], samples: number): Promise<Summary> {
  const request = (at: number) => {
    const { login, strategy: wire } = turn(actors, at)
    return { wire, bytes: stage.creation(login, 'OPEN_TRADE', openPayload(at)) }
  }
  const summary = await oneByOne(samples, request, 'creation')
  await drain(actors)
  return summary
}

/** From the sending of the creation to the EA's poll reply that holds the command; all actors at once. */
export async function delivery(stage: Stage, actors: readonly Actor[], samples: number): Promise<Summary> {
  const latencies = new Latencies()
  const each = Math.ceil(samples / actors.length)
  await Promise.all(
    actors.map(async (actor) => {
      const inbox = new Inbox(actor)
      const polling = inbox.run()
      for (let at = -5; at < each; at++) {
        await sleep(Math.random() * POLL_MS) // anywhere between two polls, as a strategy's idea comes
        const bytes = stage.creation(actor.login, 'OPEN_TRADE', openPayload(at + 5))
        const began = nowMs()
        const arrived = inbox.next()
        checked(await actor.strategy.send(bytes), 'creation')
        const ms = (await arrived) - began
        if (at >= 0) latencies.record(ms)
      }
      inbox.stop()
      await polling
    }),
  )
  return latencies.summary()
}

/** An EA that asks every POLL_MS and answers what it gets. */
class Inbox {
  readonly #actor: Actor
  #stopped = false
  #arrived: (at: number) => void = () => {}

  constructor(actor: Actor) {
    this.#actor = actor
  }

  /** When the next command arrives, on the clock of `nowMs`. */
  next(): Promise<number> {
    return new Promise((resolve) => {
      this.#arrived = resolve
    })
  }

  stop(): void {
    this.#stopped = true
  }

  async run(): Promise<void> {
    let due = nowMs() + Math.random() * POLL_MS
    while (!this.#stopped) {
      await sleep(Math.max(0, due - nowMs()))
      due = Math.max(due + POLL_MS, nowMs())
      const commands = await pollOnce(this.#actor)
      const at = nowMs()
      for (const { id } of commands) await answer(this.#actor, id, { retcode: 10019, error: 'no money' })
      if (commands.length > 0) this.#arrived(at)
    }
  }
}

/** Ten positions whose profit moved since the last list: each sync writes all ten. */
export async function sync(stage: Stage, actor: Actor, samples: number): Promise<Summary> {
  const wire = await stage.wire('trades')
  const tickets = Array.from({ length: 10 }, nextTicket)
  const request = (at: number) => {
    const trades = tickets.map((ticket, place) => ({
      ticket,
      symbol: turn(SYMBOLS, place),
      direction: 'BUY',
      volume: 0.1,
      open_price: 1.09,
      open_time: 1577836800,
      sl: 1.085,
      tp: 1.095,
      profit: at + place / 100,
      swap: 0,
      commission: -0.7,
    }))
    const body = JSON.stringify({ account: actor.login, trades })
    return { wire, bytes: encodeRequest('POST', '/api/trades/sync', actor.key, body) }
  }
  return oneByOne(samples, request, 'sync')
}

/** Ticks as JSON text, made once: the sender's own work is not what is measured. */
export function ticksText(count: number): string {
  const now = Date.now()
  const ticks = Array.from({ length: count }, (_, at) => {
    const bid = Number((1.09 + (at % 37) * 0.00001).toFixed(5))
    return {
      symbol: turn(SYMBOLS, at),
      bid,
      ask: Number((bid + 0.00008).toFixed(5)),
      timestamp: now + at,
      volume: 1,
    }
  })
  return JSON.stringify(ticks)
}

export const tickRequest = (actor: Actor, batch_id: string, ticks: string): Buffer =>
  encodeRequest(
    'POST',
    '/api/ticks/batch',
    actor.key,
    `{"account":${actor.login},"batch_id":"${batch_id}","ticks":${ticks}}`,
  )

export async function tickBatch(stage: Stage, actor: Actor, samples: number): Promise<Summary> {
  const wire = await stage.wire('ticks')
  const ticks = ticksText(100)
  return oneByOne(samples, (at) => ({ wire, bytes: tickRequest(actor, `one-${at}`, ticks) }), 'tick batch')
}
