// `npm run bench:ticks`: ticks over real HTTP, durable before they are acknowledged: how many a second, how soon, what
// others feel of it, and whether all of them are in the table once. Exit 1 when a target is missed; with CI=true it
// only tells.
import { short } from '../support/measure.ts'
import { type Line, latency, rate } from './lines.ts'
import { RawRounds, rowCopyTicksPerS } from './raw.ts'
import type { Stage } from './stage.ts'
import { closedLoop, openLoop, storedTicks, TickTexts } from './tick-rows.ts'
import { benchTool } from './tool.ts'

const ANY = Number.POSITIVE_INFINITY

async function measure(stage: Stage, full: boolean): Promise<Line[]> {
  const seconds = full ? 60 : 3
  const actors = await stage.cast(40)
  const texts = new TickTexts()
  const rounds = await RawRounds.open(stage.database_url)
  const raw = () => rounds.round(0, 0, full ? 40 : 4)

  await closedLoop(stage, actors, texts, { batch: 100, seconds: full ? 5 : 2 }) // until its hot paths are compiled
  // Before the floods: what they wrote is still being put in its place minutes later.
  const fast = await openLoop(stage, actors, texts, { ticks_per_s: 100_000, seconds: full ? 20 : 3 })
  const calm = await openLoop(stage, actors.slice(0, 10), texts, {
    ticks_per_s: 10_000,
    seconds: full ? 20 : 3,
  })
  await raw()
  const small = await closedLoop(stage, actors, texts, { batch: 100, seconds })
  await raw()
  const large = await closedLoop(stage, actors.slice(0, 10), texts, { batch: 1_000, seconds })
  await raw()
  const { copy_ticks_per_s } = await rounds.end()
  const by_rows = await rowCopyTicksPerS(stage.database_url, full ? 40 : 4)
  const stored = await storedTicks(stage.database_url)
  const acknowledged = texts.acknowledged
  const shares = (ticks_per_s: number, target: number) => [
    share('  of raw COPY, same table', ticks_per_s / copy_ticks_per_s, target),
    share('  of raw COPY, a tick a row', ticks_per_s / by_rows, target),
  ]
  return [
    rate('40 × 100 ticks', small, 150_000),
    ...shares(small.count / seconds, 0.5),
    rate('10 × 1,000 ticks', large, 300_000),
    ...shares(large.count / seconds, 0.65),
    latency(`ack at ${short(fast.ticks_per_s)} ticks/s`, fast.acks, 5, 50),
    latency('  a tiny request on 9900', fast.others, ANY, 10),
    latency(`ack at ${short(calm.ticks_per_s)} ticks/s`, calm.acks, 10, 30),
    {
      name: 'in the table',
      said: `${short(stored)} of ${short(acknowledged)} acknowledged`,
      target: 'all, once',
      held: stored === acknowledged,
    },
  ]
}

const share = (name: string, value: number, target: number): Line => ({
  name,
  said: short(value),
  target: `≥ ${target}`,
  held: value >= target,
})

await benchTool('npm run bench:ticks', 'seconds, not minutes', measure)
