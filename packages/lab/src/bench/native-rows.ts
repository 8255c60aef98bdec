// Commands by push and in masses: what is measured of a native EA's way (docs/operations/benchmarks.md).
import { setTimeout as sleep } from 'node:timers/promises'
import { Latencies, nowMs, Rate, type Summary } from '../support/measure.ts'
import { encodeRequest } from '../support/wire.ts'
import { tickRequest, ticksText } from './latencies.ts'
import { NativeEa } from './native-ea.ts'
import { oneCommand } from './one-command.ts'
import { type Actor, checked, openPayload, pollOnce, type Stage } from './stage.ts'

/** Commands, and ms of lives, before anything is counted: a server of some seconds is still being compiled. */
const WARM_UP = 1_500
const WARM_UP_MS = 3_000

/**
 * One strategy, one command after the other: `created` until the 201, `arrived` until the EA has it by push.
 * @param every_ms the next not before; 0: as fast as they are answered
 */
export async function push(
  stage: Stage,
  actor: Actor,
  samples: number,
  warm_up = WARM_UP,
  every_ms = 0,
): Promise<{ created: Summary; arrived: Summary }> {
  const ea = await NativeEa.connect(stage.port('command'), actor.login, actor.key)
  const strategy = await stage.wire('webui') // its own: a server closes what was opened long ago and never used
  const created = new Latencies()
  const arrived = new Latencies()
  for (let at = -warm_up; at < samples; at++) {
    const due = nowMs() + (at < 0 ? 0 : every_ms)
    const one = await oneCommand(stage, actor, { ea, strategy }, at + warm_up)
    if (at >= 0) {
      created.record(one.created)
      arrived.record(one.arrived)
    }
    await one.answered
    await sleep(Math.max(0, due - nowMs()))
  }
  ea.close()
  strategy.close()
  return { created: created.summary(), arrived: arrived.summary() }
}

/** Whole lives per second: created over REST (`batch` at a time), pushed, answered, each acknowledged as durable. */
export async function lives(
  stage: Stage,
  actors: readonly Actor[],
  seconds: number,
  { strategies, batch }: { strategies: number; batch: number },
): Promise<Summary> {
  const began = nowMs() + WARM_UP_MS
  const until = began + seconds * 1_000
  const rate = new Rate(250, began)
  await Promise.all(
    actors.map(async (actor) => {
      const ea = await NativeEa.connect(stage.port('command'), actor.login, actor.key)
      const settled = new Settled((at) => {
        if (at >= began && at < until) rate.add(1, at)
      })
      ea.acknowledged = (id) => settled.settle(id)
      const strategy = async (place: number) => {
        const wire = await stage.wire('webui')
        for (let at = place; nowMs() < until; at++) {
          const reply = checked(await wire.send(batchOf(stage, actor, at, batch)), 'creation')
          await settled.all(idsOf(reply.body))
        }
        wire.close()
      }
      await Promise.all(Array.from({ length: strategies }, (_, place) => strategy(place)))
      ea.close()
    }),
  )
  return rate.summary(until)
}

/** Batches of 100 ticks, each at its turn, until it is stopped; which says how many a second they were. */
export function feeding(stage: Stage, senders: readonly Actor[], ticks_per_s: number) {
  let going = true
  let sent = 0
  const began = nowMs()
  const text = ticksText(100)
  const flood = senders.map(async (actor, place) => {
    const wire = await stage.wire('ticks')
    const every_ms = (100 * senders.length * 1_000) / ticks_per_s
    for (let at = 0, due = nowMs() + (place * every_ms) / senders.length; going; at++, due += every_ms) {
      await sleep(Math.max(0, due - nowMs()))
      checked(await wire.send(tickRequest(actor, `beside-${began}-${at}`, text)), 'tick batch')
      sent += 100
    }
    wire.close()
  })
  // Told by stop(): before that, somebody else's failure may have ended the server under it.
  const ended = Promise.allSettled(flood)
  return {
    async stop(): Promise<number> {
      going = false
      const seconds = (nowMs() - began) / 1_000
      await ended
      await Promise.all(flood)
      return sent / seconds
    },
  }
}

/** Push latencies to one EA while others send `ticks_per_s`. */
export async function pushBesideTicks(
  stage: Stage,
  first: Actor,
  senders: readonly Actor[],
  samples: number,
  wanted_per_s: number,
  warm_up?: number,
  every_ms?: number,
): Promise<{ arrived: Summary; ticks_per_s: number }> {
  const feed = feeding(stage, senders, wanted_per_s)
  const { arrived } = await push(stage, first, samples, warm_up, every_ms)
  return { arrived, ticks_per_s: await feed.stop() }
}

/** As many plain EAs, each asking every `every_ms`: how long an answer takes. */
export async function manyPolls(
  actors: readonly Actor[],
  seconds: number,
  every_ms: number,
): Promise<{ latency: Summary; polls_per_s: number }> {
  const latencies = new Latencies()
  const began = nowMs() + 2 * WARM_UP_MS
  const until = began + seconds * 1_000
  await Promise.all(
    actors.map(async (actor, place) => {
      let due = nowMs() + (place * every_ms) / actors.length
      while (nowMs() < until) {
        await sleep(Math.max(0, due - nowMs()))
        const sent = nowMs()
        await pollOnce(actor)
        if (sent >= began) latencies.record(nowMs() - sent)
        due = Math.max(due + every_ms, nowMs())
      }
    }),
  )
  return { latency: latencies.summary(), polls_per_s: latencies.count / seconds }
}

/** Which commands are acknowledged: the answer may be quicker than the reply that names them. */
class Settled {
  readonly #count: (at: number) => void
  readonly #early = new Set<string>()
  readonly #waiting = new Map<string, () => void>()

  constructor(count: (at: number) => void) {
    this.#count = count
  }

  settle(id: string): void {
    this.#count(nowMs())
    const resolve = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (resolve) resolve()
    else this.#early.add(id)
  }

  async all(ids: readonly string[]): Promise<void> {
    await Promise.all(
      ids.map((id) => {
        if (this.#early.delete(id)) return undefined
        return new Promise<void>((resolve) => this.#waiting.set(id, resolve))
      }),
    )
  }
}

function batchOf(stage: Stage, { login }: Actor, at: number, size: number): Buffer {
  if (size === 1) return stage.creation(login, 'OPEN_TRADE', openPayload(at))
  const commands = Array.from({ length: size }, (_, place) => ({
    type: 'OPEN_TRADE',
    payload: openPayload(at + place),
    command_id: stage.name(),
  }))
  const path = `/api/v1/accounts/${login}/commands/batch`
  return encodeRequest('POST', path, null, JSON.stringify({ commands }), {
    authorization: `Bearer ${stage.admin_key}`,
  })
}

function idsOf(body: string): string[] {
  const reply = JSON.parse(body) as { command_id: string; commands?: { command_id: string }[] }
  return reply.commands ? reply.commands.map((command) => command.command_id) : [reply.command_id]
}
