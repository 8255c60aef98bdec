// Contract §9: six conditions, each with since when and why. A table; the day begins at 1,000,000 ms.
import { expect, test } from 'vitest'
import {
  type ConditionFacts,
  type Conditions,
  conditionsOf,
  hello,
  NEW_HEALTH,
  NOTHING_SAID,
  said,
  signOfLife,
} from '../src/index.ts'

const BEGAN = 1_000_000
const policy = {
  heartbeat_timeout_ms: 60_000,
  max_consecutive_failures: 3,
  min_health_score: 50,
  degradation: 10,
  recovery: 5,
}
const NEW: ConditionFacts = {
  ...NEW_HEALTH,
  ...NOTHING_SAID,
  protocol: null,
  connected_at: null,
  account_info: null,
  last_sync_at: null,
  synced_since: null,
  drifted: false,
  drifted_since: null,
  replaying: false,
}
const WELL: ConditionFacts = {
  ...NEW,
  ...signOfLife(NEW_HEALTH, BEGAN),
  ...hello(NOTHING_SAID, { terminal_connected: true, trade_blocked_by: [] }, BEGAN + 1),
  protocol: 2,
  last_seen_at: BEGAN + 50_000,
  last_sync_at: BEGAN + 40_000,
  synced_since: BEGAN + 10_000,
}
const NOW = BEGAN + 60_000
const beside = {
  quotes: { newest_at: BEGAN + 59_000, fresh_since: BEGAN + 3_000 },
  suspects: [],
  sync_interval_ms: 30_000,
  keyless_hello_at: null as number | null,
}

const look = (facts: Partial<ConditionFacts>, more: Partial<typeof beside> | object = {}, now = NOW) =>
  conditionsOf({ ...WELL, ...facts }, { ...beside, ...more }, policy, now)

test('all is well: since when, of each', () => {
  expect(look({})).toEqual({
    ea_link: { is: true, since: BEGAN, cause: 'the EA speaks' },
    broker_link: { is: true, since: BEGAN + 1, cause: 'the terminal is connected to its trade server' },
    trading_allowed: { is: true, since: BEGAN + 1, cause: 'terminal, EA and trade server allow it' },
    quotes_fresh: { is: true, since: BEGAN + 3_000, cause: 'quotes come in' },
    in_sync: { is: true, since: BEGAN + 10_000, cause: 'the last full list and the ledger agree' },
    drifted: { is: false, since: null, cause: 'nothing that was compared differs' },
  } satisfies Conditions)
})

test('before the first word nothing is claimed', () => {
  const told = conditionsOf(NEW, { ...beside, quotes: null }, policy, NOW)
  expect(Object.values(told).map(({ is, since }) => [is, since])).toEqual([
    [false, null],
    [null, null],
    [null, null],
    [null, null],
    [false, null],
    [false, null],
  ])
})

const blocked = (...trade_blocked_by: ('TERMINAL_TRADE_ALLOWED' | 'ACCOUNT_TRADE_EXPERT')[]) =>
  said(WELL, { trade_blocked_by }, BEGAN + 20_000)

test.each<[string, Partial<ConditionFacts>, object, Partial<Record<keyof Conditions, unknown[]>>]>([
  // Silence: since the last word; and then nobody knows of the terminal (S1).
  ['silent', { last_seen_at: BEGAN - 1 }, {}, { ea_link: [false, BEGAN - 1, /silent/], broker_link: [null] }],
  [
    'silent by the record',
    { state: 'failed', consecutive_failures: 3, last_seen_at: BEGAN - 180_000 },
    {},
    {
      ea_link: [false, BEGAN - 180_000, /within 3 intervals of 60 s/],
      trading_allowed: [null, BEGAN - 180_000],
    },
  ],
  [
    'a hello without a key, and nothing since',
    { last_seen_at: BEGAN - 1 },
    { keyless_hello_at: BEGAN + 9 },
    { ea_link: [false, BEGAN + 9, /npx ngtb enroll/] },
  ],
  ['a hello without a key of one that speaks', {}, { keyless_hello_at: BEGAN + 9 }, { ea_link: [true] }],
  [
    'a goodbye',
    { state: 'disconnected', state_since: BEGAN + 7 },
    {},
    { ea_link: [false, BEGAN + 7, /goodbye/] },
  ],
  [
    'the trade server is gone',
    said(WELL, { terminal_connected: false }, BEGAN + 30_000),
    {},
    { broker_link: [false, BEGAN + 30_000, /lost its trade server/], trading_allowed: [true, BEGAN + 1] },
  ],
  [
    'an EA that says nothing of it',
    { ...NOTHING_SAID },
    {},
    { broker_link: [null], trading_allowed: [null] },
  ],
  [
    'two switches are off',
    blocked('TERMINAL_TRADE_ALLOWED', 'ACCOUNT_TRADE_EXPERT'),
    {},
    {
      trading_allowed: [
        false,
        BEGAN + 20_000,
        /Algo Trading.*TERMINAL_TRADE_ALLOWED; .*ACCOUNT_TRADE_EXPERT/,
      ],
    },
  ],
  [
    'an EA that said it with its account',
    { ...NOTHING_SAID, connected_at: BEGAN + 5, account_info: { trade_allowed: false } },
    {},
    { trading_allowed: [false, BEGAN + 5, /investor password/] },
  ],
  [
    'no quote for a minute',
    {},
    { quotes: { newest_at: BEGAN, fresh_since: BEGAN } },
    { quotes_fresh: [false, BEGAN, /market may be closed/] },
  ],
  ['lists stay away', { last_sync_at: NOW - 90_001 }, {}, { in_sync: [false, NOW - 90_001, /within 90 s/] }],
  ['a list at the last moment', { last_sync_at: NOW - 90_000 }, {}, { in_sync: [true] }],
  [
    'suspects: since the first of them (R4)',
    {},
    { suspects: [7, 8, 9, 10, 11, 12].map((n) => ({ ticket: `${n}`, absent_since: BEGAN + n })) },
    { in_sync: [false, BEGAN + 7, /7, 8, 9, 10, 11 and 1 more/] },
  ],
  [
    'drifted (R13)',
    { drifted: true, drifted_since: BEGAN + 9 },
    {},
    { drifted: [true, BEGAN + 9, /R13/], in_sync: [false, BEGAN + 9, /see drifted/] },
  ],
  [
    'agreed again',
    { drifted_since: BEGAN + 30_000 },
    {},
    { drifted: [false, BEGAN + 30_000], in_sync: [true, BEGAN + 30_000] },
  ],
  ['the database went back', { replaying: true }, {}, { in_sync: [false, null, /replays/] }],
])('%s', (_, facts, more, expected) => {
  const told = look(facts, more)
  for (const [name, [is, since, cause]] of Object.entries(expected)) {
    const condition = told[name as keyof Conditions]
    expect(condition.is).toBe(is)
    if (since !== undefined) expect(condition.since).toBe(since)
    if (cause !== undefined) expect(condition.cause).toMatch(cause as RegExp)
  }
})

test('since moves with the value alone (S2)', () => {
  const first = hello(NOTHING_SAID, { terminal_connected: true, trade_blocked_by: ['MQL_TRADE_ALLOWED'] }, 1)
  const again = said(first, { terminal_connected: true, trade_blocked_by: ['MQL_TRADE_ALLOWED'] }, 2)
  expect(again).toEqual(first)
  expect(again.trade_blocked_by).toBe(first.trade_blocked_by)
  // A heartbeat that leaves it out says nothing against it; a hello does: another program may speak.
  expect(said(first, {}, 3)).toEqual(first)
  expect(hello(first, {}, 3)).toEqual({
    ...NOTHING_SAID,
    terminal_connected_since: 3,
    trade_blocked_since: 3,
  })
  expect(said(first, { trade_blocked_by: [] }, 4)).toMatchObject({
    trade_blocked_by: [],
    trade_blocked_since: 4,
  })
})
