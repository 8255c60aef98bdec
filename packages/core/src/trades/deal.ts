// A deal: one line of the account's history, as the terminal has it. It never changes.
import type { DealEntry, DealReason, DealType, Maker } from '@ngtb/protocol'

export interface Deal {
  readonly account_id: number
  /** MT5's deal ticket: its identity, whoever tells it. */
  readonly deal: string
  readonly type: DealType
  readonly entry: DealEntry | null
  readonly reason: DealReason | null
  readonly order_ticket: string | null
  /** The position that it opened, changed or closed; null for a balance operation. */
  readonly position: string | null
  readonly symbol: string | null
  readonly volume: number | null
  readonly price: number | null
  readonly profit: number | null
  readonly swap: number | null
  readonly commission: number | null
  readonly fee: number | null
  /** As the strategy gave it, where the order was a command's. */
  readonly magic: string | null
  readonly comment: string | null
  /** Broker wall clock in ms. */
  readonly time_ms: number | null
  readonly broker_offset_min: number
  /** Who made it (R12). */
  readonly made_by: Maker
  readonly command_id: string | null
  readonly received_at: number
}

const BY_REASON: Readonly<Record<DealReason, Maker>> = {
  DEAL_REASON_CLIENT: 'manual',
  DEAL_REASON_MOBILE: 'manual',
  DEAL_REASON_WEB: 'manual',
  DEAL_REASON_EXPERT: 'other_ea',
  DEAL_REASON_SL: 'sl',
  DEAL_REASON_TP: 'tp',
  DEAL_REASON_SO: 'stop_out',
  DEAL_REASON_ROLLOVER: 'broker',
  DEAL_REASON_VMARGIN: 'broker',
  DEAL_REASON_SPLIT: 'broker',
  DEAL_REASON_CORPORATE_ACTION: 'broker',
}

/**
 * Who made a deal. A tag names the command; but a stop that was hit carries the tag of the order that opened the
 * position, and was still the market's doing: the reason goes first.
 * @param tagged does the order's magic name a command of ours?
 */
export function makerOf(type: DealType, reason: DealReason | null, tagged: boolean): Maker {
  if (type !== 'DEAL_TYPE_BUY' && type !== 'DEAL_TYPE_SELL') return 'broker'
  if (reason !== null && reason !== 'DEAL_REASON_EXPERT') return BY_REASON[reason]
  if (tagged) return 'command'
  return reason === null ? 'unattributed' : BY_REASON[reason]
}

/** Is a position over by what its deals say? What was bought was sold again, and its beginning is among them. */
export function isFlat(deals: readonly Pick<Deal, 'type' | 'entry' | 'volume'>[]): boolean {
  const begun = deals.some(({ entry }) => entry === 'DEAL_ENTRY_IN')
  const net = deals.reduce(
    (sum, { type, volume }) =>
      sum + (type === 'DEAL_TYPE_BUY' ? 1 : type === 'DEAL_TYPE_SELL' ? -1 : 0) * (volume ?? 0),
    0,
  )
  return begun && Math.abs(net) < 1e-9
}

/** What a trade's deals add up to, in cents' precision; null: no deal says. */
export function totalsOf(deals: readonly Deal[]): Pick<Deal, 'profit' | 'swap' | 'commission'> {
  const sum = (field: 'profit' | 'swap' | 'commission') => {
    const told = deals.flatMap((deal) => deal[field] ?? [])
    return told.length === 0 ? null : told.reduce((cents, value) => cents + Math.round(value * 100), 0) / 100
  }
  return { profit: sum('profit'), swap: sum('swap'), commission: sum('commission') }
}
