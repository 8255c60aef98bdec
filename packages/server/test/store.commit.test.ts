// The Store's writes on a real PostgreSQL (P1, P13, B4; L1, L2, G1–G4 of storage/postgres).
import { brokenLink } from '@ngtb/core'
import fc from 'fast-check'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemIds } from '../src/platform/ids.ts'
import { type Store, VersionConflict } from '../src/ports.ts'
import {
  addAccounts,
  NOW,
  newAccount,
  newCommand,
  openStore,
  openTrade,
  pictureOf,
  rowsIn,
  sql,
  stepOn,
} from './support/ledger.ts'
import { type FreshDatabase, freshDatabase } from './support/server.ts'
import { until } from './support/wait.ts'

let database: FreshDatabase
let a: Store
let b: Store

beforeEach(async () => {
  database = await freshDatabase()
  a = openStore(database.url)
  b = openStore(database.url)
  await addAccounts(a, newAccount(1), newAccount(2))
})
afterEach(async () => {
  await a.close()
  await b.close()
  await database.drop()
})

const TABLES = [
  'command',
  'command_attempt',
  'trade',
  'audit_event',
  'ea_log',
  'symbol_spec',
  'api_key',
  'ea_connection',
  'broker_offset',
  'interaction_minute',
]

/** A step that touches every table of an account. */
async function richStep(store: Store, account_id: number) {
  const state = await pictureOf(store, account_id)
  const step = stepOn(state)
  step.saveCommand(newCommand(account_id, step.nextCommandNo()))
  step.saveAttempt({
    account_id,
    command_id: 'c1',
    attempt: 1,
    delivered_at: NOW,
    channel: 'poll',
    lease_expires_at: NOW,
    answered_at: null,
    outcome: null,
    journal_id: null,
    epoch: null,
  })
  step.saveTrade(openTrade(account_id, '77'))
  step.saveConnection({ balance: 1 })
  step.saveSpec('EURUSD', { symbol: 'EURUSD' })
  step.saveOffset({ valid_from: NOW, minutes: 120, basis: 'broker' })
  step.saveKey({
    key_id: `k${account_id}`,
    account_id,
    secret_hash: 'h',
    label: '',
    scopes: [],
    created_at: NOW,
    expires_at: null,
    last_used_at: null,
    revoked_at: null,
    replaced_by: null,
  })
  step.log({ level: 'INFO', message: 'm', details: null, received_at: NOW })
  step.audit('test.rich', 'test', null, {})
  state.count('poll', NOW)
  return step
}

const counts = async () =>
  Object.fromEntries(
    await Promise.all(TABLES.map(async (table) => [table, await rowsIn(database.url, table)])),
  )

/** Its own event, and one each for the command and the trade that no word of it told of (V2). */
const RICH_EVENTS = 3

test('L2: all rows of a step are written', async () => {
  await a.commit((await richStep(a, 1)).changeSet())
  const one_each = Object.fromEntries(TABLES.map((table) => [table, 1]))
  expect(await counts()).toEqual({ ...one_each, audit_event: RICH_EVENTS })
})

test('L2: a step of which one row is impossible writes none', async () => {
  const step = await richStep(a, 1)
  step.log({ level: 'INFO', message: 'NUL \0 can not be kept', details: null, received_at: NOW })
  await expect(a.commit(step.changeSet())).rejects.toThrow(/unicode|\\u0000/i)
  expect(await counts()).toEqual(Object.fromEntries(TABLES.map((table) => [table, 0])))
  expect((await pictureOf(a, 1)).account).toMatchObject({ version: 0, command_no: 0, audit_no: 0 })
})

test('L1, B4: of two servers on one picture the second writes nothing and hears of a conflict', async () => {
  const [first, second] = [await richStep(a, 1), await richStep(b, 1)]
  await a.commit(first.changeSet())
  const before = await counts()
  await expect(b.commit(second.changeSet())).rejects.toThrow(VersionConflict)
  expect(await counts()).toEqual(before)
  expect((await pictureOf(b, 1)).account.version).toBe(1)
})

test('L1: of two steps on one picture in one group of one server the second conflicts, too', async () => {
  const [first, second] = [await richStep(a, 1), await richStep(a, 1)]
  const [one, two] = await Promise.allSettled([a.commit(first.changeSet()), a.commit(second.changeSet())])
  expect(one.status).toBe('fulfilled')
  expect(two).toMatchObject({ status: 'rejected', reason: expect.any(VersionConflict) })
  expect(await rowsIn(database.url, 'audit_event')).toBe(RICH_EVENTS)
})

test('G2: steps of one account are committed in their order, whatever group they fall into', async () => {
  const state = await pictureOf(a, 1)
  const done: number[] = []
  const all: Promise<void>[] = []
  for (let n = 1; n <= 300; n++) {
    const step = stepOn(state)
    step.audit('test.step', 'test', null, { n })
    step.saveTrade({ ...openTrade(1, '5'), profit: n })
    all.push(a.commit(step.changeSet()).then(() => void done.push(n)))
    if (n % 50 === 0) await Promise.resolve(all.at(-1))
  }
  await Promise.all(all)
  expect(done).toEqual(Array.from({ length: 300 }, (_, at) => at + 1))
  const events = await a.auditChain(1, 0, 1_000)
  const told = events.filter(({ kind }) => kind === 'test.step')
  expect(told.map(({ data }) => data.n)).toEqual(done)
  expect(brokenLink(events, systemIds.sha256)).toBeNull()
  expect(await a.trade(1, '5')).toMatchObject({ profit: 300 })
  expect((await pictureOf(a, 1)).account).toMatchObject({ version: 300, audit_no: events.length })
})

test('G2, G4: a refused step takes its successors with it, and nobody else', async () => {
  const [one, two] = [await pictureOf(a, 1), await pictureOf(a, 2)]
  const outcome = (commit: Promise<void>) =>
    commit.then(
      () => 'written',
      (error) => (error as Error).name,
    )
  const step = (state: typeof one, message: string) => {
    const made = stepOn(state)
    made.log({ level: 'INFO', message, details: null, received_at: NOW })
    return outcome(a.commit(made.changeSet()))
  }
  const outcomes = await Promise.all([
    step(one, 'first'),
    step(one, 'poison \0'),
    step(two, 'other account'),
    step(one, 'successor'),
    step(one, 'its successor'),
    step(two, 'other account again'),
  ])
  expect(outcomes).toEqual(['written', 'error', 'written', 'VersionConflict', 'VersionConflict', 'written'])
  const { items } = await a.logs(1, { limit: 10, after: null }, {})
  expect(items.map(({ message }) => message)).toEqual(['first'])
  expect(await rowsIn(database.url, 'ea_log')).toBe(3)
})

test('G2: a conflict takes those with it that wait for the next group', async () => {
  const mine = await pictureOf(a, 1)
  const other = await richStep(b, 1)
  await b.commit(other.changeSet())
  const steps = Array.from({ length: 20 }, () => {
    const step = stepOn(mine)
    step.audit('test.stale', 'test', null, {})
    return a.commit(step.changeSet())
  })
  const outcomes = await Promise.allSettled(steps)
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toEqual([])
  expect(await rowsIn(database.url, 'audit_event')).toBe(RICH_EVENTS)
})

test('B4: servers that lock the same accounts crosswise are told to decide again, not that the ledger broke', async () => {
  const rival = new pg.Client({ connectionString: database.url, options: '-c deadlock_timeout=60s' })
  await rival.connect()
  try {
    await rival.query('begin; update account set broker = broker where account_id = 2')
    const steps = [await richStep(a, 1), await richStep(a, 2)]
    const group = Promise.allSettled(steps.map((step) => a.commit(step.changeSet())))
    const waiting = `select 1 from pg_stat_activity where application_name = 'ngtb commit' and datname = current_database() and wait_event_type = 'Lock'`
    await until(async () => (await sql(database.url, waiting)).length === 1)
    await rival.query('update account set broker = broker where account_id = 1')
    await rival.query('commit')
    const outcomes = (await group).map((one) =>
      one.status === 'rejected' ? (one.reason as Error).name : 'written',
    )
    expect(outcomes.filter((outcome) => !['written', 'VersionConflict'].includes(outcome))).toEqual([])
    expect(outcomes).toContain('VersionConflict')
  } finally {
    await rival.end()
  }
})

test('R1: tickets and logins to 2^63−1 come back digit by digit', async () => {
  const int64 = fc.oneof(
    fc.bigInt(1n, 2n ** 63n - 1n),
    fc.constantFrom(1n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n),
  )
  const state = await pictureOf(a, 1)
  let next_id = 10
  await fc.assert(
    fc.asyncProperty(int64, int64, async (ticket, login) => {
      const step = stepOn(state)
      step.saveTrade({ ...openTrade(1, String(ticket)), magic: String(login) })
      step.saveCommand(
        newCommand(1, step.nextCommandNo(), { ticket: String(ticket), command_id: `t${next_id}` }),
      )
      await a.commit(step.changeSet())
      expect(await b.trade(1, String(ticket))).toMatchObject({ ticket: String(ticket), magic: String(login) })
      expect(await b.command(1, `t${next_id}`)).toMatchObject({ ticket: String(ticket) })
      if ((await b.accountByNumber(String(login))) === null)
        await addAccounts(b, newAccount(next_id, String(login)))
      expect((await a.accountByNumber(String(login)))?.account_number).toBe(String(login))
      next_id++
    }),
    { numRuns: 40 },
  )
})

test('P13: audit_event is append-only, whoever asks', async () => {
  await a.commit((await richStep(a, 1)).changeSet())
  for (const change of [
    "update audit_event set actor = 'x'",
    'delete from audit_event',
    'truncate audit_event',
  ])
    await expect(sql(database.url, change)).rejects.toThrow(/append-only/)
  expect(await a.auditChain(1, 0, 10)).toHaveLength(RICH_EVENTS)
})

test('P13: the guard stays when nothing would be touched: not a row, and still refused', async () => {
  await expect(sql(database.url, "update audit_event set actor = 'x' where false")).rejects.toThrow(
    /append-only/,
  )
})

test('P13: a reader behind two writing servers never passes a number that comes later', async () => {
  let writing = 2
  const write = async (store: Store, account_id: number) => {
    const state = await pictureOf(store, account_id)
    for (let n = 0; n < 250; n++) {
      const step = stepOn(state)
      if (n % 3 !== 0) step.audit('test.event', 'test', null, { n })
      if (n % 3 !== 1) step.log({ level: 'INFO', message: `${n}`, details: null, received_at: NOW })
      await store.commit(step.changeSet())
    }
    writing--
  }
  const seen: number[] = []
  const reader = openStore(database.url)
  const read = async () => {
    for (;;) {
      const last = writing === 0
      const events = await reader.eventsAfter(seen.at(-1) ?? 0, 7)
      seen.push(...events.map((event) => ('audit' in event ? event.audit.seq : event.log.seq)))
      if (events.length === 0 && last) return
    }
  }
  await Promise.all([write(a, 1), write(b, 2), read()])
  await reader.close()
  const stored = await sql<{ seq: string }>(
    database.url,
    'select seq from audit_event union all select seq from ea_log order by seq',
  )
  expect(seen).toEqual(stored.map(({ seq }) => Number(seq)))
  expect(seen.length).toBe(2 * (166 + 167))
})

test('P1: a closed store refuses to write', async () => {
  const change = (await richStep(a, 1)).changeSet()
  await a.close()
  await expect(a.commit(change)).rejects.toMatchObject({ code: 'NGTB_STOPPING' })
  a = openStore(database.url)
  expect(await rowsIn(database.url, 'audit_event')).toBe(0)
})

test('L3, P2: a name taken for new that is none refuses the step, and nothing of it is written', async () => {
  const state = await pictureOf(a, 1)
  const first = stepOn(state)
  first.takeForNew('c1')
  first.saveCommand(newCommand(1, 1))
  await a.commit(first.changeSet())
  const before = await rowsIn(database.url, 'audit_event')
  const second = stepOn(state)
  second.takeForNew('c2')
  second.takeForNew('c1')
  second.saveCommand(newCommand(1, 2))
  second.audit('test.event', 'test', null, {})
  await expect(a.commit(second.changeSet())).rejects.toBeInstanceOf(VersionConflict)
  expect(await rowsIn(database.url, 'command')).toBe(1)
  expect(await rowsIn(database.url, 'audit_event')).toBe(before)
  // The same name on another account is another name (P15).
  const other = stepOn(await pictureOf(a, 2))
  other.takeForNew('c1')
  other.saveCommand(newCommand(2, 1))
  await a.commit(other.changeSet())
  expect(await rowsIn(database.url, 'command')).toBe(2)
})

test('G5: what a commit reads does not grow with what was written, from an empty table on', async () => {
  const rows = 1_200
  const store = openStore(database.url)
  const state = await pictureOf(store, 1)
  for (let at = 1; at <= rows; at++) {
    const step = stepOn(state)
    step.takeForNew(step.saveCommand(newCommand(1, step.nextCommandNo())).command_id)
    await store.commit(step.changeSet())
  }
  await store.close() // a session's counters are handed in at its end, at the latest
  const read = `select n_tup_ins::int as written, (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read
    from pg_stat_user_tables where relname = 'command'`
  const figures = async () => (await sql(database.url, read))[0] as { written: number; read: number }
  await until(async () => (await figures()).written === rows)
  expect((await figures()).read).toBeLessThan(10 * rows) // a plan that reads all of it: 1 + 2 + … + 1,200
})
