// The modules that come with the house, each against the real server with a simulated EA: what they do at the broker.
import { shippedFile } from '@ngtb/modules/host'
import type { Client } from '@ngtb/sdk'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type House, openHouse, until } from './modules/house.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

let house: House
beforeAll(async () => {
  house = await openHouse({
    NGTB_HISTORY_EVERY_SEC: '1',
    HEARTBEAT_INTERVAL_SEC: '0.3',
    MAX_HEARTBEAT_AGE_SEC: '2',
  })
})
afterAll(() => house.stop())

const runs = (beside: Awaited<ReturnType<House['modules']>>) =>
  until(() => beside.host.status()[0]?.state === 'running')

async function opened(client: Client, volume: number, more: object = {}): Promise<string> {
  const order = await client.openTrade({
    symbol: 'EURUSD',
    order_type: 'BUY',
    volume,
    ttl_ms: 600_000,
    ...more,
  })
  const outcome = await order.settled()
  if (outcome.kind !== 'completed' || outcome.ticket === undefined) throw new Error(outcome.kind)
  return outcome.ticket
}

test('trailing-stop follows the price of its magic, never back, and leaves others alone', async () => {
  const [login, ea] = ['11111111', await house.ea('11111111')]
  const client = await house.client(login)
  const mine = await opened(client, 0.1, { magic: 7, tp: 1.2 })
  const other = await opened(client, 0.1, { magic: 8 })
  const rule = { start_points: 100, distance_points: 50, step_points: 10 }
  const beside = await house.modules({
    [shippedFile('trailing-stop')]: { accounts: login, magic: 7, symbol: 'EURUSD', ...rule },
  })
  await runs(beside)
  const of = (ticket: string) => ea.broker.positions().find((one) => one.ticket === ticket)
  const stopIs = (bid: number, sl: number) =>
    until(() => {
      ea.price(bid)
      return of(mine)?.sl === sl
    })
  await stopIs(1.1015, 1.101)
  await stopIs(1.102, 1.1015)
  // Back, but not to the stop: it stays. Then on: it moves again, which proves that the way back was seen.
  ea.price(1.1017)
  await stopIs(1.103, 1.1025)
  const moves = await client.commands({ type: 'MODIFY_TRADE' }).all()
  const levels = moves.map(({ payload }) => payload.sl as number).reverse()
  expect(levels).toEqual([...levels].sort((a, b) => a - b))
  expect(of(mine)).toMatchObject({ tp: 1.2 })
  expect(of(other)?.sl ?? 0).toBe(0)
  await beside.stop()
})

const limitsOf = async (client: Client) => (await client.limits()).close_only

test('daily-loss-guard, reduce-only: what is open stays, nothing is opened any more', async () => {
  const [login, ea] = ['22222222', await house.ea('22222222')]
  const client = await house.client(login)
  await client.setLimits({ max_volume: 3 })
  await opened(client, 1)
  const beside = await house.modules({
    [shippedFile('daily-loss-guard')]: {
      accounts: login,
      max_loss: 200,
      max_loss_percent: 0,
      every_seconds: 0.3,
    },
  })
  await until(() => house.said(/^account 22222222: the broker's day .* began with/)[0])
  expect(await limitsOf(client)).toBe(false)
  ea.price(1.097)
  await until(() => limitsOf(client))
  expect(await client.limits()).toMatchObject({ max_volume: 3, close_only: true })
  await expect(opened(client, 0.1)).rejects.toMatchObject({ code: 'NGTB_LIMIT' })
  expect(ea.broker.positions()).toHaveLength(1)
  // Up again: the day stays breached, and what was closed is not opened by the guard.
  ea.price(1.2)
  await until(async () => ((await client.account()).connection.equity ?? 0) > 10_000)
  expect(await limitsOf(client)).toBe(true)
  await beside.stop()
})

test('daily-loss-guard, flatten: closed again and again, until the terminal’s own list says flat', async () => {
  const [login, ea] = ['33333333', await house.ea('33333333')]
  const client = await house.client(login)
  await opened(client, 1)
  await opened(client, 0.5)
  const place = {
    symbol: 'EURUSD',
    order_type: 'BUY_LIMIT',
    volume: 0.1,
    price: 1.05,
    ttl_ms: 600_000,
  } as const
  expect(await (await client.placePending(place)).settled()).toMatchObject({ kind: 'completed' })
  const beside = await house.modules({
    [shippedFile('daily-loss-guard')]: {
      ...{ accounts: login, max_loss_percent: 2, every_seconds: 0.3, action: 'flatten' },
    },
  })
  await until(() => house.said(/^account 33333333: the broker's day .* began with/)[0])
  // The broker refuses the first closings.
  for (let at = 0; at < 4; at++) ea.broker.conditions.rejectNext(10_004)
  ea.price(1.09)
  await until(() => ea.broker.positions().length === 0 && ea.broker.orders.all().length === 0)
  await until(() => limitsOf(client))
  // By hand, against all of it: seen in the terminal's list, and closed, too.
  const rounds = () => house.said(/^account 33333333: everything is being closed, round/).length
  const before = rounds()
  expect(before).toBeGreaterThan(0)
  ea.broker.open({ symbol: 'EURUSD', direction: 'BUY', volume: 0.1 }, { by: 'manual' })
  await until(() => rounds() > before && ea.broker.positions().length === 0)
  await beside.stop()
})

test('connection-monitor tells of an EA that is gone, once, and that it is well again', async () => {
  const login = '44444444'
  const ea = await house.ea(login)
  const beside = await house.modules({
    [shippedFile('connection-monitor')]: { accounts: login, every_seconds: 0.3, failures_max: 2 },
  })
  await runs(beside)
  await ea.kill()
  await until(
    () => house.said(/^Account 44444444 is .*: .*2 failures in a row|^Account 44444444 .*health/)[0],
  )
  await beside.stop()
})
