// What an EA says of its terminal, and since when it has said so (contract §9).
import type { TerminalWord, TradeBlock } from '@ngtb/protocol'

export interface TerminalFacts {
  /** Null: it does not say. */
  readonly terminal_connected: boolean | null
  /** ms UTC by the server's clock: since when it says the same. */
  readonly terminal_connected_since: number | null
  /** Empty: the EA may trade; null: it does not say. */
  readonly trade_blocked_by: readonly TradeBlock[] | null
  readonly trade_blocked_since: number | null
}

export const NOTHING_SAID: TerminalFacts = {
  terminal_connected: null,
  terminal_connected_since: null,
  trade_blocked_by: null,
  trade_blocked_since: null,
}

/** A hello: what it leaves out is unknown from now on, for another program may speak. */
export const hello = (before: TerminalFacts, word: TerminalWord, now: number): TerminalFacts =>
  said(before, { terminal_connected: null, trade_blocked_by: null, ...word }, now)

/** A later message: what it leaves out stays as it was. */
export function said(
  before: TerminalFacts,
  word: {
    readonly terminal_connected?: boolean | null
    readonly trade_blocked_by?: readonly TradeBlock[] | null
  },
  now: number,
): TerminalFacts {
  const { terminal_connected = before.terminal_connected, trade_blocked_by = before.trade_blocked_by } = word
  const same_link = terminal_connected === before.terminal_connected
  const same_blocks = sameBlocks(trade_blocked_by, before.trade_blocked_by)
  return {
    terminal_connected,
    terminal_connected_since: same_link ? before.terminal_connected_since : now,
    trade_blocked_by: same_blocks ? before.trade_blocked_by : trade_blocked_by,
    trade_blocked_since: same_blocks ? before.trade_blocked_since : now,
  }
}

const sameBlocks = (a: readonly TradeBlock[] | null, b: readonly TradeBlock[] | null): boolean =>
  a === null || b === null ? a === b : a.length === b.length && a.every((block) => b.includes(block))
