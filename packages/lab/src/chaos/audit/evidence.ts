// What the auditor is shown: what was wanted and promised, what the ledger says, and what the broker did.
import type { Direction } from '@ngtb/protocol'

/** One decision of a strategy, as its client remembers it. */
export interface Intent {
  readonly key: string
  readonly type: string
  readonly payload: Readonly<Record<string, unknown>>
  /** null: the client died or gave up before it heard anything. */
  readonly answer: IntentAnswer | null
}

export interface IntentAnswer {
  readonly http: number
  /** Of a 2xx. */
  readonly command_id: string | null
  /** Of a refusal. */
  readonly code: string | null
  /** Of a refusal: its sentence. */
  readonly said?: string
}

/** A row of the ledger. */
export interface LedgerCommand {
  readonly command_id: string
  readonly command_no: number
  readonly type: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly status: string
  readonly attempt: number
  readonly evidence: string | null
  readonly error: string | null
  readonly retcode: number | null
  readonly ticket: string | null
  readonly expires_at: number | null
  readonly strategy_no: number | null
}

export interface LedgerTrade {
  readonly ticket: string
  readonly status: 'open' | 'closed'
  readonly symbol: string | null
  readonly direction: Direction | null
  readonly volume: number | null
  readonly open_price: number | null
  readonly sl: number | null
  readonly tp: number | null
}

/** A pending order that waits, as the ledger has it or as the broker has it: no level is null there and 0 here. */
export interface WaitingOrder {
  readonly ticket: string
  readonly symbol: string
  readonly volume: number
  readonly price: number | null
  readonly sl: number | null
  readonly tp: number | null
}

export interface BrokerPosition {
  readonly ticket: string
  readonly symbol: string
  readonly direction: Direction
  readonly volume: number
  readonly open_price: number
  readonly open_time_ms: number
  readonly sl: number
  readonly tp: number
  readonly magic: string
}

/** One effect at the broker, by the command whose order had it. */
export interface BrokerEffect {
  readonly command_id: string
  readonly kind: string
  readonly ticket: string
  readonly magic: string
}

/** One order as it arrived at the broker. */
export interface BrokerOrder {
  readonly command_id: string
  readonly action: string
  /** UTC in ms, of this machine. */
  readonly at: number
}

export interface BrokerBooks {
  readonly positions: readonly BrokerPosition[]
  readonly pending: readonly WaitingOrder[]
  readonly effects: readonly BrokerEffect[]
  readonly orders: readonly BrokerOrder[]
}

export interface Evidence {
  readonly login: string
  /** A native EA leaves nothing unknown; to a plain one an OPEN's outcome may stay so (contract §4). */
  readonly native: boolean
  readonly intents: readonly Intent[]
  readonly commands: readonly LedgerCommand[]
  readonly trades: readonly LedgerTrade[]
  /** Those that wait. */
  readonly orders: readonly WaitingOrder[]
  readonly books: BrokerBooks
  /**
   * The ledger went back behind what EA and clients knew (K19): an intent that is repeated then is a new row with a new
   * number, and may be called expired before the EA has told that it was done long ago.
   */
  readonly went_back: boolean
  /** Commands that were said to be over and not done, and were done after all. */
  readonly taken_back: readonly { readonly command_id: string; readonly said: string }[]
  /** What the check of the audit chain found. */
  readonly audit_problems: readonly string[]
  readonly ticks: { readonly acknowledged: number; readonly stored: number }
  /** How much later than its deadline an order may arrive at the broker: the way there, or a pause of the process. */
  readonly late_ms_max: number
}

export const RULES = {
  double: 'P3: at most one execution of an intent',
  lost: 'P1, P2: what was acknowledged is in the ledger',
  stuck: 'P6: everything is settled after the heal',
  wrong_status: 'P6, P7: the final status is what happened at the broker',
  invented: 'P7: nothing happens that nobody wanted',
  trade_table: 'I5: the trade table is what the broker has',
  order_table: 'P7: the pending orders that wait in the table are those of the broker',
  audit: 'P13: the chain is whole, and rows are the fold of its events',
  late: 'P5: no OPEN starts after its deadline',
  ticks: 'P11: acknowledged ticks are stored, once',
  left: 'C2: nothing that the rig started goes on without it',
} as const
export type Rule = keyof typeof RULES
export const RULE_NAMES = Object.keys(RULES) as Rule[]

export interface Violation {
  readonly rule: Rule
  readonly subject: string
  readonly what: string
}

export const violation = (rule: Rule, subject: string, what: string): Violation => ({ rule, subject, what })
