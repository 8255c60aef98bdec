// A native EA's streams (P10): numbered facts of trades and log lines, each taken once, in order, without a gap.
//
//   Q3. An event that can't be taken keeps its number as a dead letter, is told, and the stream goes on.
//   Q4. Facts are taken from any epoch (P9). What is only a state of then (`changed`, `modified`) counts from the owner
//       alone: from aside it may be older than what the owner has told.
import { type Deal, isOwner, judgeEvents } from '@ngtb/core'
import {
  type DealEvent,
  describeFirst,
  type EventsBody,
  type LedgerMark,
  type LogBody,
  type OrderEvent,
  type OrderNotFoundEvent,
  Refusal,
  STREAM_EVENTS,
  type StreamName,
  type TradeClosedBody,
  type TradeModifiedBody,
  type TradeOpenedBody,
  toInt64,
} from '@ngtb/protocol'
import { Compile } from 'typebox/compile'
import { VersionConflict } from '../ports.ts'
import { type Connections, names } from './connections.ts'
import type { Context } from './context.ts'
import type { Deals } from './deals.ts'
import type { Desk } from './desk.ts'
import { levelOf } from './ea-logs.ts'
import { type EaSession, sessionOf } from './ea-session.ts'
import { markOf } from './handout.ts'
import type { Orders } from './orders.ts'
import type { Step } from './step.ts'
import type { TradeBook } from './trade-book.ts'
import type { TradeEvents } from './trade-events.ts'

const CHECKS = new Map(
  Object.entries(STREAM_EVENTS).flatMap(([stream, kinds]) =>
    Object.entries(kinds).map(([kind, schema]) => [`${stream} ${kind}`, Compile(schema)] as const),
  ),
)

export interface EventsTaken {
  readonly stream: string
  readonly last_seq: number
  readonly duplicates: number
  /** Numbers of dead letters. */
  readonly dead: number[]
  readonly heads: LedgerMark & { rev?: number }
}

type Told = { readonly kind: string } & Record<string, unknown>

export class Streams {
  readonly #ctx: Context
  readonly #connections: Connections
  readonly #trades: TradeEvents
  readonly #deals: Deals
  readonly #orders: Orders
  readonly #book: TradeBook

  constructor(
    ctx: Context,
    connections: Connections,
    parts: { trades: TradeEvents; deals: Deals; orders: Orders; book: TradeBook },
  ) {
    this.#ctx = ctx
    this.#connections = connections
    this.#trades = parts.trades
    this.#deals = parts.deals
    this.#orders = parts.orders
    this.#book = parts.book
  }

  /** @throws {Refusal} NGTB_STREAM_GAP with `expected_seq`; NGTB_FENCED for a journal that never connected */
  async take(desk: Desk, body: EventsBody, actor: string): Promise<EventsTaken> {
    const session = sessionOf(body)
    if (session === null)
      throw new Refusal(
        'NGTB_BODY_INVALID',
        'journal_id and epoch are missing: streams are a native EA’s (protocol 2)',
      )
    return desk.run(async (step) => {
      requireNewest(step, session)
      this.#connections.heard(step, 'events', actor, session)
      const stream = body.stream as StreamName
      const last_seq = step.state.streams.get(`${session.journal_id} ${stream}`)?.last_seq ?? 0
      const verdict = judgeEvents(last_seq, body.first_seq, body.events.length)
      if (verdict.kind === 'gap') {
        this.#ctx.metrics.count('ngtb_stream_gaps_total', 1, stream)
        throw gap(stream, verdict.expected_seq, body.first_seq)
      }
      const fresh = body.events.slice(verdict.skip)
      const dead = await this.#takeAll(step, stream, fresh, body.first_seq + verdict.skip, session)
      const newest = Math.max(last_seq, body.first_seq + body.events.length - 1)
      if (fresh.length > 0) step.saveStream({ journal_id: session.journal_id, stream, last_seq: newest })
      const heads = isOwner(session, step.state.connection, step.account)
        ? { rev: step.account.rev, ...markOf(step.state) }
        : {}
      return { stream, last_seq: newest, duplicates: verdict.skip, dead, heads }
    })
  }

  async #takeAll(
    step: Step,
    stream: StreamName,
    events: readonly unknown[],
    first_seq: number,
    session: EaSession,
  ): Promise<number[]> {
    if (stream === 'trade') {
      await this.#book.recallAll(step, ticketsIn(events))
      await this.#orders.recallAll(step, events)
    }
    const known_deals = stream === 'trade' ? await this.#deals.known(step, events) : new Set<string>()
    const booked: Deal[] = []
    const dead: number[] = []
    for (const [at, event] of events.entries()) {
      const seq = first_seq + at
      try {
        await this.#takeOne(step, checked(stream, event), session, { known_deals, booked })
      } catch (error) {
        if (error instanceof VersionConflict || (error instanceof Refusal && error.http >= 500)) throw error
        this.#bury(step, { journal_id: session.journal_id, stream, seq, event, error: String(error) })
        dead.push(seq)
      }
    }
    await this.#deals.settle(step, booked)
    return dead
  }

  async #takeOne(
    step: Step,
    event: Told,
    session: EaSession,
    { known_deals, booked }: { known_deals: Set<string>; booked: Deal[] },
  ): Promise<void> {
    const owner = isOwner(session, step.state.connection, step.account)
    switch (event.kind) {
      case 'opened':
        return this.#trades.openedIn(step, event as unknown as TradeOpenedBody)
      case 'closed': {
        const { reason = null, magic } = event as { reason?: DealEvent['reason']; magic?: unknown }
        // By an EA, and it does not say by which: its deal does.
        const unsaid = reason === null || (reason === 'DEAL_REASON_EXPERT' && magic === undefined)
        const by = unsaid ? null : await this.#deals.attribute(step, reason, magic)
        return this.#trades.closedIn(step, event as unknown as TradeClosedBody, by)
      }
      case 'modified':
        return owner ? this.#trades.modifiedIn(step, event as unknown as TradeModifiedBody) : undefined
      case 'changed':
        return owner ? this.#trades.changedIn(step, event) : undefined
      case 'deal': {
        const told = event as unknown as DealEvent
        if (known_deals.has(String(told.deal))) return
        const deal = await this.#deals.bookIn(step, told)
        known_deals.add(deal.deal)
        booked.push(deal)
        return
      }
      case 'order':
        return this.#orders.take(step, event as unknown as OrderEvent, owner)
      case 'order_not_found':
        return this.#orders.notFound(step, event as unknown as OrderNotFoundEvent, owner)
      default: {
        const { level, message, details = null } = event as unknown as LogBody
        step.log({ level: levelOf(level), message, details, received_at: step.now })
        return
      }
    }
  }

  #bury(step: Step, letter: Parameters<Step['bury']>[0]): void {
    step.bury(letter)
    const { journal_id, stream, seq, error } = letter
    step.audit('stream.dead_letter', 'ea', null, { journal_id, stream, seq, error })
    step.effects.push(() =>
      this.#ctx.log.error('an event of the EA can not be taken: kept as a dead letter', {
        ...names(step),
        stream,
        seq,
        error,
      }),
    )
  }
}

/**
 * Q5. Facts come from any journal, but of each from its newest session only: what an earlier process of it
 *     sent, and what
 * was long on its way, has numbers that the newest one may have given to other events.
 */
function requireNewest({ state }: Step, { journal_id, epoch }: EaSession): void {
  const journal = state.journals.get(journal_id)
  if (!journal) throw new Refusal('NGTB_FENCED', 'this journal has never connected to this account')
  if (journal.epoch !== epoch)
    throw new Refusal('NGTB_FENCED', `this journal has connected again since epoch ${epoch}`)
}

const ticketsIn = (events: readonly unknown[]): string[] =>
  events.flatMap((event) => toInt64((event as { ticket?: unknown } | null)?.ticket) ?? [])

/** The event, if it is one of its stream. @throws {Refusal} NGTB_BODY_INVALID */
function checked(stream: StreamName, event: unknown): Told {
  const kind = String((event as { kind?: unknown } | null)?.kind)
  const check = CHECKS.get(`${stream} ${kind}`)
  if (!check)
    throw new Refusal(
      'NGTB_BODY_INVALID',
      `kind ${kind.slice(0, 40)} is not one of ${Object.keys(STREAM_EVENTS[stream]).join(', ')}`,
    )
  if (!check.Check(event)) throw new Refusal('NGTB_BODY_INVALID', describeFirst(check.Errors(event)))
  return event as Told
}

const gap = (stream: string, expected_seq: number, first_seq: number): Refusal =>
  new Refusal('NGTB_STREAM_GAP', `the stream ${stream} goes on with ${expected_seq}, not with ${first_seq}`, {
    more: { stream, expected_seq },
  })

/** How far the streams of this journal are stored: in the answer to its connect. */
export function streamsOf({ state }: Step, journal_id: string): Record<string, number> {
  const rows = [...state.streams.values()].filter((row) => row.journal_id === journal_id)
  return Object.fromEntries(rows.map(({ stream, last_seq }) => [stream, last_seq]))
}
