// PLACE_PENDING: one pending order, looked for by its tag. What became of it later does not undo the placing.

import { pendingType } from '@ngtb/protocol'
import { brokerTimeMs } from '../../broker-time.ts'
import { firstOf, isPrice, isVolume, levelsOf, levelsProblem } from '../fields.ts'
import type { NativeCommand } from '../records.ts'
import { lookForTag, type Recipe, retcodeFields } from './recipe.ts'

export const placePending: Recipe = {
  type: 'PLACE_PENDING',
  problem: (command) =>
    firstOf(
      typeof command.symbol !== 'string' && 'symbol is missing',
      pendingType(String(command.order_type)) === null &&
        `order_type ${String(command.order_type)} is not a pending order`,
      !isVolume(command.volume) && 'volume must be a number above 0',
      !isPrice(command.price) && 'price must be a number above 0',
      command.stop_limit_price !== undefined &&
        !isPrice(command.stop_limit_price) &&
        'stop_limit_price must be a number above 0',
      levelsProblem(command),
      expirationProblem(command),
    ),
  ticket: () => null,
  query: lookForTag,
  read(_command, { orders, history_orders, positions, deals }) {
    const [order] = orders
    if (order !== undefined) {
      const { ticket, volume, price } = order
      return { kind: 'done', evidence: 'tag', response: { ticket, order: ticket, volume, price } }
    }
    const over = history_orders.at(-1)
    if (over !== undefined) {
      const { ticket, volume, state, position } = over
      const found = { ticket, order: ticket, volume, state, position, filled: position !== null }
      return { kind: 'done', evidence: 'tag', response: found }
    }
    const ticket = positions[0]?.ticket ?? deals[0]?.position
    if (ticket === undefined) return { kind: 'absent' }
    return { kind: 'done', evidence: 'tag', response: { ticket, position: ticket, filled: true } }
  },
  readsFirst: () => false,
  request(command) {
    const { direction = 'BUY', kind = 'LIMIT' } = pendingType(String(command.order_type)) ?? {}
    return {
      action: 'pending',
      symbol: String(command.symbol),
      direction,
      kind,
      volume: Number(command.volume),
      price: Number(command.price),
      ...(isPrice(command.stop_limit_price) && { stop_limit_price: command.stop_limit_price }),
      ...levelsOf(command),
      ...expirationOf(command),
    }
  },
  done: (_command, { order, price, volume, retcode }) => ({
    ticket: order,
    order,
    price,
    volume,
    ...retcodeFields(retcode),
  }),
}

export const expirationProblem = ({ expiration }: NativeCommand): string | null =>
  expiration === undefined || expiration === null || brokerTimeMs(expiration) !== null
    ? null
    : 'expiration must be a time of the broker'

/** Absent: keep; null and 0: good till cancelled. */
export function expirationOf({ expiration }: NativeCommand): { expiration_ms?: number | null } {
  if (expiration === undefined) return {}
  return { expiration_ms: expiration === 0 ? null : brokerTimeMs(expiration) }
}
