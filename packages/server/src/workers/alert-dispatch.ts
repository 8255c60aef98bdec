// Carries messages out: one line a channel, so that a channel that hangs holds up nobody but itself.
//
//   T1. A message is claimed before it is sent, and its end is written after: whoever dies in between leaves it to the
//       next, when the claim is over. So each is sent once at least; that it is taken once is what its id is for.
//   T2. A channel that fails rests, longer each time; what it asks for (Retry-After) is kept.
//   T3. An attempt has an end, whatever the channel does.
import { nextTry } from '@ngtb/core'
import type { Channel, Clock, Delivery, Ids, Log, Sent, Store, Timers } from '../ports.ts'

export const SEND_MS = 15_000
/** Longer than an attempt and the writing of its end. */
const CLAIM_MS = 2 * SEND_MS
const LOOK_MS = 30_000
const SOON_MS = 250
const REST_MS = 1_000
const REST_MS_MAX = 30_000
/** So long a stop waits for an attempt that is under way. */
const GRACE_MS = 2_000

interface DispatchParts {
  readonly store: Pick<Store, 'claimDeliveries' | 'endAttempt' | 'nextDelivery'>
  readonly clock: Clock
  readonly timers: Timers
  readonly ids: Ids
  readonly log: Log
  readonly channels: readonly Channel[]
}

export class AlertDispatch {
  readonly #lines: readonly Line[]

  constructor(parts: DispatchParts) {
    // Of this process alone: a claim of the one before it is not ours.
    const by = parts.ids.uuid()
    this.#lines = parts.channels.map((channel) => new Line(parts, channel, by))
  }

  start(): void {
    for (const line of this.#lines) line.start()
  }

  /** Messages were written. */
  ring(): void {
    for (const line of this.#lines) line.ring()
  }

  async stop(): Promise<void> {
    await Promise.all(this.#lines.map((line) => line.stop()))
  }
}

class Line {
  readonly #parts: DispatchParts
  readonly #channel: Channel
  readonly #by: string
  #timer: { cancel(): void } | null = null
  #working: Promise<void> | null = null
  #rung = false
  #failures = 0
  #rests_until = 0
  #sending: AbortController | null = null
  #started = false
  #stopped = false

  constructor(parts: DispatchParts, channel: Channel, by: string) {
    this.#parts = parts
    this.#channel = channel
    this.#by = by
  }

  start(): void {
    this.#started = true
    this.ring()
  }

  ring(): void {
    this.#rung = true
    if (!this.#started || this.#stopped || this.#working) return
    this.#timer?.cancel()
    this.#working = this.#run().finally(() => {
      this.#working = null
    })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    const grace = this.#parts.timers.after(GRACE_MS, () => this.#sending?.abort())
    await this.#working
    grace.cancel()
    await this.#channel.close()
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#parts
    let wait = LOOK_MS
    try {
      this.#rung = false
      while (!this.#stopped && clock.now() >= this.#rests_until && (await this.#sendNext())) {
        // One after another.
      }
      wait = await this.#untilNext()
    } catch (error) {
      log.warn('messages of alerts wait for the database', {
        channel: this.#channel.name,
        error: String(error),
      })
      wait = REST_MS
    }
    if (this.#stopped) return
    this.#timer = this.#parts.timers.after(this.#rung ? Math.min(wait, SOON_MS) : wait, () => this.ring())
  }

  async #untilNext(): Promise<number> {
    const { clock, store } = this.#parts
    const at = await store.nextDelivery(this.#channel.name)
    if (at === null) return LOOK_MS
    return Math.min(LOOK_MS, Math.max(SOON_MS, Math.max(at, this.#rests_until) - clock.now()))
  }

  /** T1. False: nothing is due. */
  async #sendNext(): Promise<boolean> {
    const { store, clock } = this.#parts
    const now = clock.now()
    const [due] = await store.claimDeliveries(this.#channel.name, this.#by, now, now + CLAIM_MS, 1)
    if (!due) return false
    const sent = await this.#attempt(due)
    this.#rest(sent)
    await store.endAttempt(due.delivery_id, this.#by, this.#endOf(due, sent))
    return true
  }

  /** T3. */
  async #attempt({ message, attempts }: Delivery): Promise<Sent> {
    const { timers } = this.#parts
    const controller = new AbortController()
    this.#sending = controller
    const late: Sent = { kind: 'failed', error: `no answer within ${SEND_MS / 1_000} s`, after_ms: null }
    let timer = timers.after(SEND_MS, () => controller.abort())
    // A channel that does not listen to its signal is left behind.
    const given_up = new Promise<Sent>((end) => {
      controller.signal.addEventListener('abort', () => {
        timer.cancel()
        timer = timers.after(SOON_MS, () => end(late))
      })
    })
    try {
      const sent = await Promise.race([
        this.#channel.send(message, attempts + 1, controller.signal),
        given_up,
      ])
      return controller.signal.aborted && sent.kind === 'failed'
        ? { ...late, error: `${late.error}: ${sent.error}` }
        : sent
    } catch (error) {
      return { kind: 'failed', error: String(error), after_ms: null }
    } finally {
      timer.cancel()
      this.#sending = null
    }
  }

  /** T2. */
  #rest(sent: Sent): void {
    this.#failures = sent.kind === 'done' ? 0 : this.#failures + 1
    if (sent.kind === 'done') return
    const rest = Math.min(REST_MS_MAX, REST_MS * 2 ** Math.min(this.#failures - 1, 10))
    this.#rests_until = this.#parts.clock.now() + Math.max(rest, sent.after_ms ?? 0)
  }

  #endOf({ delivery_id, attempts, created_at }: Delivery, sent: Sent) {
    const { clock, log } = this.#parts
    const now = clock.now()
    const tried = { attempts: attempts + 1 }
    if (sent.kind === 'done')
      return { ...tried, state: 'done' as const, next_at: null, done_at: now, error: null }
    const error = sent.error.slice(0, 500)
    const next_at = nextTry(
      tried.attempts,
      created_at,
      now,
      this.#chance(delivery_id, attempts),
      sent.after_ms,
    )
    const channel = this.#channel.name
    log.warn('a message of an alert was not taken', {
      channel,
      delivery_id,
      ...tried,
      error,
      again: next_at !== null,
    })
    if (next_at !== null) return { ...tried, state: 'waiting' as const, next_at, done_at: null, error }
    return { ...tried, state: 'given_up' as const, next_at: null, done_at: now, error }
  }

  /** 0 … 1, from the message's own random id: another one at each attempt. */
  #chance(delivery_id: string, attempts: number): number {
    return Number.parseInt(this.#parts.ids.sha256(`${delivery_id} ${attempts}`).slice(0, 8), 16) / 0xffffffff
  }
}
