// What the rules of alerts look at, gathered: of an account from its desk, of the trail from its newest events.
import {
  type AccountFacts,
  brokenLink,
  brokerDay,
  conditionsOf,
  type EquityMark,
  isMarketOpen,
  markEquity,
} from '@ngtb/core'
import type { Account } from '../ports.ts'
import type { Context } from './context.ts'
import type { Desk } from './desk.ts'
import type { DeskState } from './desk-state.ts'
import type { Ticks } from './ticks.ts'

/** Events of a chain that one look reads. */
const EVENTS = 100
/** Chains that one round looks at. */
const CHAINS = 50
const SHOWN_MAX = 200

export class AlertFacts {
  readonly #ctx: Context
  readonly #ticks: Pick<Ticks, 'times'>
  /** By account: the head that was looked at last, and what was wrong with it. */
  readonly #looked = new Map<number, { audit_no: number; broken: string | null; turn: number }>()
  #turn = 0

  constructor(ctx: Context, ticks: Pick<Ticks, 'times'>) {
    this.#ctx = ctx
    this.#ticks = ticks
  }

  /** @param mark after this very look */
  of(state: DeskState, mark: EquityMark | null, now: number): AccountFacts {
    const { account, connection } = state
    const { account_id } = account
    const { drifted } = conditionsOf(
      connection,
      { quotes: null, suspects: [], keyless_hello_at: null, sync_interval_ms: 1 },
      this.#ctx.health,
      now,
    )
    return {
      ...{ account_id, login: account.account_number ?? String(account_id), state: connection.state },
      health_score: connection.health_score,
      consecutive_failures: connection.consecutive_failures,
      last_seen_at: connection.last_seen_at,
      drift: drifted.is ? { cause: drifted.cause, since: drifted.since ?? 0 } : null,
      in_doubt: inDoubt(state),
      newest_quote_at: this.#ticks.times(account_id)?.newest_at ?? null,
      market_open: isMarketOpen(now, connection.broker_offset_min, connection.time_basis),
      // What an EA said before it fell silent is no news of today.
      equity: connection.state === 'connected' ? connection.equity : null,
      peak_equity: mark?.peak_equity ?? null,
      day_equity: mark?.day_equity ?? null,
      audit_break: this.brokenChain(account_id),
    }
  }

  /** The mark after a look; the same object where nothing changed, and null while nothing is known. */
  mark({ account, connection }: DeskState, before: EquityMark | null, now: number): EquityMark | null {
    const { equity, state, broker_offset_min } = connection
    if (equity === null || state !== 'connected') return before
    return markEquity(before, account.account_id, equity, brokerDay(now, broker_offset_min), null)
  }

  brokenChain(account_id: number): string | null {
    return this.#looked.get(account_id)?.broken ?? null
  }

  /** Looks at the newest events of the chains that moved, a few at a time, and of those that were broken. */
  async lookAtChains(): Promise<void> {
    const heads = await this.#ctx.store.accounts()
    const moved = heads.filter(({ account_id, audit_no }) => {
      const looked = this.#looked.get(account_id)
      return looked === undefined || looked.broken !== null || looked.audit_no !== audit_no
    })
    // Those that waited longest first: with many that move each comes round.
    const turn = (head: Account) => this.#looked.get(head.account_id)?.turn ?? 0
    for (const head of moved.sort((a, b) => turn(a) - turn(b)).slice(0, CHAINS)) await this.#lookAt(head)
  }

  async #lookAt({ account_id, audit_no, audit_hash }: Account): Promise<void> {
    const { store, ids } = this.#ctx
    const behind = Math.max(0, audit_no - EVENTS)
    const events = (await store.auditChain(account_id, behind, EVENTS)).filter(
      (event) => event.audit_no <= audit_no,
    )
    const [first] = events
    const start = first && { audit_no: behind, hash: first.prev_hash }
    const link = brokenLink(events, ids.sha256, start, { audit_no, hash: audit_hash })
    const broken = link === null ? null : sentence(link)
    this.#looked.set(account_id, { audit_no, broken, turn: ++this.#turn })
  }
}

const sentence = (link: { audit_no: number; reason: string }) => `event ${link.audit_no}: ${link.reason}`

function inDoubt({ unsettled }: DeskState): AccountFacts['in_doubt'] {
  const found: { command_id: string; text: string }[] = []
  for (const { command_id, status, type, error } of unsettled.values())
    if (status === 'timeout' && found.length < SHOWN_MAX)
      found.push({
        command_id,
        text: `${type} ${command_id}: nobody knows its outcome${error ? ` (${error})` : ''}`,
      })
  return found
}

/** Desks with a picture; one without is away with the database, and says nothing. */
export async function picturesOf(desks: readonly Desk[]): Promise<DeskState[]> {
  const pictures: DeskState[] = []
  for (const desk of desks) {
    const state = await desk.ready().catch(() => null)
    if (state) pictures.push(state)
  }
  return pictures
}
