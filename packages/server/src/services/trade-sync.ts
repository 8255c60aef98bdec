// A plain client's full list of positions (contract §7): core judges, this writes and tells.
import {
  type Adjustment,
  isNative,
  readRows,
  reconcilePlain,
  type SyncVerdict,
  type Trade,
  withPosition,
} from '@ngtb/core'
import type { CommandMoves } from './command-moves.ts'
import { type Connections, names } from './connections.ts'
import type { Context } from './context.ts'
import type { Desk } from './desk.ts'
import type { Step } from './step.ts'
import type { TradeBook } from './trade-book.ts'
import { readTags } from './trade-tags.ts'

/** Lists without a matching position after which an unknown OPEN is called likely not executed. */
const LISTS_UNTIL_UNLIKELY = 2
/** The longest time after which an order that was accepted, or lost, can still appear (contract §1: settle). */
const SETTLE_MS = 30_000

export interface SyncReport {
  total_ea_trades: number
  total_db_trades: number
  closed_trades: number
  new_trades: number
  updated_trades: number
  changes: Record<string, unknown>[]
  suspect_trades: string[]
  rejected_rows: readonly { index: number; ticket: string | null; reason: string }[]
}

export class TradeSync {
  readonly #ctx: Context
  readonly #connections: Connections
  readonly #book: TradeBook
  readonly #moves: CommandMoves

  constructor(ctx: Context, connections: Connections, book: TradeBook, moves: CommandMoves) {
    this.#ctx = ctx
    this.#moves = moves
    this.#connections = connections
    this.#book = book
  }

  /** A full list. @param began_no `arrival()` when the request began to arrive: later news are not judged by it (P8) */
  async sync(desk: Desk, list: readonly unknown[], began_no: number, actor: string): Promise<SyncReport> {
    return desk.run(async (step) => {
      this.#connections.seen(step, 'sync', actor)
      const listed = readRows(list)
      const { connection, specs } = step.state
      const known = await this.#known(step, [...listed.positions.keys()])
      const tags = await readTags(step, this.#moves, listed.positions.values(), (ticket) => known.get(ticket))
      const rows = { ...listed, positions: tags.positions }
      const before = step.state.open.size
      const verdict = reconcilePlain({
        known,
        rows,
        began_no,
        margin: connection.margin,
        open_positions: connection.open_positions,
        empty_lists_before: connection.empty_lists,
        spec: (symbol) => specs.get(symbol),
      })
      const changes = verdict.adjustments
        .map((adjustment) => this.#adjust(step, adjustment))
        .filter((change) => change !== null)
      for (const [ticket, cause] of tags.causes) this.#book.linkByTag(step, cause, ticket)
      const drifted = verdict.adjustments.some(({ kind }) => kind === 'contradicted')
      step.saveConnection({ last_sync_at: step.now, empty_lists: verdict.empty_lists, drifted })
      const whole = verdict.suspect.length === 0 && rows.rejected.length === 0
      this.#lookForEffects(step, whole)
      this.#tell(step, verdict)
      return report(list.length, before, verdict, rows.rejected, changes)
    })
  }

  async #known(step: Step, listed: string[]): Promise<Map<string, Trade>> {
    const known = new Map(step.state.open)
    const unheard = listed.filter((ticket) => !step.state.trade(ticket))
    for (const trade of await this.#ctx.store.tradesAmong(step.account.account_id, unheard))
      known.set(trade.ticket, step.state.recalled(trade))
    for (const ticket of listed) {
      const closed = step.state.closed.get(ticket)
      if (closed) known.set(ticket, closed)
    }
    return known
  }

  #adjust(step: Step, adjustment: Adjustment): Record<string, unknown> | null {
    switch (adjustment.kind) {
      case 'created': {
        const trade = this.#book.create(
          step,
          adjustment.position,
          'sync',
          this.#book.named(step, adjustment.position.ticket),
        )
        return {
          type: 'new',
          ticket: trade.ticket,
          symbol: trade.symbol,
          direction: trade.direction,
          volume: trade.volume,
        }
      }
      case 'updated': {
        const { trade, position, fields } = adjustment
        const after = step.saveTrade(
          withPosition(trade, position, step.now, step.state.specs.get(position.symbol)?.digits),
        )
        const changed = Object.fromEntries(
          fields.map((field) => [
            field,
            { from: trade[field as keyof Trade], to: after[field as keyof Trade] },
          ]),
        )
        step.audit('trade.updated', 'ea', trade.ticket, { source: 'sync', changed })
        return { type: 'updated', ticket: trade.ticket, ...changed }
      }
      case 'refreshed':
        step.saveTrade(withPosition(adjustment.trade, adjustment.position, step.now))
        return null
      case 'closed': {
        const { trade } = adjustment
        step.saveTrade({
          ...trade,
          status: 'closed',
          closed_by: 'absence',
          close_reason: "missing in the EA's list",
          updated_at: step.now,
          heard_no: this.#ctx.arrival(),
        })
        step.audit('trade.closed', 'ea', trade.ticket, {
          source: 'sync',
          closed_by: 'absence',
          last_profit: trade.profit,
        })
        return { type: 'closed', ticket: trade.ticket, symbol: trade.symbol }
      }
      case 'reopened': {
        const { trade, position } = adjustment
        const open = {
          ...trade,
          status: 'open',
          closed_by: null,
          close_reason: null,
          close_price: null,
          close_time_ms: null,
          // A MODIFY that ended while the trade was thought closed wants nothing of it any more.
          ...wishFor(step, trade.ticket),
        } as const
        step.saveTrade({ ...withPosition(open, position, step.now), heard_no: this.#ctx.arrival() })
        step.audit('trade.reopened', 'ea', trade.ticket, { source: 'sync' })
        return { type: 'reopened', ticket: trade.ticket, symbol: trade.symbol }
      }
      case 'contradicted':
        // Told once, not with every list that repeats it.
        if (step.state.contradicted.has(adjustment.trade.ticket)) return null
        step.state.contradicted.add(adjustment.trade.ticket)
        step.audit('trade.contradicted', 'ea', adjustment.trade.ticket, {
          source: 'sync',
          said: 'open',
          was: 'closed',
        })
        return { type: 'contradicted', ticket: adjustment.trade.ticket }
    }
  }

  /** Once the whole list is written: two of its positions may fit one command, and then neither settles it. */
  #lookForEffects(step: Step, whole: boolean): void {
    for (const command of [...step.state.unsettled.values()]) {
      // A native EA's orders are found by their tags, and it is asked about the rest.
      if (command.type !== 'OPEN_TRADE' || command.status !== 'timeout' || isNative(command)) continue
      if (this.#book.lookForEffect(step, command)) continue
      if (!whole || step.now < (command.sent_at ?? 0) + SETTLE_MS) continue
      const lists_without = command.lists_without + 1
      const unlikely = lists_without >= LISTS_UNTIL_UNLIKELY
      if (lists_without > LISTS_UNTIL_UNLIKELY) continue
      step.saveCommand({ ...command, lists_without, note: unlikely ? 'likely_not_executed' : command.note })
      if (unlikely)
        step.audit('command.noted', 'server', command.command_id, {
          status: command.status,
          note: 'likely_not_executed',
          lists_without,
        })
    }
  }

  #tell(step: Step, { adjustments, suspect }: SyncVerdict): void {
    const tickets = (kind: Adjustment['kind']) =>
      adjustments
        .filter((adjustment) => adjustment.kind === kind)
        .map((adjustment) => ('trade' in adjustment ? adjustment.trade.ticket : adjustment.position.ticket))
    const facts = {
      ...names(step),
      closed: tickets('closed'),
      added: tickets('created'),
      reopened: tickets('reopened'),
      contradicted: tickets('contradicted'),
      suspect,
    }
    if (
      facts.closed.length +
        facts.added.length +
        facts.reopened.length +
        facts.contradicted.length +
        suspect.length ===
      0
    )
      return
    step.effects.push(() =>
      facts.closed.length + facts.reopened.length + facts.contradicted.length + suspect.length > 0
        ? this.#ctx.log.warn("sync: the EA's list differs from ours", facts)
        : this.#ctx.log.info('sync: new trades', facts),
    )
  }
}

function report(
  listed: number,
  before: number,
  verdict: SyncVerdict,
  rejected_rows: SyncReport['rejected_rows'],
  changes: Record<string, unknown>[],
): SyncReport {
  const count = (kind: Adjustment['kind']) =>
    verdict.adjustments.filter((adjustment) => adjustment.kind === kind).length
  return {
    total_ea_trades: listed,
    total_db_trades: before,
    closed_trades: count('closed'),
    new_trades: count('created'),
    updated_trades: count('updated') + count('reopened'),
    changes,
    suspect_trades: [...verdict.suspect],
    rejected_rows,
  }
}

/** What an unsettled MODIFY wants of a trade: the newest one's values, or nothing. */
function wishFor({ state }: Step, ticket: string): Pick<Trade, 'wanted_sl' | 'wanted_tp'> {
  const modifies = [...state.unsettled.values()].filter(
    ({ type, payload }) => type === 'MODIFY_TRADE' && payload.ticket === ticket,
  )
  const newest = modifies.sort((a, b) => b.command_no - a.command_no)[0]?.payload
  return {
    wanted_sl: (newest?.sl as number | undefined) ?? null,
    wanted_tp: (newest?.tp as number | undefined) ?? null,
  }
}
