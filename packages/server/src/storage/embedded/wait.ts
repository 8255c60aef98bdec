// The waiting room of the embedded database: the only file here that knows time.
// Nothing in it decides anything. Time is monotonic: a clock that is set back must not stretch a wait.

import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'

/** Waits `ms`, or less when the signal says that nobody is interested any more. Never rejects. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal })
  } catch {
    // Aborted: the caller looks at its signal.
  }
}

export const monotonicMs = (): number => performance.now()

/** Calls `say` at most once in `everyMs`, with the seconds gone by: for waits that may take minutes. */
export function progress(say: (seconds: number) => void, everyMs = 5_000): () => void {
  const begun = monotonicMs()
  let due = begun + everyMs
  return () => {
    if (monotonicMs() < due) return
    due += everyMs
    say(Math.round((monotonicMs() - begun) / 1_000))
  }
}

/** 20, 30, 40 … 250 ms: quick while the answer is near, gentle when it is not. */
export const pollDelay = (attempt: number): number => Math.min(20 + 10 * attempt, 250)
