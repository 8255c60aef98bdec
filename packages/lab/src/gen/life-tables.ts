// The tables of docs/spec, out of core itself: what the page says is what the code does.
import {
  type CommandEvent,
  failure,
  goodbye,
  type Health,
  type HealthPolicy,
  heartbeat,
  LIFECYCLE,
  learnOffset,
  NEW_HEALTH,
  newTrade,
  readRows,
  reconcileNative,
  reconcilePlain,
  type SyncFacts,
  type SyncVerdict,
  signOfLife,
  type Trade,
  UNKNOWN_OFFSET,
} from '@ngtb/core'
import { COMMAND_STATUSES, limits } from '@ngtb/protocol'
import { code, table } from './markdown.ts'

/** Status × event. An arrow moves; `=` is a duplicate, acknowledged again; `✗` is refused and recorded. */
export function commandLife(): string {
  const events = Object.keys(LIFECYCLE.pending) as CommandEvent['kind'][]
  const rows = COMMAND_STATUSES.map((status) => [
    `**${status}**`,
    ...events.map((event) => {
      const cell = LIFECYCLE[status][event]
      if (cell.verdict === 'moved') return `→ ${cell.status}`
      return cell.verdict === 'duplicate' ? '=' : '✗'
    }),
  ])
  return table(['status', ...events.map(code)], rows)
}

const POLICY: HealthPolicy = {
  heartbeat_timeout_ms: 60_000,
  max_consecutive_failures: 3,
  min_health_score: 50,
  degradation: 10,
  recovery: 5,
}

/** State × event, by asking core. */
export function connectionLife(): string {
  const connected = signOfLife(NEW_HEALTH, 0)
  const lost = (times: number) =>
    Array.from({ length: times }).reduce<Health>((health) => failure(health, 0, POLICY), connected)
  const states: [string, Health][] = [
    ['connecting', NEW_HEALTH],
    ['connected', connected],
    ['reconnecting (1 failure)', lost(1)],
    ['reconnecting (2 failures)', lost(2)],
    ['failed (3 failures)', lost(3)],
    ['disconnected', goodbye(connected, 0)],
  ]
  const told = (before: Health, after: Health) => {
    const score = after.health_score - before.health_score
    const again = after.reconnect_count > before.reconnect_count ? ', reconnect + 1' : ''
    return `→ ${after.state}${score === 0 ? '' : ` (${score > 0 ? '+' : '−'}${Math.abs(score)})`}${again}`
  }
  const rows = states.map(([name, health]) => [
    `**${name}**`,
    told(health, signOfLife(health, 1)),
    told(health, heartbeat(health, 1, POLICY)),
    // Nobody is expected before the first word and after a goodbye (H4).
    /^(?:connecting|disconnected)/.test(name) ? '–' : told(health, failure(health, 1, POLICY)),
    told(health, goodbye(health, 1)),
  ])
  return table(['state', 'any request', 'heartbeat', 'an interval of silence', 'goodbye'], rows)
}

const known = (overrides: Partial<Trade> = {}): Trade => ({
  ...newTrade(
    { account_id: 1, ticket: '7', status: 'open', source: 'opened', broker_offset_min: 0, heard_no: 0 },
    0,
  ),
  symbol: 'EURUSD',
  direction: 'BUY',
  volume: 0.1,
  open_price: 1.09,
  ...overrides,
})
const listed = { ticket: 7, symbol: 'EURUSD', direction: 'BUY', volume: 0.1, open_price: 1.09 }

/** What a list does to one trade, by asking core. */
export function listVerdicts(): string {
  const other = { ...listed, ticket: 8 }
  const cases: [string, Trade | null, unknown[], Partial<SyncFacts>][] = [
    ['unknown', null, [listed], {}],
    ['open, nothing changed', known(), [listed], {}],
    ['open, another SL', known(), [{ ...listed, sl: 1.08 }], {}],
    [
      'open, another SL, heard of after the list began',
      known({ heard_no: 1 }),
      [{ ...listed, sl: 1.08 }],
      {},
    ],
    ['open, another profit', known(), [{ ...listed, profit: 5 }], {}],
    ['closed by absence', known({ status: 'closed', closed_by: 'absence' }), [listed], {}],
    ['closed by the EA’s word', known({ status: 'closed', closed_by: 'event' }), [listed], {}],
    ['open, but its row is unreadable', known(), [{ ...listed, volume: 0 }], {}],
    ['open, not listed', known(), [other], {}],
    ['open, not listed, heard of after the list began', known({ heard_no: 1 }), [other], {}],
    ['open, not listed, one row has no ticket', known(), [{}], {}],
    ['open, empty list, last heartbeat: margin 0', known(), [], { margin: 0 }],
    ['open, empty list, last heartbeat: open_positions 0', known(), [], { open_positions: 0 }],
    ['open, empty list, heartbeat silent: the first', known(), [], {}],
    ['open, empty list, heartbeat silent: the second', known(), [], { empty_lists_before: 1 }],
    ['open, empty list, last heartbeat: margin > 0', known(), [], { margin: 12, empty_lists_before: 9 }],
  ]
  const rows = cases.map(([what, trade, list, facts]) =>
    verdictRow(
      what,
      reconcilePlain({
        known: new Map(trade === null ? [] : [[trade.ticket, trade]]),
        rows: readRows(list),
        began_no: 1,
        margin: null,
        open_positions: null,
        empty_lists_before: 0,
        spec: () => undefined,
        ...facts,
      }),
    ),
  )
  return table(['what we know of ticket 7', 'verdict'], rows)
}

function verdictRow(what: string, { adjustments, suspect }: SyncVerdict): string[] {
  const adjustment = adjustments.find(
    (change) => ('trade' in change ? change.trade.ticket : change.position.ticket) === '7',
  )
  const fields = adjustment?.kind === 'updated' ? ` (${adjustment.fields.join(', ')})` : ''
  return [what, adjustment ? `**${adjustment.kind}**${fields}` : suspect.length > 0 ? 'suspect' : 'nothing']
}

/** What a native EA's list, based on revision 5, does to one trade, by asking core. */
export function snapshotVerdicts(): string {
  const NOW = 60_000
  const other = { ...listed, ticket: 8 }
  const cases: [string, Trade | null, unknown[], string[]][] = [
    ['unknown', null, [listed], []],
    ['open, another SL', known(), [{ ...listed, sl: 1.08 }], []],
    ['open, another SL, written at a later revision', known({ rev: 6 }), [{ ...listed, sl: 1.08 }], []],
    ['open, not listed, written at a later revision', known({ rev: 6 }), [other], []],
    ['open, not listed for the first time', known(), [other], []],
    ['the same, and nothing else is listed', known(), [], []],
    ['suspect for 5 s, not listed, not found', known({ absent_since: NOW - 5_000 }), [other], ['7']],
    ['suspect for longer, not listed, nobody looked', known({ absent_since: NOW - 5_001 }), [other], []],
    ['suspect for longer, not listed, not found', known({ absent_since: NOW - 5_001 }), [other], ['7']],
    ['suspect, listed', known({ absent_since: NOW - 5_001 }), [listed], []],
    ['closed by absence, listed', known({ status: 'closed', closed_by: 'absence' }), [listed], []],
    ['closed by the EA’s word, listed', known({ status: 'closed', closed_by: 'event' }), [listed], []],
  ]
  const rows = cases.map(([what, trade, list, not_found]) =>
    verdictRow(
      what,
      reconcileNative({
        known: new Map(trade === null ? [] : [[trade.ticket, trade]]),
        rows: readRows(list),
        spec: () => undefined,
        rev: 9,
        last_snapshot_no: 0,
        now: NOW,
        snapshot: {
          snapshot_no: 1,
          based_on_rev: 5,
          terminal_connected: true,
          complete: true,
          positions_total: list.length,
          digest: '',
          not_found: new Set(not_found),
        },
      }),
    ),
  )
  return table(['what we know of ticket 7', 'verdict'], rows)
}

/** What one fresh tick teaches about the broker's clock, by asking core. */
export function offsets(): string {
  const received_at = 1_770_000_000_000
  const cases: [string, number][] = [
    ['as UTC, 200 ms late', -200],
    ['2 h ahead, 200 ms late', 2 * 3_600_000 - 200],
    ['5:30 h ahead', 5.5 * 3_600_000],
    ['5 h behind', -5 * 3_600_000],
    ['14 h ahead', 14 * 3_600_000],
    ['five minutes late', -300_000],
    ['a day old', -86_400_000],
    ['from 2020', 1_577_916_000_065 - received_at],
  ]
  const rows = cases.map(([what, lead]) => {
    const { minutes, basis } = learnOffset(UNKNOWN_OFFSET, received_at + lead, received_at)
    return [what, String(minutes), code(basis)]
  })
  return table(['the newest tick of a batch, as its timestamp says', 'offset in minutes', 'time_basis'], rows)
}

/** The bounds of a batch. */
export function tickBounds(): string {
  const names = [
    'ticks_per_request_max',
    'body_bytes_ticks_max',
    'new_days_per_request_max',
    'symbol_length_max',
    'price_max',
    'time_ms_min',
    'time_ms_max',
  ] as const
  return table(
    ['limit', 'value'],
    names.map((name) => [code(name), String(limits[name])]),
  )
}
