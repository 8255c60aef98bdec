// What a terminal tells of its positions, as the plain endpoints take it: the full list, and single events.
import type { BrokerEvent, Position } from '@ngtb/ea-sim'
import type { Ask } from './doors.ts'

export interface Speaker {
  readonly account_id: number
  readonly login: string
}

export const eaAsk = (
  { account_id, login }: Speaker,
  port: Ask['port'],
  path: string,
  body: Record<string, unknown>,
): Ask => ({ port, method: 'POST', path, key: { account_id, role: 'ea' }, body: { account: login, ...body } })

/** @param native what a native EA's list says of itself */
export const syncAsk = (speaker: Speaker, positions: readonly Position[], native: object = {}): Ask =>
  eaAsk(speaker, 'trades', '/api/trades/sync', { ...native, trades: positions.map(rowOf) })

/** Null: nothing that these endpoints have a word for. */
export function eventAsk(speaker: Speaker, event: BrokerEvent): Ask | null {
  const { ticket, sl, tp } = event.position
  switch (event.kind) {
    case 'opened': {
      const { symbol, direction, volume, open_price, comment, open_time_ms } = event.position
      const opened = {
        ticket,
        symbol,
        direction,
        volume,
        open_price,
        sl,
        tp,
        comment,
        timestamp: open_time_ms,
      }
      return eaAsk(speaker, 'trades', '/api/trades/opened', { ...opened, ...magicOf(event.position) })
    }
    case 'modified':
      return eaAsk(speaker, 'trades', '/api/trades/modified', { ticket, sl, tp, timestamp: event.time_ms })
    case 'closed': {
      const { close_price, close_reason, profit, swap, commission, close_time_ms } = event.position
      const ended = { ticket, close_price, close_reason, profit, swap, commission, timestamp: close_time_ms }
      return eaAsk(speaker, 'trades', '/api/trades/closed', ended)
    }
    case 'changed':
      return null
  }
}

const rowOf = (position: Position) => ({
  ticket: position.ticket,
  symbol: position.symbol,
  direction: position.direction,
  volume: position.volume,
  open_price: position.open_price,
  open_time: position.open_time_ms,
  sl: position.sl,
  tp: position.tp,
  profit: position.profit,
  swap: position.swap,
  commission: position.commission,
  comment: position.comment,
  ...magicOf(position),
})

// 0 means "set by hand or by nobody" and is no 64-bit number by R1.
const magicOf = ({ magic }: Position) => (magic === '0' ? {} : { magic })
