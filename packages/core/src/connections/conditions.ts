// One honest status of an account: six conditions, each with since when and why (contract §9).
//
//   S1. What nobody can know is said to be unknown (`is: null`): while the EA is silent, its terminal is.
//   S2. `since` is when the fact changed by the server's clock, never when somebody asked.

import type { TradeBlock } from '@ngtb/protocol'
import type { Health, HealthPolicy } from './health.ts'
import type { TerminalFacts } from './terminal-word.ts'

export interface Condition {
  readonly is: boolean | null
  /** ms UTC; null: never changed since it is watched. */
  readonly since: number | null
  /** A sentence for a person. */
  readonly cause: string
}

export interface Conditions {
  readonly ea_link: Condition
  /** Between the terminal and its trade server. */
  readonly broker_link: Condition
  readonly trading_allowed: Condition
  readonly quotes_fresh: Condition
  /** A full list came a short time ago, and the ledger is what it said. */
  readonly in_sync: Condition
  readonly drifted: Condition
}

export interface ConditionFacts extends Health, TerminalFacts {
  readonly protocol: 1 | 2 | null
  readonly connected_at: number | null
  readonly account_info: { readonly trade_allowed?: boolean; readonly trade_expert?: boolean } | null
  readonly last_sync_at: number | null
  /** Since when full lists have come without a pause. */
  readonly synced_since: number | null
  readonly drifted: boolean
  /** When that changed last. */
  readonly drifted_since: number | null
  readonly replaying: boolean
}

/** Quotes of an account, whatever their symbols; null: none since this server began. */
export interface QuoteTimes {
  readonly newest_at: number
  /** Since when no two were further apart than `QUOTE_FRESH_MS`. */
  readonly fresh_since: number
}

/** A trade that the last list did not have. */
export interface Suspect {
  readonly ticket: string
  readonly absent_since: number
}

export const QUOTE_FRESH_MS = 60_000
/** So many expected lists may be late before the ledger is called out of sync. */
const LISTS_LATE_MAX = 3

/** Do full lists still come? */
export const listsCome = (last_sync_at: number | null, now: number, sync_interval_ms: number): boolean =>
  last_sync_at !== null && now - last_sync_at <= LISTS_LATE_MAX * sync_interval_ms

/** What is known beside the connection's row. */
export interface Beside {
  readonly quotes: QuoteTimes | null
  readonly suspects: readonly Suspect[]
  readonly sync_interval_ms: number
  /** Of a known login, to this process: an EA that has lost its key says hello, and nothing else ever. */
  readonly keyless_hello_at: number | null
}

export function conditionsOf(
  facts: ConditionFacts,
  beside: Beside,
  policy: HealthPolicy,
  now: number,
): Conditions {
  const ea_link = withoutKey(eaLink(facts, policy, now), facts, beside.keyless_hello_at)
  return {
    ea_link,
    broker_link: ea_link.is ? brokerLink(facts) : silent(ea_link),
    trading_allowed: ea_link.is ? tradingAllowed(facts) : silent(ea_link),
    quotes_fresh: quotesFresh(beside.quotes, now),
    in_sync: inSync(facts, beside, now),
    drifted: drift(facts),
  }
}

const unknown = (cause: string): Condition => ({ is: null, since: null, cause })

/** S1. */
const silent = ({ since }: Condition): Condition => ({ is: null, since, cause: 'the EA is not heard' })

function eaLink(facts: ConditionFacts, policy: HealthPolicy, now: number): Condition {
  const { state, state_since, last_seen_at, consecutive_failures } = facts
  const seconds = policy.heartbeat_timeout_ms / 1_000
  if (state === 'connecting' || last_seen_at === null)
    return { is: false, since: null, cause: 'no EA has spoken for this account yet' }
  if (state === 'disconnected') return { is: false, since: state_since, cause: 'the EA said goodbye' }
  if (state === 'connected' && now - last_seen_at < policy.heartbeat_timeout_ms)
    return { is: true, since: state_since, cause: 'the EA speaks' }
  const intervals = Math.max(1, consecutive_failures)
  return {
    is: false,
    since: last_seen_at,
    cause: `the EA is silent: no word within ${intervals} intervals of ${seconds} s`,
  }
}

function withoutKey(link: Condition, { last_seen_at }: ConditionFacts, hello_at: number | null): Condition {
  if (link.is || hello_at === null || (last_seen_at ?? 0) >= hello_at) return link
  const remedy = 'if it has lost its key, npx ngtb enroll LOGIN lets it have another'
  return { is: false, since: hello_at, cause: `an EA said hello without a key, and nothing since: ${remedy}` }
}

function brokerLink({ terminal_connected, terminal_connected_since: since }: ConditionFacts): Condition {
  if (terminal_connected === null) return unknown('this EA does not say (TERMINAL_CONNECTED)')
  return terminal_connected
    ? { is: true, since, cause: 'the terminal is connected to its trade server' }
    : { is: false, since, cause: 'the terminal has lost its trade server: look at its connection bar' }
}

const BLOCKS: Readonly<Record<TradeBlock, string>> = {
  TERMINAL_TRADE_ALLOWED: 'algo trading is switched off in the terminal (its button Algo Trading)',
  MQL_TRADE_ALLOWED: 'this EA may not trade (its properties: Allow Algo Trading)',
  ACCOUNT_TRADE_ALLOWED: 'the trade server lets nobody trade here (investor password, or the broker)',
  ACCOUNT_TRADE_EXPERT: 'the trade server lets no EA trade on this account',
}

function tradingAllowed(facts: ConditionFacts): Condition {
  const { trade_blocked_by, trade_blocked_since: since, account_info, connected_at } = facts
  if (trade_blocked_by !== null)
    return trade_blocked_by.length === 0
      ? { is: true, since, cause: 'terminal, EA and trade server allow it' }
      : { is: false, since, cause: because(trade_blocked_by) }
  // An EA that says it once, with its account.
  const blocks: TradeBlock[] = []
  if (account_info?.trade_allowed === false) blocks.push('ACCOUNT_TRADE_ALLOWED')
  if (account_info?.trade_expert === false) blocks.push('ACCOUNT_TRADE_EXPERT')
  return blocks.length > 0
    ? { is: false, since: connected_at, cause: because(blocks) }
    : unknown('this EA does not say (TERMINAL_TRADE_ALLOWED)')
}

const because = (blocks: readonly TradeBlock[]): string =>
  blocks.map((block) => `${BLOCKS[block]}: ${block}`).join('; ')

function quotesFresh(quotes: QuoteTimes | null, now: number): Condition {
  const seconds = QUOTE_FRESH_MS / 1_000
  if (quotes === null) return unknown('no quote has come since this server began')
  return now - quotes.newest_at < QUOTE_FRESH_MS
    ? { is: true, since: quotes.fresh_since, cause: 'quotes come in' }
    : {
        is: false,
        since: quotes.newest_at,
        cause: `no quote for ${seconds} s: the market may be closed, or the terminal sends none`,
      }
}

function inSync(
  facts: ConditionFacts,
  { suspects, sync_interval_ms }: { suspects: readonly Suspect[]; sync_interval_ms: number },
  now: number,
): Condition {
  const { last_sync_at, synced_since, drifted, drifted_since, replaying } = facts
  if (last_sync_at === null) return { is: false, since: null, cause: 'no full list has come yet' }
  if (replaying)
    return { is: false, since: null, cause: 'the database went back: the EA replays its results' }
  if (suspects.length > 0)
    return {
      is: false,
      since: Math.min(...suspects.map(({ absent_since }) => absent_since)),
      cause: `missing in the last list, and not proven closed: ${tickets(suspects)}`,
    }
  if (drifted) return { is: false, since: drifted_since, cause: 'ledger and EA differ: see drifted' }
  if (!listsCome(last_sync_at, now, sync_interval_ms))
    return {
      is: false,
      since: last_sync_at,
      cause: `no full list within ${(LISTS_LATE_MAX * sync_interval_ms) / 1_000} s`,
    }
  const since = Math.max(synced_since ?? 0, drifted_since ?? 0)
  return { is: true, since: since === 0 ? null : since, cause: 'the last full list and the ledger agree' }
}

const SHOWN_MAX = 5

function tickets(suspects: readonly Suspect[]): string {
  const shown = suspects.slice(0, SHOWN_MAX).map(({ ticket }) => ticket)
  const rest = suspects.length - shown.length
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}

const drift = ({ drifted, drifted_since: since, protocol }: ConditionFacts): Condition =>
  drifted
    ? {
        is: true,
        since,
        cause:
          protocol === 2
            ? 'count or digest of the EA’s positions is not the ledger’s (R13): opening is refused'
            : 'the last list contradicts what a deal proved (R7)',
      }
    : { is: false, since, cause: 'nothing that was compared differs' }
