// The rows per second: as much at once as the server takes, counted when it is acknowledged.
import { setTimeout as sleep } from 'node:timers/promises'
import { nowMs, Rate, type Summary } from '../support/measure.ts'
import { tickRequest, ticksText } from './latencies.ts'
import { type Actor, answer, checked, nextTicket, openPayload, pollOnce, type Stage } from './stage.ts'

const WINDOW_MS = 250
const WARM_UP_MS = 1_000
/** Strategies of one account that wait for their outcome at the same time. */
const STRATEGIES = 2
const PAUSE_MS = 5

/** Runs the workers and gives what they counted between warm-up and end. */
async function during(
  seconds: number,
  workers: (count: (events: number) => void, going: () => boolean) => Promise<unknown>[],
): Promise<Summary> {
  const began = nowMs() + WARM_UP_MS
  const until = began + seconds * 1000
  const rate = new Rate(WINDOW_MS, began)
  const going = () => nowMs() < until
  await Promise.all(
    workers((events) => {
      const at = nowMs()
      if (at >= began && at < until) rate.add(events, at)
    }, going),
  )
  return rate.summary(until)
}

/**
 * The server as it is after its first minute: until its hot paths are compiled, some 5,000 requests, one heartbeat
 * in a hundred takes 7 ms instead of 3.
 */
export async function warmUp(stage: Stage, actors: readonly Actor[], seconds: number): Promise<void> {
  const until = nowMs() + seconds * 1000
  const beating = actors.map(async (actor) => {
    while (nowMs() < until) checked(await actor.ea.send(actor.heartbeat), 'heartbeat')
  })
  await Promise.all([...beating, ticks(stage, actors.slice(0, 2), Math.max(0.5, seconds - 1))])
  await commands(stage, actors, seconds - 1)
}

/** Whole lives: created by REST, fetched by a poll, answered `completed`, acknowledged. */
export function commands(stage: Stage, actors: readonly Actor[], seconds: number): Promise<Summary> {
  return during(seconds, (count, going) =>
    actors.flatMap((actor) => {
      const settled = new Map<string, (ticket: number) => void>()
      const strategies = Array.from({ length: STRATEGIES }, (_, at) =>
        strategy(stage, actor, settled, going, at),
      )
      const done = Promise.all(strategies)
      return [done, expert(actor, settled, count, done)]
    }),
  )
}

/** Opens, waits, closes what it opened, waits. */
async function strategy(
  stage: Stage,
  actor: Actor,
  settled: Map<string, (ticket: number) => void>,
  going: () => boolean,
  place: number,
): Promise<void> {
  const wire = await stage.wire('webui')
  const run = async (type: string, payload: Record<string, unknown>) => {
    const { body } = checked(await wire.send(stage.creation(actor.login, type, payload)), 'creation')
    const { command_id } = JSON.parse(body) as { command_id: string }
    // The EA may have been quicker than this reply: then its ticket lies here already.
    return new Promise<number>((resolve) => meet(settled, command_id, resolve))
  }
  for (let at = place; going(); at++) {
    const ticket = await run('OPEN_TRADE', openPayload(at))
    await run('CLOSE_TRADE', { ticket })
  }
}

const early = new Map<string, number>()

function meet(settled: Map<string, (ticket: number) => void>, id: string, resolve: (ticket: number) => void) {
  const ticket = early.get(id)
  if (ticket === undefined) settled.set(id, resolve)
  else resolve(ticket)
  early.delete(id)
}

/** Asks as soon as it has answered; pauses only when there was nothing. */
async function expert(
  actor: Actor,
  settled: Map<string, (ticket: number) => void>,
  count: (events: number) => void,
  done: Promise<unknown>,
): Promise<void> {
  let over = false
  void done.finally(() => {
    over = true
  })
  while (!over) {
    const commands = await pollOnce(actor)
    for (const { id, type, ticket } of commands) {
      const position = type === 'OPEN_TRADE' ? nextTicket() : (ticket ?? 0)
      await answer(
        actor,
        id,
        type === 'OPEN_TRADE' ? { ticket: position, open_price: 1.09 } : { ticket: position },
      )
      count(1)
      const resolve = settled.get(id)
      settled.delete(id)
      if (resolve) resolve(position)
      else early.set(id, position)
    }
    if (commands.length === 0) await sleep(PAUSE_MS)
  }
}

/** One connection per actor, a batch at a time on each: the server makes groups of what comes meanwhile. */
export function ticks(
  stage: Stage,
  actors: readonly Actor[],
  seconds: number,
  batch_size = 100,
): Promise<Summary> {
  const text = ticksText(batch_size)
  const began = Math.round(nowMs())
  return during(seconds, (count, going) =>
    actors.map(async (actor) => {
      const wire = await stage.wire('ticks')
      for (let at = 0; going(); at++) {
        const bytes = tickRequest(actor, `many-${began}-${at}`, text)
        checked(await wire.send(bytes), 'tick batch')
        count(batch_size)
      }
      wire.close()
    }),
  )
}

/** How many are connected and healthy, in the server's own words, after all have polled for a while. */
export async function connections(stage: Stage, actors: readonly Actor[], seconds: number): Promise<Summary> {
  const until = nowMs() + seconds * 1000
  await Promise.all(
    actors.map(async (actor) => {
      checked(await actor.ea.send(actor.heartbeat), 'heartbeat')
      while (nowMs() < until) {
        await pollOnce(actor)
        await sleep(50)
      }
    }),
  )
  const status = (await stage.ask('/api/system/status')) as { connections: { healthy: number } }
  const { healthy } = status.connections
  return { count: actors.length, p50: healthy, p99: healthy, worst: healthy }
}
