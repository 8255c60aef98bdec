// All doors of the five planes as a test sees them: a path that exists, a body that is good, and what a refusal is.
import {
  commandEndpoints,
  type Endpoint,
  ERRORS,
  legacyCommandEndpoints,
  legacyTickEndpoints,
  legacyTradeEndpoints,
  logEndpoints,
  managementEndpoints,
  tickEndpoints,
  tradeEndpoints,
} from '@ngtb/protocol'
import type { QueryResultRow } from 'pg'
import { expect } from 'vitest'
import type { PortName } from '../../src/ports.ts'
import { look } from './look.ts'
import { manualTime } from './manual-time.ts'
import { type Answer, planeOf, type TestServer, testServer } from './server.ts'
import { turns } from './wait.ts'

export interface Door {
  readonly port: PortName
  readonly name: string
  readonly endpoint: Endpoint
}

const TABLES: [PortName, Record<string, Endpoint>][] = [
  ['command', commandEndpoints],
  ['ticks', tickEndpoints],
  ['trades', tradeEndpoints],
  ['logs', logEndpoints],
  ['webui', managementEndpoints],
]

const doorsOf = (tables: typeof TABLES): Door[] =>
  tables.flatMap(([port, table]) =>
    Object.entries(table).map(([name, endpoint]) => ({ port, name, endpoint })),
  )
/** Of a person, before and in his session: they take no key, and have tests of their own (people.*.test.ts). */
const isOfPerson = ({ name, endpoint: { access } }: Door) =>
  access === 'session' || ['v1_login', 'v1_setup', 'v1_setup_link'].includes(name)
export const DOORS: Door[] = doorsOf(TABLES).filter((door) => !isOfPerson(door))
export const PERSON_DOORS: Door[] = doorsOf(TABLES).filter(isOfPerson)
/** Of EAs of the older dialect alone: they refuse strangers, and nothing else. */
export const LEGACY_DOORS: Door[] = doorsOf([
  ['command', legacyCommandEndpoints],
  ['ticks', legacyTickEndpoints],
  ['trades', legacyTradeEndpoints],
])
export const titled = (doors: readonly Door[]): [string, Door][] =>
  doors.map((door) => [`${door.port} ${door.endpoint.method} ${door.endpoint.path}`, door])

/** One account of the small world, with one of each thing that a path can name. */
export interface Inhabitant {
  readonly login: string
  readonly ea_key: string
  readonly admin_key: string
  readonly command_id: string
  /** An OPEN of which nobody knows what became. */
  readonly unknown_id: string
  readonly ticket: string
  readonly key_id: string
  /** People are the whole system's, and belong to no account. */
  readonly person_id: string
  readonly alert_id: string
}

export interface World {
  readonly t: TestServer
  /** An admin key of the whole system. */
  readonly admin: string
  readonly a: Inhabitant
  readonly b: Inhabitant
}

/** Many requests from one address and key are what these tests are for. */
export const UNLIMITED = Object.fromEntries(
  ['POLL', 'TICKS', 'CREATE', 'SAFETY', 'KEYLESS'].map((name) => [`NGTB_RATE_${name}`, '1000000']),
)

export async function smallWorld(env: Record<string, string> = {}): Promise<World> {
  // Its time stands still: nothing runs out while a test looks whether something changed.
  const t = await testServer({ env: { ...UNLIMITED, ...env }, ...manualTime() })
  const admin = await t.key(['admin'])
  return {
    t,
    admin,
    a: await settle(t, admin, '4242', 'A'),
    b: await settle(t, admin, '9007199254740993', 'B'),
  }
}

async function settle(t: TestServer, admin: string, login: string, name: string): Promise<Inhabitant> {
  const ea_key = await t.enrol(login)
  const ticket = `${1000 + login.length}` // another one for each
  const say = async (port: PortName, path: string, body: unknown, key = ea_key) => {
    const answer = await t.call(port, 'POST', path, { key, body })
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
    return answer.body
  }
  // A native EA was here before: its facts are still taken (P9).
  const native = { account: login, protocol: 2, journal_id: JOURNAL, last_epoch: 0 }
  const { epoch } = await say('command', '/api/connect', native)
  const facts = { journal_id: JOURNAL, epoch, stream: 'trade', first_seq: 1, events: [waiting(ticket)] }
  await say('trades', '/api/events', facts)
  await say('command', '/api/disconnect', { journal_id: JOURNAL, epoch })
  await say('command', '/api/connect', { account: login })
  await say('trades', '/api/trades/opened', position(ticket))
  await say('ticks', '/api/ticks/batch', { ticks: [tick()] })
  await say('logs', '/api/log', { level: 'INFO', message: `hello of ${name}` })
  const unknown_id = await unknownOpen(say, login, name, admin)
  const { command_id } = await say(
    'webui',
    `/api/v1/accounts/${login}/commands`,
    { type: 'CLOSE_TRADE', payload: { ticket }, command_id: `first-of-${name}` },
    admin,
  )
  const spare = await say(
    'webui',
    '/api/v1/keys',
    { scopes: ['commands:read'], account: login, label: `spare of ${name}` },
    admin,
  )
  const admin_key = await t.key(['admin'], login)
  const { person } = await t.server.services.people.invite(`friend-of-${name}`, 'viewer', 'test')
  const { person_id } = person
  const alert = {
    severity: 'info',
    account_id: await numberOf(t, login),
    name: 'its own',
    text: `of ${name}`,
  } as const
  const { alert_id } = (await t.server.services.alerts.raise(alert, 'test')).alert
  return {
    login,
    ea_key,
    admin_key,
    command_id,
    unknown_id,
    ticket,
    key_id: spare.key_id,
    person_id,
    alert_id,
  }
}

const numberOf = async (t: TestServer, login: string): Promise<number> =>
  (await t.store.accountByNumber(login))?.account_id ?? 0

const JOURNAL = '0a1b2c3d-0000-4000-8000-000000000001'

type Say = (port: PortName, path: string, body: unknown, key?: string) => Promise<{ command_id: string }>

async function unknownOpen(say: Say, login: string, name: string, admin: string): Promise<string> {
  const payload = { symbol: 'NOTHING', order_type: 'BUY', volume: 0.3 }
  const command = { type: 'OPEN_TRADE', payload, command_id: `unknown-of-${name}` }
  const { command_id } = await say('webui', `/api/v1/accounts/${login}/commands`, command, admin)
  await say('command', '/api/get_commands', {})
  const response = { retcode: 10012, error: 'timeout' }
  await say('command', '/api/command_response', { command_id, status: 'failed', response })
  return command_id
}

export const tick = (fields: Record<string, unknown> = {}) => ({
  symbol: 'EURUSD',
  bid: 1.09,
  ask: 1.0901,
  timestamp: 1_700_000_000,
  volume: 1,
  ...fields,
})
const bar = () => ({ time: 1_700_000_040, open: 1.1, high: 1.2, low: 1, close: 1.1, tick_volume: 5 })
const waiting = (order: string) => ({
  ...{ kind: 'order', order, type: 'ORDER_TYPE_SELL_LIMIT', state: 'ORDER_STATE_PLACED' },
  ...{ symbol: 'EURUSD', volume: 0.1, price: 1.2 },
})
export const position = (ticket: unknown, fields: Record<string, unknown> = {}) => ({
  ticket,
  symbol: 'EURUSD',
  direction: 'BUY',
  volume: 0.1,
  open_price: 1.09,
  sl: 1.085,
  tp: 1.095,
  ...fields,
})

let made = 0
/** A name never used before. */
export const fresh = (prefix: string) => `${prefix}-${++made}`

/** The path of a door, naming what belongs to `who`; `other` replaces single parts. */
export function pathOf(
  { name, endpoint }: Door,
  who: Inhabitant,
  other: Record<string, string> = {},
): string {
  const settled = name === 'v1_command_settle' ? { command_id: who.unknown_id } : {}
  const parts: Record<string, string> = { ...who, ...settled, ...other }
  const path = endpoint.path.replace(/:(\w+)/g, (_, part: string) => parts[part] ?? '')
  return name === 'v1_ticks' || name === 'v1_candles' || name === 'v1_bars' ? `${path}?symbol=EURUSD` : path
}

/** A body that its door takes. */
export function goodBody(door: Door, who: Inhabitant): Record<string, unknown> | undefined {
  switch (door.name) {
    case 'connect':
      return {
        account: who.login,
        broker: 'Test',
        available_symbols: ['EURUSD', { symbol: 'GBPUSD', digits: 5 }],
      }
    case 'heartbeat':
      return { balance: 1, equity: 1, margin: 0, free_margin: 1, open_positions: 0, latency_ms: 1 }
    case 'command_response':
      return { command_id: who.command_id, status: 'failed', response: { error: 'no' } }
    case 'command_responses':
      return { responses: [{ command_id: who.command_id, status: 'failed', response: { error: 'no' } }] }
    case 'disconnect':
      return { reason: 'test' }
    case 'ticks_batch':
      return { batch_id: fresh('batch'), ticks: [tick()] }
    case 'bars':
      return { symbol: 'EURUSD', timeframe: 'M1', bars: [bar()] }
    case 'trades_sync':
      return { trades: [position(who.ticket)] }
    case 'events': {
      const event = { kind: 'log', level: 'INFO', message: 'said' }
      return { journal_id: JOURNAL, epoch: 1, stream: 'log', first_seq: 1, events: [event] }
    }
    case 'trade_opened':
      return position(who.ticket)
    case 'trade_closed':
      return { ticket: '77001', close_price: 1.1, close_reason: 'TP', profit: 1, swap: 0, commission: 0 }
    case 'trade_modified':
      return { ticket: who.ticket, sl: 1.08, tp: 1.1 }
    case 'log':
      return { level: 'INFO', message: 'said', details: { a: 1 } }
    case 'v1_account_add':
      return { account: `88${++made}`, broker: 'Test' }
    case 'v1_enrol':
      return { account: `99${++made}` }
    case 'v1_command_create':
      return { type: 'CLOSE_ALL', payload: { symbol: 'NOTHING' }, command_id: fresh('good') }
    case 'v1_command_batch':
      return {
        commands: [{ type: 'CLOSE_ALL', payload: { symbol: 'NOTHING' }, command_id: fresh('batched') }],
      }
    case 'v1_command_settle':
      return { not_executed: true, note: 'not in the terminal' }
    case 'v1_person_invite':
      return { name: fresh('somebody'), role: 'viewer' }
    case 'v1_person_change':
      return { role: 'trader' }
    case 'raise_alert':
      return { text: 'it is so', name: fresh('alert') }
    case 'v1_policy_set':
      return { confirm_volume: 2 }
    case 'v1_pair':
      return { account: `77${++made}` }
    case 'v1_symbols_choose':
      return { symbols: null }
    case 'v1_key_create':
      return { scopes: ['commands:read'], label: 'test', expires_in_s: 3600 }
    default:
      return door.endpoint.body ? {} : undefined
  }
}

/** The key that opens this door for `who`. */
export const keyFor = ({ endpoint: { access } }: Door, who: Inhabitant, admin: string): string =>
  access === 'ea' || access === 'connect' || access === 'either' ? who.ea_key : admin

/** One request with a body as it is, bytes included. */
export async function knock(
  t: TestServer,
  door: Door,
  path: string,
  { key, body, headers = {} }: { key?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer & { text: string }> {
  const raw = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  const answer = await planeOf(t.server, door.port).inject({
    method: door.endpoint.method,
    url: path,
    headers: {
      host: '127.0.0.1',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key ? { authorization: `Bearer ${key}` } : {}),
      ...headers,
    },
    ...(raw === undefined ? {} : { payload: raw }),
  })
  return { status: answer.statusCode, body: json(answer.body), headers: answer.headers, text: answer.body }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const INNARDS = /node_modules|\.[jt]s:\d+|\n\s+at |ngt_live_[a-z0-9]{12}_|secret_hash|postgres(?:ql)?:\/\//

/** A refusal as a caller needs it: 4xx, a code of the catalogue, a sentence, and nothing of our innards. */
export function expectRefusal(answer: Answer & { text: string }, about: string): void {
  const { status, body, text } = answer
  const told = `${about} → ${status} ${text.slice(0, 300)}`
  expect(status, told).toBeGreaterThanOrEqual(400)
  expect(status, told).toBeLessThan(500)
  expectClear(answer, about)
  const code: unknown = body.code ?? body.error
  expect(Object.keys(ERRORS), told).toContain(code)
  expect(ERRORS[code as keyof typeof ERRORS].http, told).toBe(status)
  expect(String(body.detail ?? body.message).length, told).toBeGreaterThan(5)
  expect(body.request_id, told).toMatch(/^[0-9a-f-]{36}$/)
}

/** Whatever it says, it is no 5xx, and it says nothing of our innards. */
export function expectClear({ status, text }: { status: number; text: string }, about: string): void {
  expect(status, `${about} → ${text.slice(0, 300)}`).toBeLessThan(500)
  if (status >= 400) expect(text, about).not.toMatch(INNARDS)
}

const COUNTED =
  'account command command_attempt trade audit_event ea_log tick_batch tick_counter tick symbol symbol_spec api_key enrolment broker_offset ea_journal generation orphan_result strategy ea_stream dead_letter deal pending_order bar person person_session invitation policy alert alert_setting'

// Signs of life may move an account's version, a key's last use and a counter's last moment at any time.
const LEDGER = COUNTED.split(' ')
  .map(
    (table) =>
      `select '${table}' as name, count(*) || ' ' || md5(coalesce(string_agg(x, '|' order by x), '')) as held
       from (select (to_jsonb(r) - 'version' - 'last_used_at' - 'last_at')::text as x from ${table} r) s`,
  )
  .join(' union all ')

/** What the ledger holds: rows of each table, and the contents of those that can be changed. */
export async function ledgerOf(t: TestServer): Promise<Record<string, string>> {
  const rows = await look<{ name: string; held: string }>(t.database_url, { name: 'ledger', text: LEDGER })
  return Object.fromEntries(rows.map(({ name, held }) => [name, held]))
}

/** Once it stands still: what a message that was taken sets off may be written after its answer. */
export async function stillLedgerOf(t: TestServer): Promise<Record<string, string>> {
  for (let last = ''; ; ) {
    const held = await ledgerOf(t)
    if (JSON.stringify(held) === last) return held
    last = JSON.stringify(held)
    await turns()
  }
}

/** `select` on the test's own database. */
export const rowsOf = <T extends QueryResultRow>(
  t: TestServer,
  sql: string,
  values: unknown[] = [],
): Promise<T[]> => look<T>(t.database_url, sql, values)
