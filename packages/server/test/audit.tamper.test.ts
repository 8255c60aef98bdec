// Whoever passes the guards (a superuser, triggers off) and changes events or rows is found (P13), on a real database.
import { createHash } from 'node:crypto'
import { auditText, GENESIS_HASH } from '@ngtb/core'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { systemIds } from '../src/platform/ids.ts'
import type { StoredAudit } from '../src/ports.ts'
import { anchorsOf, type NewAnchor, type VerifyOptions, verifyAudit } from '../src/services/audit.ts'
import { Scene } from './support/client.ts'
import { NativeHand } from './support/native-ea.ts'
import { ManualTime } from './support/time.ts'

/** The account that is tampered with; 0 is the system's own. */
const ACCOUNT = 1
const TABLES = [
  'account',
  'api_key',
  'audit_event',
  'command',
  'ea_connection',
  'ea_journal',
  'generation',
  'orphan_result',
  'strategy',
  'trade',
]

let s: Scene
let thief: pg.Client
let anchors: NewAnchor[]

beforeAll(async () => {
  const time = new ManualTime()
  s = await Scene.open({ clock: time, timers: time })
  await live(time)
  anchors = await anchorsOf(s.t.store, time.now())
  thief = new pg.Client({ connectionString: s.t.database_url })
  await thief.connect()
  // Neither triggers nor foreign keys stop a superuser who knows this.
  await thief.query('set session_replication_role = replica')
  for (const table of TABLES) await thief.query(`create table kept_${table} as table ${table}`)
})
afterAll(async () => {
  await thief.end()
  await s.stop()
})
beforeEach(async () => {
  await thief.query(`truncate ${TABLES.join(', ')} cascade`)
  for (const table of TABLES) await thief.query(`insert into ${table} select * from kept_${table}`)
})

/** A native EA, a plain one, trades, keys, an orphan, a generation, a strategy's number. */
async function live(time: ManualTime): Promise<void> {
  const ea = new NativeHand(s)
  await ea.connect()
  const opened = await s.made('OPEN_TRADE', {
    symbol: 'EURUSD',
    order_type: 'BUY',
    volume: 0.1,
    magic: 99_000_001,
  })
  await ea.poll()
  await ea.answer(opened, 'completed', { ticket: '71', open_price: 1.1 }, { evidence: 'journal' })
  await s.made('CLOSE_ALL', { symbol: 'EURUSD' })
  await ea.answer('lost', 'completed', { ticket: '72', open_price: 1.1 }, { command_no: 9_000_000 })
  await s.event('opened', { ticket: 73, symbol: 'EURUSD', direction: 'BUY', volume: 0.1, open_price: 1 })
  await s.event('closed', { ticket: 73, close_price: 1.3, profit: 5 })
  time.jump(1_000)
  await s.t.key(['commands:read'], s.login)
  await s.made('CLOSE_ALL', {})
}

const verify = (options?: VerifyOptions) => verifyAudit(s.t.store, systemIds, options)
const reasons = async (options?: VerifyOptions) =>
  (await verify(options)).problems.map(({ reason }) => reason)

const chain = async (): Promise<StoredAudit[]> => s.t.store.auditChain(ACCOUNT, 0, 1_000)
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** Writes the account's chain anew from this list, every hash made good, and the account's head with it. */
async function forge(events: readonly StoredAudit[]): Promise<void> {
  await thief.query('delete from audit_event where account_id = $1', [ACCOUNT])
  let prev_hash = GENESIS_HASH
  for (const [index, event] of events.entries()) {
    const facts = { ...event, audit_no: index + 1 }
    const hash = sha256(auditText(facts, prev_hash))
    await thief.query(
      `insert into audit_event values ($1, $2, $3, to_timestamp($4 / 1000.0), $5, $6, $7, $8, $9, $10)`,
      [
        event.seq,
        ACCOUNT,
        facts.audit_no,
        event.at,
        event.kind,
        event.actor,
        event.subject,
        JSON.stringify(event.data),
        prev_hash,
        hash,
      ],
    )
    prev_hash = hash
  }
  await thief.query('update account set audit_no = $2, audit_hash = $3 where account_id = $1', [
    ACCOUNT,
    events.length,
    prev_hash,
  ])
}

test('untouched it is whole: with heads that were kept, with hashes, and one account alone', async () => {
  const events = await chain()
  expect(events.length).toBeGreaterThan(12)
  expect(await reasons()).toEqual([])
  expect(await reasons({ anchors })).toEqual([])
  expect(await reasons({ hashes: [events[3]?.hash ?? '', events.at(-1)?.hash ?? ''] })).toEqual([])
  const alone = await verify({ account_id: ACCOUNT, anchors })
  expect(alone).toMatchObject({ accounts: 1, events: events.length, problem_count: 0 })
  // What is forged as it was is as it was: the forger of this test makes good hashes.
  await forge(events)
  expect(await reasons({ anchors })).toEqual([])
})

describe('one event', () => {
  const NO = 5
  const at = `where account_id = ${ACCOUNT} and audit_no = ${NO}`

  test.each([
    ['data', `update audit_event set data = data || '{"planted": 1}' ${at}`],
    [
      'data, a member less',
      `update audit_event set data = '{}' where account_id = ${ACCOUNT} and audit_no = 4`,
    ],
    ['kind', `update audit_event set kind = 'x' ${at}`],
    ['actor', `update audit_event set actor = 'me' ${at}`],
    ['time', `update audit_event set at = at + interval '1 ms' ${at}`],
    ['subject', `update audit_event set subject = 'other' ${at}`],
    ['hash', `update audit_event set hash = repeat('f', 64) ${at}`],
    ['prev_hash', `update audit_event set prev_hash = repeat('f', 64) ${at}`],
    ['account', `update audit_event set account_id = 0, audit_no = 9999 ${at}`],
    ['seq', `update audit_event set seq = seq + 1000000 ${at}`],
  ])('%s changed', async (_, attack) => {
    await thief.query(attack)
    const { problems } = await verify()
    expect(problems.length).toBeGreaterThan(0)
    expect(problems.some(({ audit_no }) => audit_no !== null && Math.abs(audit_no - NO) <= 1)).toBe(true)
    expect(await reasons({ account_id: ACCOUNT })).not.toEqual([])
  })

  test.each([1, NO, 'the last'] as const)('number %s deleted', async (which) => {
    const last = (await chain()).length
    const no = which === 'the last' ? last : which
    await thief.query('delete from audit_event where account_id = $1 and audit_no = $2', [ACCOUNT, no])
    const expected = no === last ? `the chain ends at event ${last - 1}, but` : `event ${no} is missing`
    expect((await reasons()).join('\n')).toContain(expected)
  })

  test('one more, with a good hash, in the middle and at the end', async () => {
    const events = await chain()
    const end = events.length
    const extra = (audit_no: number, prev_hash: string) => {
      const facts = { account_id: ACCOUNT, audit_no, at: 1, kind: 'x', actor: 'me', subject: null, data: {} }
      return thief.query(
        `insert into audit_event (account_id, audit_no, at, kind, actor, data, prev_hash, hash)
         values ($1, $2, to_timestamp(0.001), 'x', 'me', '{}', $3, $4)`,
        [ACCOUNT, audit_no, prev_hash, sha256(auditText(facts, prev_hash))],
      )
    }
    await extra(end + 1, events.at(-1)?.hash ?? '')
    expect((await reasons()).join('\n')).toContain(
      `ends at event ${end + 1}, but the account has written ${end}`,
    )
    // The head made good, too: only the order of seq, the rows, or a head that was kept can tell. It is an addition.
    await thief.query(
      'update audit_event set audit_no = audit_no + 100 where account_id = $1 and audit_no > 5',
      [ACCOUNT],
    )
    await extra(6, events[4]?.hash ?? '')
    await thief.query(
      'update audit_event set audit_no = audit_no - 99 where account_id = $1 and audit_no > 100',
      [ACCOUNT],
    )
    expect((await verify()).problems[0]).toMatchObject({ audit_no: 7 })
  })

  test('two that changed places: with their numbers, or with all but their numbers', async () => {
    const swap = (columns: string) =>
      thief.query(
        `update audit_event a set (${columns}) = (select ${columns} from kept_audit_event b
           where b.account_id = a.account_id and b.audit_no = 11 - a.audit_no)
         where account_id = ${ACCOUNT} and audit_no in (5, 6)`,
      )
    await swap('at, kind, actor, subject, data, prev_hash, hash')
    expect((await verify()).problems).toContainEqual(expect.objectContaining({ audit_no: NO }))
  })
})

describe('whole chains', () => {
  test('cut at the end: found by its head, and with the head made good by rows; where rows were made good, too, by an anchor', async () => {
    const events = await chain()
    const kept = events.length - 2
    await thief.query('delete from audit_event where account_id = $1 and audit_no > $2', [ACCOUNT, kept])
    expect((await reasons()).join('\n')).toMatch(/the chain ends at event \d+, but the account has written/)
    await forge(events.slice(0, kept))
    expect((await reasons()).join('\n')).toMatch(/no event tells of it/)
    await thief.query(
      `delete from command where command_no = (select max(command_no) from command where account_id = ${ACCOUNT});
       delete from generation where scope = (select scope from generation where account_id = ${ACCOUNT} order by command_no desc limit 1);
       delete from api_key where account_id = ${ACCOUNT} and label = 'test'`,
    )
    await thief.query(
      `update account set command_no = (select max(command_no) from command where account_id = ${ACCOUNT}) where account_id = ${ACCOUNT}`,
    )
    expect(await reasons()).toEqual([])
    const found = await reasons({ anchors })
    expect(found).toContainEqual(expect.stringMatching(/is missing: the chain ends at event/))
    const hashes = [events.at(-1)?.hash ?? '']
    expect(await reasons({ hashes })).toContainEqual(expect.stringMatching(/rewritten, or cut/))
  })

  test('rewritten whole, with the row: nothing in the ledger tells, an anchor and a hash do', async () => {
    const events = await chain()
    await forge(
      events.map((event) => (event.kind === 'command.created' ? { ...event, actor: 'key:else' } : event)),
    )
    await thief.query(`update command set origin = 'key:else' where account_id = ${ACCOUNT}`)
    expect(await reasons()).toEqual([])
    expect(await reasons({ anchors })).toContainEqual(
      expect.stringMatching(/its hash is not the one that was written down/),
    )
    expect(await reasons({ hashes: [events.at(-1)?.hash ?? ''] })).toHaveLength(1)
    // One that was kept from before the first change says nothing of what came later.
    const first = events[0] as StoredAudit
    expect(await reasons({ hashes: [first.hash] })).toEqual([])
  })

  test('an account that is gone with all that is its own', async () => {
    for (const table of TABLES) await thief.query(`delete from ${table} where account_id = ${ACCOUNT}`)
    expect((await reasons()).join('\n')).toMatch(/account 1 has events, but no row/)
    expect((await reasons({ anchors })).join('\n')).toMatch(/the account was there on .*, and is missing/)
  })

  test('the head of the account', async () => {
    await thief.query(`update account set audit_hash = repeat('a', 64) where account_id = ${ACCOUNT}`)
    expect(await reasons()).toContainEqual(expect.stringMatching(/last event’s hash is not the one/))
  })
})

describe('a row behind its events', () => {
  const of = `where account_id = ${ACCOUNT}`
  test.each([
    ['a command’s status', `update command set status = 'failed' ${of}`, /command .*: status is failed/],
    ['a command’s payload', `update command set payload = payload || '{"volume": 9}' ${of}`, /payload is/],
    ['a command deleted', `delete from command ${of}`, /has events, but no row/],
    [
      'a command made',
      `insert into command select (jsonb_populate_record(c, '{"command_id": "mine", "command_no": 77}')).* from command c ${of} limit 1`,
      /command mine is in the ledger, but no event tells of it/,
    ],
    [
      'a trade’s profit',
      `update trade set profit = 500 ${of} and status = 'closed'`,
      /trade 73: profit is 500/,
    ],
    ['a trade’s volume', `update trade set volume = 9 ${of} and status = 'open'`, /volume is 9/],
    ['a trade deleted', `delete from trade ${of} and ticket = 73`, /trade 73 has events, but no row/],
    ['the epoch', `update account set epoch = 7 ${of}`, /epoch is 7/],
    ['the epoch of the system', 'update account set epoch = 7 where account_id = 0', /epoch is 7/],
    ['the number of commands', `update account set command_no = 1 ${of}`, /command_no is 1/],
    ['a counter', `update account set commands_failed = 7 ${of}`, /commands_failed is 7/],
    ['the owner', `update ea_connection set owner_journal_id = null ${of}`, /owner_journal_id is null/],
    ['a journal', `update ea_journal set epoch = 9 ${of}`, /journal .*epoch is 9/],
    ['a generation', `delete from generation ${of}`, /generation .*has events, but no row/],
    ['an orphan', `update orphan_result set status = 'failed' ${of}`, /orphan lost: status is failed/],
    [
      'a strategy’s number',
      `update strategy set strategy_no = strategy_no - 1 ${of}`,
      /strategy .*strategy_no is/,
    ],
    ['a key’s scopes', `update api_key set scopes = '{admin}' ${of}`, /key .*scopes is/],
    ['a key’s secret', `update api_key set secret_hash = repeat('b', 64) ${of}`, /key .*secret_check is/],
    [
      'a key that lives again',
      'update api_key set expires_at = null, revoked_at = now() where account_id is null',
      /revoked_at is/,
    ],
    [
      'a key made',
      `insert into api_key select (jsonb_populate_record(k, '{"key_id": "mine"}')).* from api_key k ${of} limit 1`,
      /key mine is in the ledger, but no event tells of it/,
    ],
    ['an account’s login', `update account set account_number = 666 ${of}`, /account_number is 666/],
  ])('%s', async (_, attack, found) => {
    const { rowCount } = await thief.query(attack)
    expect(rowCount).toBeGreaterThan(0)
    expect((await reasons()).join('\n')).toMatch(found)
  })
})
