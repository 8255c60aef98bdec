// What a completed command's answer says of positions. Values in, values out.
import { brokerTimeMs, type Command, type Position, stop, type Trade } from '@ngtb/core'
import { marketDirection, toInt64, toRetcode } from '@ngtb/protocol'

/** `TRADE_RETCODE_DONE_PARTIAL`: the rest was not sent (contract §5.6). */
const DONE_PARTIAL = 10010

const finite = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null

/** The position that an OPEN's answer names; null when it says too little to be one. */
export function openFromAnswer(command: Command): Position | null {
  const response = command.response ?? {}
  const payload = command.payload as {
    symbol: string
    order_type: string
    volume: number
    sl?: number
    tp?: number
    comment?: string
    magic?: number
  }
  const direction = marketDirection(payload.order_type)
  const open_price = finite(response.open_price) ?? finite(response.price)
  if (direction === null || command.ticket === null || open_price === null) return null
  return {
    ticket: command.ticket,
    symbol: payload.symbol,
    direction,
    volume: finite(response.volume) ?? payload.volume,
    open_price,
    open_time_ms: brokerTimeMs((response.open_time ?? response.time) as number | string | undefined),
    sl: stop(finite(response.sl) ?? payload.sl),
    tp: stop(finite(response.tp) ?? payload.tp),
    profit: null,
    swap: null,
    commission: null,
    comment: payload.comment ?? null,
    magic: payload.magic === undefined ? null : String(payload.magic),
  }
}

/** The stops that a MODIFY's answer confirms: its own where they are prices, else those that were asked for. */
export function stopsFromAnswer({ payload, response }: Command): { sl: number; tp: number } {
  const said = (field: 'sl' | 'tp') => {
    const price = finite(response?.[field])
    return price !== null && price >= 0 ? price : (payload[field] as number)
  }
  return { sl: said('sl'), tp: said('tp') }
}

/** The tickets that a CLOSE's or CLOSE_ALL's answer names as closed, each with what is known of its end. */
export function closeFromAnswer(command: Command): { ticket: string; end: Partial<Trade> }[] {
  const response = command.response ?? {}
  const reason = typeof command.payload.reason === 'string' ? command.payload.reason : null
  const close_reason = reason ?? (command.type === 'CLOSE_ALL' ? 'close_all' : 'command')
  if (command.type === 'CLOSE_TRADE' && isPartly(response)) return []
  if (command.type === 'CLOSE_TRADE' && command.ticket)
    return [
      {
        ticket: command.ticket,
        end: {
          close_reason,
          close_price: finite(response.close_price) ?? finite(response.price),
          close_time_ms: brokerTimeMs((response.close_time ?? response.time) as number | string | undefined),
          ...(finite(response.profit) === null ? {} : { profit: finite(response.profit) }),
          ...(finite(response.swap) === null ? {} : { swap: finite(response.swap) }),
          ...(finite(response.commission) === null ? {} : { commission: finite(response.commission) }),
        },
      },
    ]
  if (command.type !== 'CLOSE_ALL' || !Array.isArray(response.closed)) return []
  const named = response.closed.map((entry) =>
    toInt64(typeof entry === 'object' && entry !== null ? (entry as { ticket?: unknown }).ticket : entry),
  )
  return named.filter((ticket) => ticket !== null).map((ticket) => ({ ticket, end: { close_reason } }))
}

/** A CLOSE_TRADE that the EA calls done, and a rest is there: filled in part, or, netting, added meanwhile. */
const isPartly = ({ remaining_volume, retcode }: Record<string, unknown>): boolean =>
  (finite(remaining_volume) ?? 0) > 0 || toRetcode(retcode) === DONE_PARTIAL

/**
 * The volume that a compare-and-set left behind, by the EA's word, else as it was wanted (the other position of a
 * CLOSE_BY may have been smaller than it looked); 0: gone. Of that other position the answer says nothing: what is
 * known of it may be newer than the answer, so it is not reckoned with (P7) but told by the next list, or its own end.
 */
export function volumeFromAnswer({
  type,
  payload,
  response,
  ticket,
}: Command): { ticket: string; volume: number } | null {
  const left = finite(response?.remaining_volume)
  if (type === 'CLOSE_TRADE' && ticket !== null && left !== null && left > 0) return { ticket, volume: left }
  if ((type !== 'CLOSE_PARTIAL' && type !== 'CLOSE_BY') || ticket === null) return null
  const wanted = payload as { expected_volume: number; remaining_volume: number }
  if (left !== null && left >= 0) return { ticket, volume: left }
  const closed = finite(response?.volume)
  const rest = Number((wanted.expected_volume - (closed ?? 0)).toFixed(8))
  return { ticket, volume: closed ? Math.max(wanted.remaining_volume, rest) : wanted.remaining_volume }
}
