// The session with the server: epoch, ownership, when to connect, and the clocks of what was sent.
//
//   N1. An epoch is on the disk before anything is said under it.
//   N2. A reply or push of another epoch than the session's is dead.

import type { ConnectVerdict, NativeStatus, ServerReply } from './api.ts'
import { fieldsOf, whole } from './commands-in.ts'
import type { Stamp } from './stamp.ts'

/** Enough to find the clock of any message that the server may still anchor a push to. */
const STAMPS_MAX = 512
const HOPELESS: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 413, 415, 422])

export interface Hello {
  epoch: number
  incarnation: number
  command_no: number
}

export class Session {
  /** The newest accepted epoch; null: none in this process. */
  epoch: number | null = null
  /** The ledger's incarnation as the server said it last. */
  incarnation = 0
  owner_lease_ms = 15_000
  #state: 'offline' | 'opening' | 'online' | 'standby' = 'offline'
  #not_before_mono_ms = 0
  #stamps: Stamp[] = []

  get status(): NativeStatus {
    return this.#state === 'opening' ? 'offline' : this.#state
  }

  get is_online(): boolean {
    return this.#state === 'online'
  }

  /** May a connect be tried now? */
  mayConnect(now: Stamp): boolean {
    const away = this.#state === 'offline' || this.#state === 'standby'
    return away && now.mono_ms >= this.#not_before_mono_ms
  }

  connectAt(): number {
    return this.#state === 'offline' || this.#state === 'standby'
      ? this.#not_before_mono_ms
      : Number.POSITIVE_INFINITY
  }

  /** What the server says to a connect; `hello` when it was accepted. */
  judge(reply: ServerReply, now: Stamp): { verdict: ConnectVerdict; hello?: Hello } {
    const body = fieldsOf(reply.body)
    const epoch = whole(body.epoch)
    if (reply.http === 200) {
      if (body.protocol !== 2 || epoch === null) return { verdict: 'plain' }
      this.owner_lease_ms = whole(body.owner_lease_ms) ?? this.owner_lease_ms
      this.#state = 'opening'
      this.epoch = epoch
      this.incarnation = whole(body.incarnation) ?? 0
      return {
        verdict: 'accepted',
        hello: { epoch, incarnation: this.incarnation, command_no: whole(body.command_no) ?? 0 },
      }
    }
    if (body.error === 'NGTB_OWNER_OTHER') {
      this.#state = 'standby'
      this.#not_before_mono_ms = now.mono_ms + (reply.retry_after_ms ?? this.owner_lease_ms)
      return { verdict: 'standby' }
    }
    if (body.error === 'NGTB_JOURNAL_COPY') return { verdict: 'copy' }
    this.#state = 'offline'
    return { verdict: HOPELESS.has(reply.http) ? 'refused' : 'later' }
  }

  /** The epoch is on the disk. */
  opened(): void {
    if (this.#state === 'opening') this.#state = 'online'
  }

  lost(): void {
    if (this.#state !== 'standby') this.#state = 'offline'
  }

  /** The new owner's lease must end before this EA can be welcome. */
  fenced(now: Stamp): void {
    this.#state = 'offline'
    this.#not_before_mono_ms = now.mono_ms + this.owner_lease_ms
  }

  /** A new journal begins without an epoch. */
  forget(): void {
    this.epoch = null
    this.#state = 'offline'
    this.#not_before_mono_ms = 0
  }

  /** N2. A reply without an epoch is not from a server of protocol 2. */
  speaksOf(body: Record<string, unknown>): boolean {
    return this.epoch !== null && body.epoch === this.epoch && this.#state !== 'standby'
  }

  /** A message with this clock leaves now. */
  sends(stamp: Stamp): void {
    this.#stamps.push(stamp)
    if (this.#stamps.length > 2 * STAMPS_MAX) this.#stamps = this.#stamps.slice(-STAMPS_MAX)
  }

  /** Both clocks of the message that a push is anchored to; the next older one if it is forgotten; null: none. */
  anchor(mono_ms: unknown): Stamp | null {
    if (typeof mono_ms !== 'number') return null
    return this.#stamps.findLast((stamp) => stamp.mono_ms <= mono_ms) ?? null
  }
}

export const isFenced = ({ http, body }: ServerReply): boolean =>
  http === 409 && fieldsOf(body).error === 'NGTB_FENCED'
