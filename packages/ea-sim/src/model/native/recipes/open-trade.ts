// OPEN_TRADE: one market order, looked for by its tag.

import { marketDirection } from '@ngtb/protocol'
import type { LookResult } from '../broker-port.ts'
import { firstOf, isVolume, levelsOf, levelsProblem } from '../fields.ts'
import type { NativeCommand } from '../records.ts'
import { lookForTag, type Reading, type Recipe, retcodeFields, sumOf } from './recipe.ts'

export const openTrade: Recipe = {
  type: 'OPEN_TRADE',
  problem: (command) =>
    firstOf(
      typeof command.symbol !== 'string' && 'symbol is missing',
      marketDirection(String(command.order_type)) === null &&
        `order_type ${String(command.order_type)} is not a market order`,
      !isVolume(command.volume) && 'volume must be a number above 0',
      levelsProblem(command),
    ),
  ticket: () => null,
  query: lookForTag,
  read: (_command, look) => readOpening(look),
  readsFirst: () => false,
  request: (command) => ({
    action: 'open',
    symbol: String(command.symbol),
    direction: marketDirection(String(command.order_type)) ?? 'BUY',
    volume: Number(command.volume),
    ...levelsOf(command),
    ...(typeof command.deviation === 'number' && { deviation: command.deviation }),
  }),
  // MT5: a position has the ticket of the order that opened it, should the trade server not name it.
  done: (command, { position, order, deal, price, volume, retcode }) => ({
    ticket: position ?? order,
    order,
    deal,
    open_price: price,
    volume,
    ...stopsOf(command),
    ...retcodeFields(retcode),
  }),
}

/** A deal or a position is proof; an order that is still active is not. */
function readOpening({ positions, orders, history_orders, deals }: LookResult): Reading {
  const entries = deals.filter(({ entry }) => entry !== 'DEAL_ENTRY_OUT' && entry !== 'DEAL_ENTRY_OUT_BY')
  // Netting: the opening of the other side may have been a mere reduction.
  const made = entries.length > 0 ? entries : deals
  const [deal] = made
  const [position] = positions
  if (deal !== undefined) {
    const { volume, price } = sumOf(made)
    const found = { ticket: deal.position, order: deal.order, deal: deal.deal, open_price: price, volume }
    return { kind: 'done', evidence: 'tag', response: found }
  }
  if (position !== undefined) {
    const { ticket, open_price, volume, sl, tp } = position
    return { kind: 'done', evidence: 'tag', response: { ticket, open_price, volume, sl, tp } }
  }
  if (orders.length > 0) return { kind: 'waiting' }
  const over = history_orders.at(-1)
  if (over === undefined) return { kind: 'absent' }
  if (over.position !== null)
    return { kind: 'done', evidence: 'tag', response: { ticket: over.position, volume: over.filled_volume } }
  return { kind: 'dead', error: `the order ${over.ticket} ended as ${over.state}` }
}

const stopsOf = (command: NativeCommand) => {
  const { sl = 0, tp = 0 } = levelsOf(command)
  return { sl: sl ?? 0, tp: tp ?? 0 }
}
