// What becomes of a worker, decided: is it still good, how long to wait, and where its next life goes on. No clock.
//
//   W1. A worker that stops beating is not asked: it is killed. It may be in a loop that never ends.
//   W2. Restarts wait twice as long each time, up to a limit; a life that was stable begins anew.
//   W3. An event that killed a module three times is left out, and that is said.
import type { Cursors, Fault } from '../words.ts'

export interface Limits {
  /** How often a worker says that it lives. */
  readonly beat_ms: number
  /** Without a word for so long it hangs. */
  readonly silent_ms: number
  /** From its start until it listens. */
  readonly start_ms: number
  /** Resident memory, of all kinds. */
  readonly memory_mb: number
  /** One call that takes longer is no call any more. */
  readonly busy_ms: number
  readonly requests_per_s: number
  /** 0 … 19: how far it stands back when the machine is busy. */
  readonly niceness: number
  readonly backoff_min_ms: number
  readonly backoff_max_ms: number
  /** A life that lasts so long is a good one. */
  readonly stable_ms: number
  /** How long it may take to end by itself. */
  readonly stop_ms: number
}

export const LIMITS: Limits = {
  beat_ms: 1_000,
  silent_ms: 10_000,
  start_ms: 90_000,
  memory_mb: 512,
  busy_ms: 300_000,
  requests_per_s: 50,
  niceness: 10,
  backoff_min_ms: 1_000,
  backoff_max_ms: 60_000,
  stable_ms: 60_000,
  stop_ms: 5_000,
}

/** As the host sees a living worker. */
export interface Watched {
  readonly started_at: number
  /** It was loaded: from then on it beats. */
  readonly beating: boolean
  /** Null until it listens. */
  readonly running_at: number | null
  readonly heard_at: number
  readonly memory_bytes: number
  /** How long its current call has taken. */
  readonly busy_ms: number
}

/** Why it must be killed, as the end of the sentence "it …"; null while it is good (W1). */
export function complaintOf(watched: Watched, now: number, limits: Limits): string | null {
  const mb = Math.round(watched.memory_bytes / 1_048_576)
  if (mb > limits.memory_mb) return `took ${mb} MB of memory; ${limits.memory_mb} MB are allowed`
  if (watched.running_at === null && now - watched.started_at > limits.start_ms)
    return `was not ready after ${seconds(limits.start_ms)}`
  if (watched.beating && now - watched.heard_at > limits.silent_ms)
    return `gave no sign of life for ${seconds(limits.silent_ms)} (an endless loop, it seems)`
  if (watched.busy_ms > limits.busy_ms) return `did not come back from a call for ${seconds(limits.busy_ms)}`
  return null
}

const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`

/** The wait before the next life, after so many deaths in a row (W2). */
export function backoffMs(deaths: number, { backoff_min_ms, backoff_max_ms }: Limits): number {
  return Math.min(backoff_max_ms, backoff_min_ms * 2 ** Math.min(30, Math.max(0, deaths - 1)))
}

/** What one life leaves to the next. */
export interface Legacy {
  readonly cursors: Cursors
  /** Deaths in a row without a stable life between. */
  readonly deaths: number
  /** The event that it died of last, and how often. */
  readonly stumbled: { readonly seq: number; readonly times: number } | null
}

export const NO_LEGACY: Legacy = { cursors: {}, deaths: 0, stumbled: null }
const STUMBLES_MAX = 3

export interface Death {
  readonly cursors: Cursors
  readonly lived_ms: number
  /** The event that was being dealt with, where that is known. */
  readonly at?: number | undefined
  readonly fault?: Fault | undefined
}

/** The next life's legacy, and the event that is left out in it (W3). */
export function legacyOf(
  before: Legacy,
  death: Death,
  { stable_ms }: Limits,
): { legacy: Legacy; left_out: number | null } {
  const deaths = death.lived_ms >= stable_ms ? 1 : before.deaths + 1
  const cursors = death.fault === 'rewound' ? {} : { ...before.cursors, ...death.cursors }
  if (death.at === undefined || death.fault === 'rewound')
    return { legacy: { cursors, deaths, stumbled: null }, left_out: null }
  const times = before.stumbled?.seq === death.at ? before.stumbled.times + 1 : 1
  if (times < STUMBLES_MAX)
    return { legacy: { cursors, deaths, stumbled: { seq: death.at, times } }, left_out: null }
  return { legacy: { cursors: { ...cursors, seq: death.at }, deaths, stumbled: null }, left_out: death.at }
}

/** Where it was when nobody could say: a death without a word is gone into carefully. */
export const isCareful = (legacy: Legacy): boolean => legacy.deaths > 0
