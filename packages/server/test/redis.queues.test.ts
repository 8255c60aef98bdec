// The lists in Redis equal the ledger, whatever was created, taken back or handed out, and whatever became of Redis.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from './support/ledger.ts'
import { type Pair, twoServers } from './support/neighbours.ts'
import { RedisServer, redisIsHere } from './support/redis.ts'
import { until } from './support/wait.ts'

const OPEN = { type: 'OPEN_TRADE', payload: { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 } }
const WANTED = {
  open: { ...OPEN, ttl_ms: 600_000 },
  urgent_open: { ...OPEN, ttl_ms: 600_000, priority: 'HIGH' },
  close_all: { type: 'CLOSE_ALL', payload: { symbol: 'NOTHING' } },
  symbols: { type: 'SUBSCRIBE_SYMBOLS', payload: { symbols: ['EURUSD'] } },
} as const

const createOne = fc.record({
  act: fc.constant('create' as const),
  wanted: fc.constantFrom(...(Object.keys(WANTED) as (keyof typeof WANTED)[])),
  at_a: fc.boolean(),
})
const act = fc.oneof(
  { weight: 8, arbitrary: createOne },
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constant('cancel' as const), nth: fc.nat(20), at_a: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('fetch' as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constantFrom('flush' as const, 'restart' as const) }) },
)
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

describe.skipIf(!redisIsHere())('with a real Redis', () => {
  let redis: RedisServer
  let two: Pair
  let made: string[] = []
  let keys = 0

  beforeAll(async () => {
    redis = await RedisServer.start()
    two = await twoServers({ env: redis.env })
  })
  afterAll(async () => {
    await two.stop()
    await redis.close()
  })

  const ledger = async () =>
    (
      await sql<{ command_id: string }>(
        two.url,
        `select command_id from command where account_id = 1 and status = 'pending' and attempt = 0
         order by priority desc, command_no`,
      )
    ).map(({ command_id }) => command_id)

  async function perform(step: Act): Promise<void> {
    switch (step.act) {
      case 'create': {
        const { body } = await (step.at_a ? two.a : two.b).create(`k${++keys}`, WANTED[step.wanted])
        if (body.command_id) made.push(body.command_id)
        return
      }
      case 'cancel': {
        const id = made[step.nth % Math.max(1, made.length)]
        if (id) await (step.at_a ? two.a : two.b).cancel(id)
        return
      }
      case 'fetch':
        return void (await two.b.ask('get_commands'))
      case 'flush':
        return void (await redis.say('FLUSHALL'))
      case 'restart':
        await redis.kill()
        return redis.start()
    }
  }

  test('the list of an account is what the ledger says is undelivered, in delivery order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 25 }), async (acts) => {
        made = []
        for (const step of acts) await perform(step)
        const expected = await ledger()
        await until(async () => JSON.stringify(await redis.list(1)) === JSON.stringify(expected))
        expect(await redis.say('LLEN', 'command_queue_1')).toBe(expected.length)
      }),
      { numRuns: 12, endOnFailure: true },
    )
  })

  test('what Redis refuses is asked again, and said once', async () => {
    await redis.say('CONFIG', 'SET', 'maxmemory', '1')
    const { body } = await two.a.create('refused', WANTED.close_all)
    const refused = () => two.at_a.said.filter((line) => line.startsWith('warn Redis refuses the lists'))
    await until(() => refused().length > 0)
    await redis.say('CONFIG', 'SET', 'maxmemory', '0')
    await until(async () => (await redis.list(1)).includes(body.command_id))
    expect(refused()).toHaveLength(1)
  })

  test('the last word before a stop is the truth', async () => {
    const { body } = await two.a.create('last-word', WANTED.close_all)
    await two.at_a.stop()
    await until(async () => (await redis.list(1)).includes(body.command_id))
    expect(await redis.list(1)).toEqual(await ledger())
  })
})
