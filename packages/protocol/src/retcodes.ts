// MetaTrader's trade server return codes (TRADE_RETCODE_*), and what each says about the outcome (contract §5.6).

/** done: it happened · refused: it did not and will not · transient: try again · ambiguous: nobody knows yet. */
export type RetcodeClass = 'done' | 'refused' | 'transient' | 'ambiguous'

const TABLE = {
  10004: ['TRADE_RETCODE_REQUOTE', 'transient'],
  10006: ['TRADE_RETCODE_REJECT', 'refused'],
  10007: ['TRADE_RETCODE_CANCEL', 'refused'],
  10008: ['TRADE_RETCODE_PLACED', 'ambiguous'],
  10009: ['TRADE_RETCODE_DONE', 'done'],
  10010: ['TRADE_RETCODE_DONE_PARTIAL', 'done'],
  10011: ['TRADE_RETCODE_ERROR', 'ambiguous'],
  10012: ['TRADE_RETCODE_TIMEOUT', 'ambiguous'],
  10013: ['TRADE_RETCODE_INVALID', 'refused'],
  10014: ['TRADE_RETCODE_INVALID_VOLUME', 'refused'],
  10015: ['TRADE_RETCODE_INVALID_PRICE', 'refused'],
  10016: ['TRADE_RETCODE_INVALID_STOPS', 'refused'],
  10017: ['TRADE_RETCODE_TRADE_DISABLED', 'refused'],
  10018: ['TRADE_RETCODE_MARKET_CLOSED', 'refused'],
  10019: ['TRADE_RETCODE_NO_MONEY', 'refused'],
  10020: ['TRADE_RETCODE_PRICE_CHANGED', 'transient'],
  10021: ['TRADE_RETCODE_PRICE_OFF', 'transient'],
  10022: ['TRADE_RETCODE_INVALID_EXPIRATION', 'refused'],
  10023: ['TRADE_RETCODE_ORDER_CHANGED', 'refused'],
  10024: ['TRADE_RETCODE_TOO_MANY_REQUESTS', 'transient'],
  10025: ['TRADE_RETCODE_NO_CHANGES', 'done'],
  10026: ['TRADE_RETCODE_SERVER_DISABLES_AT', 'refused'],
  10027: ['TRADE_RETCODE_CLIENT_DISABLES_AT', 'refused'],
  10028: ['TRADE_RETCODE_LOCKED', 'ambiguous'],
  10029: ['TRADE_RETCODE_FROZEN', 'refused'],
  10030: ['TRADE_RETCODE_INVALID_FILL', 'refused'],
  10031: ['TRADE_RETCODE_CONNECTION', 'ambiguous'],
  10032: ['TRADE_RETCODE_ONLY_REAL', 'refused'],
  10033: ['TRADE_RETCODE_LIMIT_ORDERS', 'refused'],
  10034: ['TRADE_RETCODE_LIMIT_VOLUME', 'refused'],
  10035: ['TRADE_RETCODE_INVALID_ORDER', 'refused'],
  10036: ['TRADE_RETCODE_POSITION_CLOSED', 'refused'],
  10038: ['TRADE_RETCODE_INVALID_CLOSE_VOLUME', 'refused'],
  10039: ['TRADE_RETCODE_CLOSE_ORDER_EXIST', 'ambiguous'],
  10040: ['TRADE_RETCODE_LIMIT_POSITIONS', 'refused'],
  10041: ['TRADE_RETCODE_REJECT_CANCEL', 'refused'],
  10042: ['TRADE_RETCODE_LONG_ONLY', 'refused'],
  10043: ['TRADE_RETCODE_SHORT_ONLY', 'refused'],
  10044: ['TRADE_RETCODE_CLOSE_ONLY', 'refused'],
  10045: ['TRADE_RETCODE_FIFO_CLOSE', 'refused'],
  10046: ['TRADE_RETCODE_HEDGE_PROHIBITED', 'refused'],
} as const satisfies Record<number, readonly [string, RetcodeClass]>

export const RETCODES: ReadonlyMap<number, { name: string; class: RetcodeClass }> = new Map(
  Object.entries(TABLE).map(([code, [name, kind]]) => [Number(code), { name, class: kind }]),
)

/** MetaTrader's name of a retcode, or null for a number that MetaTrader does not define. */
export const retcodeName = (code: number): string | null => RETCODES.get(code)?.name ?? null

/** What a retcode says; anything not listed is ambiguous (contract §5.6). */
export const retcodeClass = (code: number): RetcodeClass => RETCODES.get(code)?.class ?? 'ambiguous'

/** A retcode as an EA sent it, or null: only what MetaTrader's uint and the ledger's integer can both hold. */
export const toRetcode = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0x7fffffff ? value : null
