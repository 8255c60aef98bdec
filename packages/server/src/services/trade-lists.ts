// What a full list changes, written: one adjustment of core's at a time (contract §7).
import { type Adjustment, type Trade, withPosition } from '@ngtb/core'
import type { Context } from './context.ts'
import type { Step } from './step.ts'
import type { TradeBook } from './trade-book.ts'
import { grantedTo, wishFor } from './trade-wishes.ts'

export class ListWriter {
  readonly #ctx: Context
  readonly #book: TradeBook

  constructor(ctx: Context, book: TradeBook) {
    this.#ctx = ctx
    this.#book = book
  }

  /** @returns the change as the answer tells it; null: nothing to tell */
  write(step: Step, adjustment: Adjustment): Record<string, unknown> | null {
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
        const granted = grantedTo(step, trade.ticket, after)
        step.audit('trade.updated', 'ea', trade.ticket, { source: 'sync', changed, ...granted })
        return { type: 'updated', ticket: trade.ticket, ...changed }
      }
      case 'refreshed':
        step.saveTrade(withPosition(adjustment.trade, adjustment.position, step.now))
        return null
      case 'suspected': {
        const { trade } = adjustment
        step.saveTrade({ ...trade, absent_since: step.now, updated_at: step.now })
        step.audit('trade.suspected', 'ea', trade.ticket, { source: 'sync', absent_since: step.now })
        return { type: 'suspected', ticket: trade.ticket, symbol: trade.symbol }
      }
      case 'closed': {
        const { trade } = adjustment
        // A native EA has looked into the terminal's history, too (R4); deals that come later complete it.
        const close_reason = trade.absent_since === null ? "missing in the EA's list" : 'unconfirmed'
        step.saveTrade({
          ...trade,
          status: 'closed',
          closed_by: 'absence',
          close_reason,
          wanted_sl: null,
          wanted_tp: null,
          absent_since: null,
          updated_at: step.now,
          heard_no: this.#ctx.arrival(),
        })
        step.audit('trade.closed', 'ea', trade.ticket, {
          source: 'sync',
          closed_by: 'absence',
          close_reason,
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
}
