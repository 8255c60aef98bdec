// Commands on their way, beside the ledger: when each step of one was durable and handed out, and where each EA's clock
// stands. From it hops are measured; what is lost with the process is no more than the fine print of a few hops.
//
//   Y1. Nothing here decides anything: a way that is not known leaves a command with fewer hops.
//   Y2. Bounded: a way ends with its command, and of too many the oldest are forgotten.
import {
  type Command,
  type EaClock,
  heardFromEa,
  newEaClock,
  type OffsetBounds,
  offsetBounds,
  reachedEa,
  timesOfCommand,
} from '@ngtb/core'
import type { Answer } from '@ngtb/protocol'
import type { EaSession } from './ea-session.ts'

export type TimesField = 'received_at_ms' | 'order_sent_at_ms' | 'executed_at_ms'

/** A message of an EA: when it left by its clock, if it says so, and when it was here. */
export interface Heard {
  readonly mono_ms: number | undefined
  readonly arrived_at: number
}

/** Moments of the server's clock, ms UTC; null: not yet, or before this process. */
export interface Way {
  durable_at: number | null
  /** Of the newest attempt: its lease was durable, so the reply or push left. */
  handed_out_at: number | null
}

const WAYS_MAX = 20_000

export class Ways {
  readonly #ways = new Map<string, Way>()
  /** By account: of the newest session that spoke. */
  readonly #clocks = new Map<number, { of: string; clock: EaClock }>()

  /** The way of a command, begun if it is not known. */
  at(command_id: string): Way {
    const known = this.#ways.get(command_id)
    if (known) return known
    const way: Way = { durable_at: null, handed_out_at: null }
    this.#ways.set(command_id, way)
    const [oldest] = this.#ways.keys()
    if (this.#ways.size > WAYS_MAX && oldest !== undefined) this.#ways.delete(oldest)
    return way
  }

  get(command_id: string): Way | null {
    return this.#ways.get(command_id) ?? null
  }

  ended(command_id: string): void {
    this.#ways.delete(command_id)
  }

  heard(account_id: number, session: EaSession | null, { mono_ms, arrived_at }: Heard): void {
    if (session === null || mono_ms === undefined) return
    this.#clocks.set(account_id, {
      of: nameOf(session),
      clock: heardFromEa(this.#clock(account_id, session, arrived_at), mono_ms, arrived_at),
    })
  }

  /** How far an EA's clock is known, or null. */
  bounds(account_id: number): OffsetBounds | null {
    const known = this.#clocks.get(account_id)
    return known ? offsetBounds(known.clock) : null
  }

  /** What the event of an answer tells of the command's way; null: its EA tells no times, or none that can be. */
  told(
    command: Command,
    { received_at_ms, order_sent_at_ms, executed_at_ms }: Pick<Answer, TimesField>,
    session: EaSession,
    { mono_ms, arrived_at }: Heard,
    now: number,
  ): Record<string, number> | null {
    const { account_id, command_id, sent_at } = command
    if (received_at_ms === undefined || mono_ms === undefined || sent_at === null) return null
    const handed_out_at = this.get(command_id)?.handed_out_at ?? null
    const left = handed_out_at === null || handed_out_at > arrived_at ? sent_at : handed_out_at
    const times = { received_at_ms, order_sent_at_ms, executed_at_ms }
    const way = timesOfCommand(left, Math.min(arrived_at, now), mono_ms, times, this.bounds(account_id))
    if (way === null) return null
    const clock = reachedEa(this.#clock(account_id, session, arrived_at), left, received_at_ms, arrived_at)
    this.#clocks.set(account_id, { of: nameOf(session), clock })
    const moments = Object.entries(way).filter((entry): entry is [string, number] => entry[1] !== null)
    return { ...(left === handed_out_at ? { handed_out_at: left } : {}), ...Object.fromEntries(moments) }
  }

  #clock(account_id: number, session: EaSession, at: number): EaClock {
    const known = this.#clocks.get(account_id)
    return known?.of === nameOf(session) ? known.clock : newEaClock(at)
  }
}

/** A connect is a new epoch: the process behind it may be another one, with another zero. */
const nameOf = ({ journal_id, epoch }: EaSession): string => `${journal_id} ${epoch}`
