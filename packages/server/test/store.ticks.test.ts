// The Store's ticks on a real PostgreSQL (P11; T1–T3 of storage/postgres/ticks.ts).
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Store, TickBatch } from '../src/ports.ts'
import { addAccounts, NOW, newAccount, openStore, rowsIn, sql } from './support/ledger.ts'
import { type FreshDatabase, freshDatabase } from './support/server.ts'

let database: FreshDatabase
let store: Store
beforeEach(async () => {
  database = await freshDatabase()
  store = openStore(database.url)
  await addAccounts(store, newAccount(1, '9223372036854775807'), newAccount(2))
})
afterEach(async () => {
  await store.close()
  await database.drop()
})

const DAY = 86_400_000
const T0 = Date.UTC(2020, 0, 1)
const tick = (n: number, fields: Partial<TickBatch['ticks'][number]> = {}) => ({
  symbol: 'EURUSD',
  time_ms: T0 + n,
  bid: 1.1,
  ask: 1.2,
  volume: n,
  ...fields,
})
const batch = (batch_id: string | null, ticks: TickBatch['ticks'], account_id = 1): TickBatch => ({
  account_id,
  batch_id,
  numbers: null,
  ticks,
  received_at: NOW,
})
const ingestBy = async (by: Store, batches: readonly TickBatch[]) =>
  (await by.ingest(batches)).map(({ fresh }) => fresh)
const ingest = (batches: readonly TickBatch[]) => ingestBy(store, batches)
const all = async (from = 0, to = 4e12, symbol = 'EURUSD', account_id = 1) =>
  (await store.ticks(account_id, symbol, from, to, { limit: 100_000, after: null })).items
const volumes = async () => (await all()).map(({ volume }) => volume)

test('P11, T1: the same batch is stored once: in one group, in the next, after a restart, by another server', async () => {
  const once = batch('b1', [tick(1), tick(2)])
  expect(await ingest([once, once, batch('b2', [tick(3)])])).toEqual([true, false, true])
  expect(await ingest([once])).toEqual([false])
  await store.close()
  store = openStore(database.url)
  expect(await ingest([once, batch('b3', [tick(4)])])).toEqual([false, true])
  const other = openStore(database.url)
  const fresh = batch('b4', [tick(5)])
  const answers = await Promise.all([ingest([fresh]), ingestBy(other, [fresh])])
  await other.close()
  expect(answers.flat().sort()).toEqual([false, true])
  expect(await volumes()).toEqual([1, 2, 3, 4, 5])
})

test('P11, P15: a batch id is the account’s own', async () => {
  expect(await ingest([batch('b1', [tick(1)]), batch('b1', [tick(2)], 2)])).toEqual([true, true])
})

test('P11: without a batch id nothing is deduplicated: equal ticks are normal', async () => {
  const same = batch(null, [tick(1), tick(1)])
  expect(await ingest([same, same])).toEqual([true, true])
  expect(await volumes()).toEqual([1, 1, 1, 1])
})

test('P11: what was refused with its group is stored when it comes again', async () => {
  const unknown_account = batch('b9', [tick(1)], 99)
  await expect(ingest([batch('b1', [tick(1)]), unknown_account])).rejects.toThrow(/tick_batch/)
  expect(await rowsIn(database.url, 'tick_view')).toBe(0)
  expect(await ingest([batch('b1', [tick(1)])])).toEqual([true])
  expect(await volumes()).toEqual([1])
})

test('T2: equal milliseconds keep the order in which they came, also after a restart', async () => {
  const sent = Array.from({ length: 400 }, (_, n) => n)
  for (const [at, part] of [sent.slice(0, 150), sent.slice(150, 300), sent.slice(300)].entries()) {
    if (at === 1) {
      await store.close()
      store = openStore(database.url)
    }
    const ticks = part.map((n) => tick(n, { time_ms: T0 }))
    await ingest([{ ...batch(`b${at}`, ticks), received_at: NOW + at }])
  }
  expect(await volumes()).toEqual(sent)
})

test('T2, T6: of two groups on their way at once, the one that came first stands first, however long it takes', async () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, n) => tick(0, { symbol: `NEW${n}`, time_ms: T0 - n * DAY }))
  await Promise.all([ingest([batch('a', [tick(1)])]), ingest([batch('b', [tick(1)])])])
  const same = { time_ms: T0 + 5 }
  await Promise.all([
    ingest([batch('slow', [...many(60), tick(1, same)])]),
    ingest([batch('quick', [tick(2, same)])]),
  ])
  expect((await all(T0 + 5, T0 + 6)).map(({ volume }) => volume)).toEqual([1, 2])
})

test('T2: a page ends between two equal milliseconds and the next goes on there', async () => {
  await ingest([
    batch(
      'b',
      Array.from({ length: 25 }, (_, n) => tick(n, { time_ms: T0 })),
    ),
  ])
  const read: number[] = []
  let after: (string | number)[] | null = null
  do {
    const page = await store.ticks(1, 'EURUSD', T0, T0 + 1, { limit: 4, after })
    read.push(...page.items.map(({ volume }) => volume))
    after = page.next
  } while (after !== null)
  expect(read).toEqual(Array.from({ length: 25 }, (_, n) => n))
})

test('T7, T8, T2: read by pages of any size, ticks come in the order of their moments and of their coming', async () => {
  let from = T0
  const offset = fc.constantFrom(0, 0, 0, 1, 2, 3_599_999, 3_600_000, DAY - 1, DAY)
  const part = fc.array(offset, { minLength: 1, maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 7 }),
      async (parts, limit) => {
        let volume = 0
        const sent = parts.map((offsets) =>
          offsets.map((at) => tick(0, { time_ms: from + at, volume: ++volume })),
        )
        for (const ticks of sent) await ingest([batch(null, ticks)])
        const read: number[] = []
        let after: (string | number)[] | null = null
        do {
          const page = await store.ticks(1, 'EURUSD', from, from + 2 * DAY, { limit, after })
          read.push(...page.items.map((one) => one.volume))
          after = page.next
        } while (after !== null)
        const wanted = sent.flat().sort((a, b) => a.time_ms - b.time_ms || a.volume - b.volume)
        expect(read).toEqual(wanted.map((one) => one.volume))
        from += 10 * DAY
      },
    ),
    { numRuns: 25 },
  )
})

test('T3: a missing day is made on demand, from 2000 to 2100, by two servers at once', async () => {
  const other = openStore(database.url)
  const days = [
    Date.UTC(2000, 0, 1),
    T0 - 1,
    T0,
    T0 + DAY - 1,
    T0 + DAY,
    Date.UTC(2099, 11, 31, 23, 59, 59, 999),
  ]
  const ticks = days.map((time_ms, n) => tick(n, { time_ms }))
  await Promise.all([ingest([batch('a', ticks)]), ingestBy(other, [batch('b', ticks)])])
  await other.close()
  expect((await all(0, 5e12)).map(({ time_ms }) => time_ms)).toEqual(days.flatMap((day) => [day, day]))
  const names = await sql<{ name: string }>(
    database.url,
    "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'tick'::regclass order by 1",
  )
  expect(names.map(({ name }) => name)).toEqual([
    'tick_20000101',
    'tick_20191231',
    'tick_20200101',
    'tick_20200102',
    'tick_20991231',
  ])
})

test('T3: a day that was dropped meanwhile is made again', async () => {
  await ingest([batch('a', [tick(1)])])
  await sql(database.url, 'drop table tick_20200101')
  await expect(ingest([batch('b', [tick(2)])])).rejects.toThrow(/partition/)
  expect(await ingest([batch('b', [tick(2)])])).toEqual([true])
  expect(await volumes()).toEqual([2])
})

test('P11: prices of five digits, and any other number, come back to the last bit', async () => {
  const quotes = Array.from({ length: 3_000 }, (_, n) => Number((1.1 + n / 100_000).toFixed(5)))
  await ingest([
    batch(
      'file',
      quotes.map((bid, n) => tick(n, { bid, ask: Number((bid + 0.00012).toFixed(5)) })),
    ),
  ])
  const stored = await all()
  expect(stored.map(({ bid }) => bid)).toEqual(quotes)
  expect(stored.map(({ ask }) => ask)).toEqual(quotes.map((bid) => Number((bid + 0.00012).toFixed(5))))
  const number = fc.double({ min: 0, max: 1e12, noNaN: true, noDefaultInfinity: true })
  let at = 10_000
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(number, number, fc.maxSafeNat()), { minLength: 1, maxLength: 20 }),
      async (rows) => {
        const from = T0 + at
        await ingest([
          batch(
            null,
            rows.map(([bid, ask, volume], n) => tick(at + n, { bid, ask, volume })),
          ),
        ])
        at += 100
        const back = await all(from, from + 100)
        expect(back.map(({ bid, ask, volume }) => [bid, ask, volume])).toEqual(rows)
      },
    ),
    { numRuns: 30 },
  )
})

test('published: tick_view says login, symbol, time and prices', async () => {
  await ingest([batch('b', [tick(7, { bid: 1.09, ask: 1.0901, volume: 3 })])])
  expect(await sql(database.url, 'select * from tick_view')).toEqual([
    {
      login: '9223372036854775807',
      symbol: 'EURUSD',
      time_ms: String(T0 + 7),
      bid: 1.09,
      ask: 1.0901,
      volume: 3,
    },
  ])
})

test('P11: the counter is the number of rows, under two servers and resends', async () => {
  const other = openStore(database.url)
  const feed = async (mine: Store, name: string) => {
    for (let n = 0; n < 30; n++) {
      const ticks = Array.from({ length: (n % 7) + 1 }, (_, at) => tick(n * 10 + at))
      const shared = batch(`s${n}`, ticks)
      await ingestBy(mine, [shared, batch(`${name}${n}`, ticks), shared, batch(null, ticks, 2)])
    }
  }
  await Promise.all([feed(store, 'a'), feed(other, 'b')])
  await other.close()
  const rows = await sql<{ account_id: number; n: string; batches: string }>(
    database.url,
    `select account_id, sum(cardinality(time_ms)) as n from tick group by 1 order by 1`,
  )
  const counted = await store.tickCounts()
  expect([...counted].sort()).toEqual(
    rows.map(({ account_id, n }) => [account_id, { ticks: Number(n), lost: 0 }]),
  )
  const [one] = await sql<{ batches: string }>(
    database.url,
    'select batches from tick_counter where account_id = 1',
  )
  expect(Number(one?.batches)).toBe(await rowsIn(database.url, 'tick_batch'))
})

test('K19: a database that came back with other symbol numbers keeps its ticks under their own names', async () => {
  await ingest([batch('a', [tick(1, { symbol: 'EURUSD' }), tick(1, { symbol: 'GBPUSD' })])])
  await sql(
    database.url,
    `truncate tick, symbol; alter table symbol alter column symbol_id restart with 1;
     insert into symbol (name) values ('GBPUSD'), ('EURUSD');
     select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ngtb ticks' and datname = current_database()`,
  )
  const again = () => ingest([batch('b', [tick(2, { symbol: 'GBPUSD' })])])
  await again().catch(again)
  expect((await all(0, 4e12, 'GBPUSD')).map(({ volume }) => volume)).toEqual([2])
})

test('T12: a stop while the first connection is being made finishes what was begun, and leaves no connection', async () => {
  const begun = [
    ingest([batch('b1', [tick(1)])]),
    store.openTickRun(1, 'run', NOW),
    store.saveBars({ account_id: 1, symbol: 'EURUSD', timeframe: 'H1', bars: [], received_at: NOW }),
  ]
  await store.close()
  await Promise.all(begun)
  const left = () =>
    sql(
      database.url,
      `select 1 from pg_stat_activity where application_name = 'ngtb ticks' and datname = current_database()`,
    )
  await vi.waitFor(async () => expect(await left()).toEqual([]), 10_000)
  await expect(ingest([batch('b2', [tick(2)])])).rejects.toMatchObject({ code: 'NGTB_STOPPING' })
  store = openStore(database.url)
  expect(await volumes()).toEqual([1])
})
