// Ticks that an EA of the older dialect sends again, for it did not hear that they are stored (docs/spec/legacy-ea.md).
//
//   It names no batch, and equal ticks are normal (P11): what it sends is new, unless this server knows that its last
//   answer can't have been heard, and the body begins with exactly what that answer was about.
import { createHash } from 'node:crypto'
import type { Tick } from '@ngtb/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** The EA waits 3 s for an answer. */
const HEARD_MS = 2_500

interface Unheard {
  readonly count: number
  readonly digest: string
}

const digestOf = (ticks: readonly Tick[]): string =>
  createHash('sha256').update(JSON.stringify(ticks)).digest('base64')

export class TickResends {
  readonly #unheard = new Map<number, Unheard>()
  /** One body of an account after the other: what comes again may be here before its first coming is stored. */
  readonly #running = new Map<number, Promise<unknown>>()

  /** @returns how many were known; the others are stored by then */
  take(
    account_id: number,
    ticks: readonly Tick[],
    call: { request: FastifyRequest; reply: FastifyReply },
    house: { now(): number; store(fresh: readonly Tick[]): Promise<unknown> },
  ): Promise<number> {
    const before = this.#running.get(account_id) ?? Promise.resolve()
    const taken = before.then(async () => {
      const known = this.#known(account_id, ticks)
      await house.store(known === 0 ? ticks : ticks.slice(known))
      this.#answers(account_id, ticks, call, house.now)
      return known
    })
    this.#running.set(
      account_id,
      taken.catch(() => {}),
    )
    return taken
  }

  #known(account_id: number, ticks: readonly Tick[]): number {
    const last = this.#unheard.get(account_id)
    if (!last || ticks.length < last.count) return 0
    return digestOf(ticks.slice(0, last.count)) === last.digest ? last.count : 0
  }

  /** They are all stored, and about to be answered: was that heard? */
  #answers(
    account_id: number,
    ticks: readonly Tick[],
    { request, reply }: { request: FastifyRequest; reply: FastifyReply },
    now: () => number,
  ): void {
    this.#unheard.delete(account_id)
    if (ticks.length === 0) return
    const closed = () => {
      if (reply.raw.writableFinished && now() - request.arrived_at < HEARD_MS) return
      this.#unheard.set(account_id, { count: ticks.length, digest: digestOf(ticks) })
    }
    // Its sender may have gone while they were stored: nothing is told of that any more.
    if (request.raw.socket.destroyed) closed()
    else reply.raw.once('close', closed)
  }
}
