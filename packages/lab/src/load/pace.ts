// Open loop: work starts when it is due, whether the work before it has ended or not. A slow server gets no pity,
// and whoever waits in front of it is counted from the moment he was due (no coordinated omission).
import { setTimeout as sleep } from 'node:timers/promises'
import { nowMs } from '../support/measure.ts'

const TURN_MS = 1

/** Calls `start(n, due)` for n = 0, 1, … at `per_second`, for `seconds`. `due` is on the clock of `nowMs`. */
export async function atPace(
  per_second: number,
  seconds: number,
  start: (n: number, due: number) => void,
  onTurn: (elapsed_s: number) => void = () => {},
): Promise<void> {
  const began = nowMs()
  const total = Math.round(per_second * seconds)
  for (let n = 0; n < total; ) {
    const elapsed_s = (nowMs() - began) / 1000
    const due_now = Math.min(total, Math.floor(elapsed_s * per_second) + 1)
    for (; n < due_now; n++) start(n, began + (n / per_second) * 1000)
    onTurn(elapsed_s)
    await sleep(TURN_MS)
  }
}

/** Waits until `done()` or the patience ends; says which. */
export async function waitUntil(done: () => boolean, patience_ms: number): Promise<boolean> {
  const until = nowMs() + patience_ms
  while (!done() && nowMs() < until) await sleep(20)
  return done()
}
