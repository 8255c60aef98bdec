// `npm run bench:commands`: a native EA's way, over real HTTP and WebSocket with durable commits: creation, push, whole
// lives a second, push beside ticks, many EAs that poll. Exit 1 when a target is missed; with CI=true it only tells.
import { short } from '../support/measure.ts'
import { type Line, latency, rate } from './lines.ts'
import * as native from './native-rows.ts'
import type { Stage } from './stage.ts'
import { benchTool } from './tool.ts'

const MANY_EAS = 500
const TICKS_PER_S = 50_000
const TICK_SENDERS = 20

async function measure(stage: Stage, full: boolean): Promise<Line[]> {
  const samples = full ? 1_500 : 400
  const seconds = full ? 5 : 2
  const actors = await stage.cast(10)
  const [first, ...others] = actors
  if (!first) throw new Error('nobody connected')
  const { created, arrived } = await native.push(stage, first, samples)
  const lives = await native.lives(stage, others.slice(0, 4), seconds, { strategies: 8, batch: 1 })
  const batched = await native.lives(stage, others.slice(4, 8), seconds, { strategies: 4, batch: 20 })
  const senders = (await stage.cast(10 + TICK_SENDERS)).slice(10)
  const receiver = others[8] ?? first
  const beside = await native.pushBesideTicks(stage, receiver, senders, Math.round(samples / 2), TICKS_PER_S)
  const many = (await stage.cast(10 + TICK_SENDERS + (full ? MANY_EAS : 100))).slice(10 + TICK_SENDERS)
  const polls = await native.manyPolls(many, seconds, 100)
  const limit = Math.min(50, 2 * arrived.p99)
  return [
    latency('create → durable', created, 2, 10),
    latency('create → in the EA by push', arrived, 2, 10),
    rate('whole lives, one by one', lives, 2_000),
    rate('whole lives, 20 in a batch', batched, 2_000),
    latency(
      `push beside ${short(beside.ticks_per_s)} ticks/s`,
      beside.arrived,
      Number.POSITIVE_INFINITY,
      limit,
    ),
    latency(
      `${many.length} EAs, ${short(polls.polls_per_s)} polls/s`,
      polls.latency,
      Number.POSITIVE_INFINITY,
      50,
    ),
  ]
}

await benchTool('npm run bench:commands', 'fewer samples, fewer EAs', measure)
