// F29: whatever is thrown at a door, it answers with something other than a 5xx, in its own words. Seeded.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  DOORS,
  type Door,
  expectClear,
  goodBody,
  keyFor,
  knock,
  pathOf,
  smallWorld,
  titled,
  type World,
} from './support/doors.ts'

const SEED = 20_260_801
const RUNS = 200

let w: World
beforeAll(async () => {
  w = await smallWorld()
})
afterAll(() => w.t.stop())

interface Node {
  properties?: Record<string, Node>
}

const odd = fc.oneof(
  { weight: 4, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      0,
      -0,
      -1,
      1,
      1.5,
      5e-324,
      1e15,
      1e300,
      2 ** 53,
      -(2 ** 63),
      946_684_800,
      4_102_444_799_999,
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      '',
      '0',
      '1',
      '9223372036854775807',
      '9223372036854775808',
      'BUY',
      'SELL',
      'completed',
      'failed',
      'INFO',
      'EURUSD',
      '2024.01.01 00:00:00',
      '99',
      'HIGH',
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .string({ unit: 'binary', maxLength: 300 })
      .map((text) => text.toWellFormed().replaceAll('\0', '')),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      [],
      {},
      [[]],
      [{}],
      { ticket: 5 },
      { retcode: 10009 },
      { sl: '1' },
      { closed: [1, '2', {}, { ticket: 7 }] },
    ),
  },
)

/** The good body with some of its fields replaced, left out, or joined by others. */
const altered = (good: Record<string, unknown>, names: string[]) =>
  fc
    .record({
      replaced: fc.dictionary(fc.constantFrom(...names), odd, { maxKeys: 4 }),
      dropped: fc.subarray(names, { maxLength: Math.min(2, names.length) }),
      added: fc.dictionary(
        fc.string({ maxLength: 8 }).filter((name) => name !== '__proto__'),
        odd,
        { maxKeys: 1 },
      ),
    })
    .map(({ replaced, dropped, added }) => {
      const body: Record<string, unknown> = { ...good, ...replaced, ...added }
      for (const name of dropped) delete body[name]
      return body
    })

/** A text with a few of its characters changed. */
const torn = (text: string) =>
  fc
    .array(
      fc.tuple(
        fc.nat(text.length),
        fc.nat(6),
        fc.constantFrom(
          '',
          '"',
          '{',
          '}',
          '[',
          ']',
          ',',
          ':',
          '\\',
          '\0',
          '0',
          'e9',
          '-',
          '\\u0000',
          '\\ud800',
          '9'.repeat(20),
        ),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((cuts) =>
      cuts.reduce((torn, [at, length, sign]) => torn.slice(0, at) + sign + torn.slice(at + length), text),
    )

const talking = DOORS.filter(({ endpoint }) => endpoint.method === 'POST' && endpoint.body)

describe.each(titled(talking))('F29 %s', (_, door: Door) => {
  const say = (body: unknown) =>
    knock(w.t, door, pathOf(door, w.a), { key: keyFor(door, w.a, w.admin), body })

  test(`${RUNS} altered bodies`, async () => {
    const good = { payload: {}, ...goodBody(door, w.a) }
    const names = Object.keys((door.endpoint.body as Node).properties ?? {})
    await fc.assert(
      fc.asyncProperty(altered(good, names), async (body) =>
        expectClear(await say(body), JSON.stringify(body)),
      ),
      { seed: SEED, numRuns: RUNS },
    )
  })

  test(`${RUNS} torn texts`, async () => {
    const text = JSON.stringify(goodBody(door, w.a))
    await fc.assert(
      fc.asyncProperty(torn(text), async (body) => expectClear(await say(body), body)),
      { seed: SEED, numRuns: RUNS },
    )
  })
})

const PAYLOADS: Record<string, Record<string, unknown>> = {
  OPEN_TRADE: {
    symbol: 'EURUSD',
    order_type: 'BUY',
    volume: 0.1,
    sl: 1,
    tp: 2,
    comment: 'c',
    magic: 1,
    deviation: 1,
  },
  MODIFY_TRADE: { ticket: '1004', sl: 1, tp: 2 },
  CLOSE_TRADE: { ticket: '1004', reason: 'r' },
  CLOSE_ALL: { symbol: 'EURUSD', magic: 1, reason: 'r' },
}

describe.each(Object.entries(PAYLOADS))('F32 %s', (type, good) => {
  const door = (name: string) => DOORS.find((one) => one.name === name) as Door
  test(`${RUNS} payloads, each answered oddly where it was taken`, async () => {
    let made = 0
    const create = door('v1_command_create')
    const rows = fc.tuple(
      altered(good, Object.keys(good)),
      fc.constantFrom('completed', 'failed'),
      fc.dictionary(
        fc.constantFrom(
          'ticket',
          'open_price',
          'sl',
          'tp',
          'retcode',
          'error',
          'close_price',
          'profit',
          'closed',
          'time',
          'volume',
        ),
        odd,
        { maxKeys: 5 },
      ),
    )
    await fc.assert(
      fc.asyncProperty(rows, async ([payload, status, response]) => {
        const command_id = `fuzz-${type}-${++made}`
        const created = await knock(w.t, create, pathOf(create, w.a), {
          key: w.admin,
          body: { type, payload, command_id },
        })
        expectClear(created, JSON.stringify(payload))
        if (created.status !== 201) return
        await knock(w.t, door('get_commands'), '/api/get_commands', { key: w.a.ea_key, body: {} })
        const body = { command_id, status, response }
        expectClear(
          await knock(w.t, door('command_response'), '/api/command_response', { key: w.a.ea_key, body }),
          JSON.stringify(body),
        )
      }),
      { seed: SEED, numRuns: RUNS },
    )
  })
})

test('R10: rows of a sync, altered', async () => {
  const row = {
    ticket: 5,
    symbol: 'EURUSD',
    direction: 'BUY',
    volume: 0.1,
    open_price: 1,
    open_time: 1_700_000_000,
    sl: 1,
    tp: 2,
    profit: 0,
    swap: 0,
    commission: 0,
    comment: '',
    magic: 0,
  }
  const door = DOORS.find(({ name }) => name === 'trades_sync') as Door
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(altered(row, Object.keys(row)), odd), { maxLength: 4 }),
      async (trades) => {
        const answer = await knock(w.t, door, '/api/trades/sync', { key: w.a.ea_key, body: { trades } })
        expectClear(answer, JSON.stringify(trades))
        expect(answer.status, answer.text).toBe(200)
      },
    ),
    { seed: SEED, numRuns: RUNS },
  )
})

test('P13: after all that the chain is whole, and every fold agrees', async () => {
  const { body } = await w.t.call('webui', 'POST', '/api/v1/audit/verify', { key: w.admin })
  expect(body).toMatchObject({ whole: true, problems: [] })
})
