// The emergency stop, position by position: what it was to close, and where each of them is. Pure.
//
//   F1. Flat is what the terminal's positions say, not what the command says of itself.
//   F2. What resists is named: its ticket and the reason that the broker gave.
import { toInt64 } from '@ngtb/protocol'
import type { CommandView, OrderView, TradeView } from '@ngtb/sdk'

/** What was open when the button was pressed. */
export interface Target {
  readonly what: 'position' | 'order'
  readonly ticket: string
  readonly symbol: string
  readonly side: string
  readonly volume: number | null
}

export type Where = 'open' | 'closed' | 'resists'
export interface TargetState extends Target {
  readonly where: Where
  readonly retcode: number | null
  readonly error: string | null
}

export interface Progress {
  readonly rows: readonly TargetState[]
  readonly gone: number
  readonly resisting: number
  /** Nothing of the scope is open any more by the terminal's word. */
  readonly flat: boolean
  /** Opened since, and not among the targets. */
  readonly newer: readonly string[]
}

export function targetsOf(
  trades: readonly TradeView[],
  orders: readonly OrderView[],
  symbol: string | null,
): readonly Target[] {
  const inScope = (one: { symbol: string | null }) => symbol === null || one.symbol === symbol
  return [
    ...trades
      .filter((trade) => trade.status === 'open' && inScope(trade))
      .map(({ ticket, symbol, direction, volume }) => ({
        ...{ what: 'position' as const, ticket, volume },
        ...{ symbol: symbol ?? '—', side: direction?.toLowerCase() ?? '—' },
      })),
    ...orders
      .filter((order) => order.status === 'waiting' && inScope(order))
      .map(({ ticket, symbol, type, volume, volume_left }) => ({
        ...{ what: 'order' as const, ticket, symbol, volume: volume_left ?? volume },
        side: type.replace('ORDER_TYPE_', '').replaceAll('_', ' ').toLowerCase(),
      })),
  ]
}

interface Refused {
  readonly retcode: number | null
  readonly error: string | null
}

function refusedOf(command: CommandView | undefined): ReadonlyMap<string, Refused> {
  const failed = command?.response?.failed
  if (!Array.isArray(failed)) return new Map()
  return new Map(
    failed.flatMap((entry: unknown) => {
      const { ticket, retcode, error } = (entry ?? {}) as Record<string, unknown>
      const name = toInt64(ticket)
      if (name === null) return []
      const why = {
        retcode: typeof retcode === 'number' ? retcode : null,
        error: typeof error === 'string' ? error : null,
      }
      return [[name, why] as const]
    }),
  )
}

export function progressOf(
  targets: readonly Target[],
  now: readonly Target[],
  command: CommandView | undefined,
): Progress {
  const there = new Map(now.map((one) => [`${one.what} ${one.ticket}`, one]))
  const refused = refusedOf(command)
  const rows = targets.map((target): TargetState => {
    const still = there.get(`${target.what} ${target.ticket}`)
    const why = refused.get(target.ticket)
    if (still === undefined) return { ...target, where: 'closed', retcode: null, error: null }
    const where = why ? 'resists' : 'open'
    return { ...still, where, retcode: why?.retcode ?? null, error: why?.error ?? null }
  })
  const known = new Set(targets.map(({ what, ticket }) => `${what} ${ticket}`))
  return {
    rows,
    gone: rows.filter(({ where }) => where === 'closed').length,
    resisting: rows.filter(({ where }) => where === 'resists').length,
    flat: now.length === 0,
    newer: [...there].flatMap(([name, { ticket }]) => (known.has(name) ? [] : [ticket])),
  }
}
