// Commands as a server of protocol 2 hands them out.

import { tagOf } from '@ngtb/protocol'

export type Wire = Record<string, unknown> & { id: string; type: string; command_no: number }

export const wire = (type: string, no: number, fields: Record<string, unknown> = {}): Wire => ({
  id: `c${no}`,
  type,
  command_no: no,
  attempt: 1,
  priority: PRIORITY[type] ?? 1,
  ttl_ms: 5_000,
  strategy_no: 7,
  ...fields,
})

const PRIORITY: Record<string, number> = {
  CLOSE_ALL: 99,
  OPEN_TRADE: 5,
  PLACE_PENDING: 5,
  REQUEST_SYNC: 5,
  MODIFY_TRADE: 10,
  MODIFY_PENDING: 10,
  CLOSE_TRADE: 10,
  CLOSE_PARTIAL: 10,
  CLOSE_BY: 10,
  CANCEL_PENDING: 10,
  PROBE: 10,
}

export const tag = (no: number, strategy_no = 7): string => tagOf({ strategy_no, command_no: no })

export const open = (no: number, fields: Record<string, unknown> = {}): Wire =>
  wire('OPEN_TRADE', no, {
    symbol: 'EURUSD',
    order_type: 'BUY',
    volume: 0.1,
    magic: tag(no),
    generation: 0,
    ...fields,
  })

export const place = (no: number, fields: Record<string, unknown> = {}): Wire =>
  wire('PLACE_PENDING', no, {
    symbol: 'EURUSD',
    order_type: 'BUY_LIMIT',
    volume: 0.1,
    price: 1.08,
    magic: tag(no),
    generation: 0,
    ...fields,
  })
