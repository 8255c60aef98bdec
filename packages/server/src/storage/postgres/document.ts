// What a group of steps writes, as JSON: the account heads as steps, and a list of rows for each table.
import type { ChangeSet } from '../../ports.ts'
import { rowText, type TableName } from './rows.ts'

export interface CommitDocument {
  readonly steps: string
  /** Of each table that it has rows for, in one order always. */
  readonly rows: ReadonlyMap<TableName, string>
  /** Does a step take names, or tickets, for new (L3)? */
  readonly names: boolean
  readonly tickets: boolean
}

type Changes = readonly ChangeSet[]

/** Of several images of one row the last is written; events are all kept. */
const ROWS: Readonly<Record<TableName, (changes: Changes) => Iterable<object>>> = {
  account: (changes) => changes.flatMap((change) => change.accounts),
  ea_connection: newest(
    (change) => change.connections,
    (row) => `${row.account_id}`,
  ),
  broker_offset: newest(
    (change) => change.offsets,
    (row) => `${row.account_id} ${row.valid_from}`,
  ),
  api_key: newest(
    (change) => change.keys,
    (row) => row.key_id,
  ),
  symbol_spec: newest(
    (change) => change.specs,
    (row) => `${row.account_id} ${row.symbol}`,
  ),
  command: newest(
    (change) => change.commands,
    (row) => `${row.account_id} ${row.command_id}`,
  ),
  command_attempt: newest(
    (change) => change.attempts,
    (row) => `${row.account_id} ${row.command_id} ${row.attempt}`,
  ),
  trade: newest(
    (change) => change.trades,
    (row) => `${row.account_id} ${row.ticket}`,
  ),
  audit_event: (changes) => changes.flatMap((change) => change.audit),
  ea_log: (changes) => changes.flatMap((change) => change.logs),
  interaction_minute: mergedMinutes,
  ea_journal: newest(
    (change) => change.journals,
    (row) => `${row.account_id} ${row.journal_id}`,
  ),
  generation: newest(
    (change) => change.generations,
    (row) => `${row.account_id} ${row.scope}`,
  ),
  orphan_result: newest(
    (change) => change.orphans,
    (row) => `${row.account_id} ${row.command_id}`,
  ),
  strategy: newest(
    (change) => change.strategies,
    (row) => `${row.account_id} ${row.strategy_no}`,
  ),
  ea_stream: newest(
    (change) => change.streams,
    (row) => `${row.account_id} ${row.journal_id} ${row.stream}`,
  ),
  dead_letter: (changes) => changes.flatMap((change) => change.dead_letters),
  deal: newest(
    (change) => change.deals,
    (row) => `${row.account_id} ${row.deal}`,
  ),
  pending_order: newest(
    (change) => change.orders,
    (row) => `${row.account_id} ${row.ticket}`,
  ),
  person: newest(
    (change) => change.people,
    (row) => row.person_id,
  ),
  person_session: newest(
    (change) => change.person_sessions,
    (row) => row.session_id,
  ),
  invitation: newest(
    (change) => change.invitations,
    (row) => row.token_hash,
  ),
  policy: newest(
    (change) => change.policies,
    (row) => row.name,
  ),
  alert: newest(
    (change) => change.alerts,
    (row) => row.alert_id,
  ),
  alert_delivery: (changes) => changes.flatMap((change) => change.deliveries),
  alert_setting: newest(
    (change) => change.alert_settings,
    (row) => `${row.account_id}`,
  ),
  alert_mark: newest(
    (change) => change.alert_marks,
    (row) => `${row.account_id}`,
  ),
  alert_cursor: newest(
    (change) => change.alert_cursors,
    (row) => row.name,
  ),
}
const NAMES = Object.keys(ROWS) as TableName[]

export function documentOf(changes: Changes): CommitDocument {
  const rows = new Map<TableName, string>()
  for (const table of NAMES) {
    let list = ''
    for (const row of ROWS[table](changes)) list += (list === '' ? '' : ',') + rowText(table, row)
    if (list !== '') rows.set(table, `[${list}]`)
  }
  return {
    steps: `[${stepsOf(changes).join(',')}]`,
    rows,
    names: changes.some(({ new_commands }) => new_commands.length > 0),
    tickets: changes.some(({ new_trades }) => new_trades.length > 0),
  }
}

function newest<Row extends object>(of: (change: ChangeSet) => readonly Row[], key: (row: Row) => string) {
  return (changes: Changes): Iterable<Row> => {
    const all = changes.length === 1 && changes[0] ? of(changes[0]) : changes.flatMap(of)
    if (all.length <= 1) return all
    const rows = new Map<string, Row>()
    for (const row of all) rows.set(key(row), row)
    return rows.values()
  }
}

/** One for each account: the last head, upon the first version, with the new names of all its steps. */
function stepsOf(changes: Changes): string[] {
  const steps = new Map<number, { account: ChangeSet['account'] } & Record<string, unknown>>()
  for (const { account, expected_version, new_commands, new_trades } of changes) {
    const first = steps.get(account.account_id)
    steps.set(account.account_id, {
      account,
      expected_version: first?.expected_version ?? expected_version,
      new_commands: [...((first?.new_commands as string[] | undefined) ?? []), ...new_commands],
      new_trades: [...((first?.new_trades as string[] | undefined) ?? []), ...new_trades],
    })
  }
  return Array.from(steps.values(), ({ account, ...asked }) => rowText('account', account, asked))
}

function mergedMinutes(changes: Changes): Iterable<object> {
  const merged = new Map<string, ChangeSet['minutes'][number]>()
  for (const row of changes.flatMap((change) => change.minutes)) {
    const key = `${row.account_id} ${row.minute} ${row.kind}`
    const before = merged.get(key)
    merged.set(key, {
      ...row,
      count: (before?.count ?? 0) + row.count,
      first_at: Math.min(before?.first_at ?? row.first_at, row.first_at),
      last_at: Math.max(before?.last_at ?? row.last_at, row.last_at),
      longest_gap_ms: Math.round(Math.max(before?.longest_gap_ms ?? 0, row.longest_gap_ms)),
    })
  }
  return merged.values()
}
