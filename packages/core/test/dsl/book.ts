// Trades and rows for the reconciliation tests, and the applying of a verdict as the server does it.
import type { SymbolSpec } from '@ngtb/protocol'
import {
  type Adjustment,
  newTrade,
  type PlainVerdict,
  readRows,
  reconcilePlain,
  type SyncFacts,
  type SyncVerdict,
  type Trade,
  withPosition,
} from '../../src/index.ts'

export interface Row {
  ticket: unknown
  symbol: string
  direction: string
  volume: number
  open_price: number
  sl?: number | null
  tp?: number | null
  profit?: number | null
  swap?: number | null
  comment?: string | null
}

export const row = (ticket: unknown, overrides: Partial<Row> = {}): Row => ({
  ticket,
  symbol: 'EURUSD',
  direction: 'BUY',
  volume: 0.1,
  open_price: 1.09,
  sl: 1.085,
  tp: 1.095,
  ...overrides,
})

export const trade = (ticket: string, overrides: Partial<Trade> = {}): Trade => ({
  ...newTrade(
    { account_id: 1, ticket, status: 'open', source: 'opened', broker_offset_min: 0, heard_no: 0 },
    0,
  ),
  symbol: 'EURUSD',
  direction: 'BUY',
  volume: 0.1,
  open_price: 1.09,
  sl: 1.085,
  tp: 1.095,
  ...overrides,
})

export const SPEC: SymbolSpec = { symbol: 'EURUSD', digits: 5, volume_step: 0.01 }

/** Reconciles `rows` against `trades`; began_no 1 means: all of heard_no 0 was known before. */
export function sync(
  trades: readonly Trade[],
  rows: readonly unknown[],
  facts: Partial<SyncFacts> = {},
): PlainVerdict {
  return reconcilePlain({
    known: new Map(trades.map((known) => [known.ticket, known])),
    rows: readRows(rows),
    began_no: 1,
    margin: null,
    open_positions: null,
    empty_lists_before: 0,
    spec: () => SPEC,
    ...facts,
  })
}

/** The verdict as `kind ticket …` lines, sorted: easy to read and to compare. */
export const told = (verdict: SyncVerdict): string[] => verdict.adjustments.map(line).sort()

const line = (change: Adjustment): string => {
  const ticket = 'trade' in change ? change.trade.ticket : change.position.ticket
  return `${change.kind} ${ticket}${change.kind === 'updated' ? ` ${change.fields.join(' ')}` : ''}`
}

/** The trades after a verdict. */
export function apply(trades: readonly Trade[], verdict: SyncVerdict): Trade[] {
  const after = new Map(trades.map((known) => [known.ticket, known]))
  for (const change of verdict.adjustments) {
    if (change.kind === 'created') {
      const fresh = trade(change.position.ticket, { sl: null, tp: null, source: 'sync' })
      after.set(fresh.ticket, withPosition(fresh, change.position, 1))
    } else if (change.kind === 'closed') {
      after.set(change.trade.ticket, { ...change.trade, status: 'closed', closed_by: 'absence' })
    } else if (change.kind !== 'contradicted' && change.kind !== 'suspected') {
      const open: Trade = { ...change.trade, status: 'open', closed_by: null }
      after.set(open.ticket, withPosition(open, change.position, 1))
    }
  }
  return [...after.values()]
}
