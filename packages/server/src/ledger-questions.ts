// What the ledger is asked, and answers, beside its rows.

/** Of an opening command, what the limit of openings a minute counts. */
export interface Opening {
  readonly command_no: number
  readonly created_at: number
}

export interface CommandFilter {
  readonly statuses?: readonly string[]
  readonly types?: readonly string[]
  readonly symbol?: string
  /** Created at or after it, ms UTC. */
  readonly since?: number
}

export interface TradeFilter {
  readonly status: 'open' | 'closed' | 'all'
  readonly symbol?: string
  /** Closed from then on, and before: ms of broker time. Only closed ones are found. */
  readonly from?: number
  readonly to?: number
}

export interface AuditFilter {
  /** One kind, or all that begin so: `command.*`. */
  readonly kind?: string
  readonly subject?: string
  readonly actor?: string
  readonly since?: number
}

export interface DealFilter {
  readonly symbol?: string
  readonly made_by?: string
  /** Of a position, or of the balance alone. */
  readonly kind?: 'trade' | 'balance'
}
