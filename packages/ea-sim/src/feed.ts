// The market's pace: ticks at their own times, faster, or as fast as they are acknowledged.

import type { Clock } from './clock.ts'
import type { Tick } from './model/ticks.ts'

export interface FeedOptions {
  ticks: Iterable<Tick> | AsyncIterable<Tick>
  /** 1 = real time, 10 = ten times as fast, 0 = no clock, only room(). */
  speed: number
  clock: Clock
  signal: AbortSignal
  take: (tick: Tick) => void
  /** Resolves when the sender can take more; asked only at speed 0. */
  room: () => Promise<void>
}

// A feed that is late must still let answers in now and then: there is one thread for all.
const TICKS_PER_BREATH = 500

/** Runs to the end of the source, or until `signal` aborts. */
export async function runFeed(options: FeedOptions): Promise<void> {
  const { ticks, speed, clock, signal, take, room } = options
  let began: { clock_ms: number; tick_ms: number } | null = null
  let without_breath = 0
  for await (const tick of ticks) {
    if (signal.aborted) return
    if (speed === 0) await room()
    else {
      began ??= { clock_ms: clock.now(), tick_ms: tick.time_ms }
      const wait_ms = began.clock_ms + (tick.time_ms - began.tick_ms) / speed - clock.now()
      if (wait_ms >= 1 || ++without_breath > TICKS_PER_BREATH) {
        without_breath = 0
        await clock.sleep(Math.max(0, wait_ms), signal)
      }
    }
    if (signal.aborted) return
    take(tick)
  }
}
