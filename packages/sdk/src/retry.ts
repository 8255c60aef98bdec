// Asking until answered: backoff with jitter by cockatiel, a deadline, and an honest word about doubt.
//
//   R1. Silence, 5xx, 408, 425 and 429 are asked again, after Retry-After where the server named it.
//   R2. Any other refusal ends the asking at once.
//   R3. The end by deadline is "silent", and says whether any attempt may have been carried out.
//   R4. Waiting is held by one timer; when the asking ends, nothing keeps the process alive.

import { decorrelatedJitterGenerator, ExponentialBackoff, handleWhen, type IBackoff, retry } from 'cockatiel'
import { platform } from '#platform'
import { isRetriable, leavesDoubt, NgtbError } from './errors.ts'

/** How stubbornly to ask. All in milliseconds. */
export interface RetryOptions {
  /** About the first pause; it doubles, with jitter. */
  initial_delay_ms?: number | undefined
  /** The longest pause (a longer Retry-After is honoured all the same). */
  max_delay_ms?: number | undefined
  /** How long one call asks before it gives up. `Infinity` never does. */
  deadline_ms?: number | undefined
  /** How long one attempt may be silent before it is repeated. */
  request_timeout_ms?: number | undefined
}

export type Stubbornness = { [K in keyof RetryOptions]-?: number }

/** Relations that must hold: an attempt fits the deadline, a pause fits it several times. */
export const RETRY_DEFAULTS: Stubbornness = {
  initial_delay_ms: 100,
  max_delay_ms: 5_000,
  deadline_ms: 30_000,
  request_timeout_ms: 10_000,
}

export function stubbornness(options: RetryOptions = {}): Stubbornness {
  const chosen = { ...RETRY_DEFAULTS }
  for (const name of Object.keys(RETRY_DEFAULTS) as (keyof Stubbornness)[]) {
    const value = options[name]
    if (value === undefined) continue
    if (!(value > 0)) throw new TypeError(`${name} is ${value}: give milliseconds above 0`)
    chosen[name] = value
  }
  return chosen
}

/** What came of asking. `doubtful`: an earlier attempt may have been carried out. */
export type Answered<T> =
  | { kind: 'answered'; value: T }
  | { kind: 'refused'; error: NgtbError; doubtful: boolean }
  | { kind: 'silent'; error: NgtbError | undefined; doubtful: boolean }

export interface Asking {
  deadline_ms: number
  initial_delay_ms: number
  max_delay_ms: number
  /** The caller's own end, e.g. `AbortSignal.timeout(2_000)`. */
  signal?: AbortSignal | undefined
}

/** setTimeout takes 31 bits; more would fire at once. */
const TIMER_MAX_MS = 2 ** 31 - 1
class Stopped extends Error {}

/** Repeats `attempt` until it is answered, refused, or the deadline passes. Only bugs are thrown. */
export async function untilAnswered<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  asking: Asking,
): Promise<Answered<T>> {
  const stop = new AbortController()
  const halt = () => stop.abort()
  const timer = setTimeout(halt, Math.min(asking.deadline_ms, TIMER_MAX_MS))
  if (asking.signal?.aborted) halt()
  asking.signal?.addEventListener('abort', halt, { once: true })
  const stopped = new Promise<never>((_, reject) => {
    const end = () => reject(new Stopped())
    if (stop.signal.aborted) end()
    else stop.signal.addEventListener('abort', end, { once: true })
  })
  const history = new History()
  try {
    const asked = policy(asking).execute(() => history.record(attempt, stop.signal))
    return { kind: 'answered', value: await Promise.race([asked, stopped]) }
  } catch (error) {
    if (error instanceof Stopped) return history.silent()
    if (error instanceof NgtbError) return { kind: 'refused', error, doubtful: history.doubtful }
    throw error
  } finally {
    clearTimeout(timer)
    asking.signal?.removeEventListener('abort', halt)
    halt()
  }
}

/** What the attempts so far have shown. */
class History {
  doubtful = false
  #last: NgtbError | undefined

  async record<T>(attempt: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    if (signal.aborted) throw new Stopped()
    // From here to its answer the request may be on its way: a deadline in between leaves a doubt.
    const doubted_before = this.doubtful
    this.doubtful = true
    try {
      return await attempt(signal)
    } catch (error) {
      if (error instanceof NgtbError && !signal.aborted) {
        this.#last = error
        this.doubtful = doubted_before || leavesDoubt(error)
      }
      throw error
    }
  }

  silent(): { kind: 'silent'; error: NgtbError | undefined; doubtful: boolean } {
    return { kind: 'silent', error: this.#last, doubtful: this.doubtful }
  }
}

/** The pauses alone, for links that are kept open rather than asked (live.ts). */
export function pauses(options: { initial_delay_ms: number; max_delay_ms: number }): () => number {
  let step: IBackoff<unknown> | undefined
  return () => {
    step = step ? step.next(undefined) : jitter(options).next()
    return step.duration
  }
}

const jitter = (options: { initial_delay_ms: number; max_delay_ms: number }) =>
  new ExponentialBackoff({
    initialDelay: options.initial_delay_ms,
    maxDelay: options.max_delay_ms,
    generator: decorrelatedJitterGenerator,
  })

function policy(asking: Asking) {
  const backoff = { next: (context: BackoffContext) => atLeast(jitter(asking).next(), context) }
  const asks = retry(handleWhen(isRetriable), { maxAttempts: Number.POSITIVE_INFINITY, backoff })
  return platform.unref_retries ? asks.dangerouslyUnref() : asks
}

type BackoffContext = { result: { error: Error } | { value: unknown } }

/** A pause of cockatiel's, lengthened to the Retry-After of the last refusal. */
function atLeast(step: IBackoff<unknown>, context: BackoffContext): IBackoff<BackoffContext> {
  const error = 'error' in context.result ? context.result.error : undefined
  const wished_ms = error instanceof NgtbError ? (error.retry_after_ms ?? 0) : 0
  return {
    duration: Math.min(Math.max(step.duration, wished_ms), TIMER_MAX_MS),
    next: (next) => atLeast(step.next(undefined), next),
  }
}
