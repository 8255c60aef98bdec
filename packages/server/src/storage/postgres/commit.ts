// One statement commits the steps of many accounts: one round trip, one flush of the log.
//
//   L1. An account's rows are written only if its version is the expected one (`guard`): another server's step
//       in between makes this one start again, whatever it decided.
//   L2. All of a step's rows are written, or none.
//   L3. A name of an intent, or a ticket, that a step takes for new is new, or the account's rows are refused (P2, R7).
//
// Not chosen: BEGIN, one statement per table, COMMIT (a round trip for each), and a function in PL/pgSQL (the SQL
// would hide in the database).
import type { CommitDocument } from './document.ts'
import { TABLES, type TableName } from './rows.ts'

/** A refused account writes nothing (L1, L2). Not a join: to prepare one costs more than its few comparisons. */
const guarded = (account_id: string) => `${account_id} = any(array(select account_id from guard))`

/** A part of the statement, given the number of its parameter. */
type Part = (param: number) => string

/** Of a row that is there: write the new image · keep it, for it never changes · fail. */
type Mode = 'replace' | 'keep' | 'append'

/** @param owner of the row, in the statement; '0': the system */
const write =
  (table: TableName, key: string, mode: Mode, owner = 'coalesce(r.account_id, 0)'): Part =>
  (param) =>
    `${table}_rows as (
    insert into ${table} (${TABLES[table].all.join(', ')})
    select ${read(table)} from jsonb_populate_recordset(null::${table}, $${param}::jsonb) r
      where ${guarded(owner)}
    ${onConflict(table, key, mode)}
  )`

const read = (table: TableName) => TABLES[table].all.map((column) => `r.${column}`).join(', ')

function onConflict(table: TableName, key: string, mode: Mode): string {
  if (mode === 'keep') return `on conflict (${key}) do nothing`
  if (mode === 'append') return '' // a duplicate is a broken assumption: let it fail loudly
  const keys = key.split(', ')
  const rest = TABLES[table].all.filter((column) => !keys.includes(column))
  return `on conflict (${key}) do update set ${rest.map((column) => `${column} = excluded.${column}`).join(', ')}`
}

const heads = TABLES.account.all.filter(
  (column) => !['account_id', 'account_number', 'created_at'].includes(column),
)

/**
 * L3. A step that takes names for new is refused where one of them is not (P2). The version tells that nobody wrote
 * the account since the step's picture was read, so what is not in this statement's snapshot is nowhere.
 * No planner may find a name by reading all commands of its account, which it thinks few while the table is young:
 * so each name by itself, and the account in a form that no index has.
 */
const NAMES_ARE_NEW = `and not exists (
      select from unnest(w.new_commands) as taken (command_id), lateral (
        select from command c where c.command_id = taken.command_id and c.account_id + 0 = w.account_id limit 1
      ) found
    )`

/** Of a ticket that an answer names, the same. */
const TICKETS_ARE_NEW = `and not exists (
      select from unnest(w.new_trades) as taken (ticket), lateral (
        select from trade t where t.account_id = w.account_id and t.ticket = taken.ticket limit 1
      ) found
    )`

const texts = (list: string) => `array(select jsonb_array_elements_text(w.value -> '${list}'))`

const guard = (names: boolean, tickets: boolean) => `
  wanted as materialized (
    select r.*, (w.value ->> 'expected_version')::bigint as expected_version
      ${names ? `, ${texts('new_commands')} as new_commands` : ''}
      ${tickets ? `, ${texts('new_trades')}::bigint[] as new_trades` : ''}
    from jsonb_array_elements($1::jsonb) w, jsonb_populate_record(null::account, w.value) r
    order by r.account_id
  ),
  guard as (
    update account a set ${heads.map((column) => `${column} = w.${column}`).join(', ')}
    from wanted w where a.account_id = w.account_id and a.version = w.expected_version
    ${names ? NAMES_ARE_NEW : ''}
    ${tickets ? TICKETS_ARE_NEW : ''}
    returning a.account_id
  )`

/** For each table that the document may have rows of. */
const PARTS = {
  account: (param) => `new_accounts as (
    insert into account (${TABLES.account.all.join(', ')})
    select ${read('account')} from jsonb_populate_recordset(null::account, $${param}::jsonb) r
    where ${guarded('0')}
  )`,
  ea_connection: write('ea_connection', 'account_id', 'replace'),
  broker_offset: write('broker_offset', 'account_id, valid_from', 'replace'),
  api_key: write('api_key', 'key_id', 'replace'),
  symbol_spec: write('symbol_spec', 'account_id, symbol', 'replace'),
  command: write('command', 'account_id, command_id', 'replace'),
  command_attempt: write('command_attempt', 'account_id, command_id, attempt', 'replace'),
  trade: write('trade', 'account_id, ticket', 'replace'),
  audit_event: write('audit_event', '', 'append'),
  ea_log: write('ea_log', '', 'append'),
  interaction_minute: (param) => `interaction_minute_rows as (
    insert into interaction_minute as m (${TABLES.interaction_minute.all.join(', ')})
    select ${read('interaction_minute')} from jsonb_populate_recordset(null::interaction_minute, $${param}::jsonb) r
    where ${guarded('r.account_id')}
    on conflict (account_id, minute, kind) do update set
      count = m.count + excluded.count,
      first_at = least(m.first_at, excluded.first_at),
      last_at = greatest(m.last_at, excluded.last_at),
      longest_gap_ms = greatest(m.longest_gap_ms, excluded.longest_gap_ms)
  )`,
  ea_journal: write('ea_journal', 'account_id, journal_id', 'replace'),
  generation: write('generation', 'account_id, scope', 'replace'),
  orphan_result: write('orphan_result', 'account_id, command_id', 'replace'),
  strategy: write('strategy', 'account_id, strategy_no', 'replace'),
  ea_stream: write('ea_stream', 'account_id, journal_id, stream', 'replace'),
  dead_letter: write('dead_letter', 'account_id, journal_id, stream, seq', 'keep'),
  deal: write('deal', 'account_id, deal', 'keep'),
  pending_order: write('pending_order', 'account_id, ticket', 'replace'),
  person: write('person', 'person_id', 'replace', '0'),
  person_session: write('person_session', 'session_id', 'replace', '0'),
  invitation: write('invitation', 'token_hash', 'replace', '0'),
  policy: write('policy', 'name', 'replace', '0'),
  alert: write('alert', 'alert_id', 'replace', '0'),
  alert_delivery: write('alert_delivery', 'delivery_id', 'keep', '0'),
  alert_setting: write('alert_setting', 'account_id', 'replace', '0'),
  alert_mark: write('alert_mark', 'account_id', 'replace', '0'),
  alert_cursor: write('alert_cursor', 'name', 'replace', '0'),
} satisfies Record<TableName, Part>

const names = Object.keys(PARTS) as TableName[]
const NAMES_BIT = 1 << 30
const TICKETS_BIT = 1 << 29
const statements = new Map<number, { name: string; text: string }>()

/**
 * The statement for what this document holds, and no more: a part without rows still costs PostgreSQL 30 µs, and
 * the two for events take the lock on their order. Named by its parts, so that each is planned once a connection.
 * Its parameters are the steps, and then the rows of each table in the document's order.
 */
export function commitStatement(document: CommitDocument): { name: string; text: string } {
  const held = [...document.rows.keys()]
  const asked = (document.names ? NAMES_BIT : 0) | (document.tickets ? TICKETS_BIT : 0)
  const mask = held.reduce((bits, table) => bits | (1 << names.indexOf(table)), asked)
  const known = statements.get(mask)
  if (known) return known
  const parts = held.map((table, at) => PARTS[table](at + 2))
  const text = `with ${[guard(document.names, document.tickets), ...parts].join(',\n  ')}
  select account_id from guard`
  const made = { name: `commit_${mask.toString(36)}`, text }
  statements.set(mask, made)
  return made
}
