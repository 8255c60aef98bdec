// OPEN_TRADE: a market order. Sent to the broker at most once, ever.
import Type, { type Static } from 'typebox'
import { Stop, SymbolName, Volume } from '../model/fields.ts'
import type { CommandDefinition } from './definition.ts'
import { orderMarks } from './order-marks.ts'

export const OpenTradePayload = Type.Object(
  {
    symbol: SymbolName,
    order_type: Type.String({ maxLength: 40, description: 'BUY, SELL, ORDER_TYPE_BUY or ORDER_TYPE_SELL' }),
    volume: Volume,
    sl: Type.Optional(Stop),
    tp: Type.Optional(Stop),
    ...orderMarks,
  },
  { additionalProperties: false },
)
export type OpenTradePayload = Static<typeof OpenTradePayload>

export type Direction = 'BUY' | 'SELL'

/** BUY or SELL out of an order type; null for pending types, which are another command. */
export function marketDirection(order_type: string): Direction | null {
  const match = /^(?:ORDER_TYPE_)?(BUY|SELL)$/.exec(order_type)
  return match ? (match[1] as Direction) : null
}

export const openTrade: CommandDefinition = {
  type: 'OPEN_TRADE',
  priority: 'NORMAL',
  idempotent: false,
  resend: 'never',
  reduces_risk: false,
  ttl_ms: 'default_timeout',
  native_ttl_ms: 5_000,
  plain: true,
  payload: OpenTradePayload,
  problem(payload) {
    const { order_type, sl, tp } = payload as OpenTradePayload
    const direction = marketDirection(order_type)
    if (direction === null)
      return `order_type ${order_type} is not a market order; send BUY, SELL, ORDER_TYPE_BUY or ORDER_TYPE_SELL`
    if (sl && tp && (direction === 'BUY' ? sl >= tp : sl <= tp))
      return `sl ${sl} and tp ${tp} are on the wrong sides for a ${direction}: swap them`
    return null
  },
}
