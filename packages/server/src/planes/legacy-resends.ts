// Ticks that an EA of the older dialect sends again, for it did not hear that they are stored (docs/spec/legacy-ea.md).
//
//   R1. It names no batch, and equal ticks are normal (P11): what it sends is new, unless this server knows that an
//       answer to it can't have been heard, and the body begins with exactly what that answer was about.
//   R2. Known as soon as they are stored: what comes again may be waiting here already, before that answer leaves.
//   R3. Two of these EAs may send for one login: what the one did not hear stays known while the other is answered.
import { createHash } from 'node:crypto'
import type { Tick } from '@ngtb/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** The EA waits 3 s for an answer. */
const HEARD_MS = 2_500
/** Of one login: more EAs than it can have that wait for an answer. */
const UNHEARD_MAX = 4

interface Unheard {
  readonly count: number
  readonly digest: string
}

const digestOf = (ticks: readonly Tick[]): string =>
  createHash('sha256').update(JSON.stringify(ticks)).digest('base64')

export class TickResends {
  readonly #unheard = new Map<number, readonly Unheard[]>()
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

  /** The longest that they begin with: an EA that heard nothing for long sends all of it again. */
  #known(account_id: number, ticks: readonly Tick[]): number {
    const unheard = this.#unheard.get(account_id) ?? []
    const begun = unheard.filter(
      ({ count, digest }) => count <= ticks.length && digestOf(ticks.slice(0, count)) === digest,
    )
    const found = begun.reduce<Unheard | null>((a, b) => (a && a.count >= b.count ? a : b), null)
    if (found === null) return 0
    this.#keep(
      account_id,
      unheard.filter((one) => one !== found),
    )
    return found.count
  }

  #keep(account_id: number, unheard: readonly Unheard[]): void {
    if (unheard.length === 0) this.#unheard.delete(account_id)
    else this.#unheard.set(account_id, unheard.slice(-UNHEARD_MAX))
  }

  /** They are all stored, and about to be answered: was that heard? */
  #answers(
    account_id: number,
    ticks: readonly Tick[],
    { request, reply }: { request: FastifyRequest; reply: FastifyReply },
    now: () => number,
  ): void {
    if (ticks.length === 0) return
    const closed = () => {
      if (reply.raw.writableFinished && now() - request.arrived_at < HEARD_MS) return
      const unheard = { count: ticks.length, digest: digestOf(ticks) }
      this.#keep(account_id, [...(this.#unheard.get(account_id) ?? []), unheard])
    }
    // Its sender may have gone while they were stored, or waits no longer: nothing is told of that any more.
    if (request.raw.socket.destroyed || now() - request.arrived_at >= HEARD_MS) closed()
    else reply.raw.once('close', closed)
  }
}
