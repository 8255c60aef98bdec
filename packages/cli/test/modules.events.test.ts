// What a module is told goes on behind the last, across its death (M2); an event that ends it each time is left out
// (W3).
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type House, openHouse, QUICK, until } from './modules/house.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

/** An order of these tests is never too late, however busy the machine is. */
const ttl_ms = 600_000
const ONE = '11111111'
let house: House
beforeAll(async () => {
  house = await openHouse({ NGTB_RATE_CREATE: '10', NGTB_LOG_LEVEL: 'error' })
  await house.ea(ONE)
})
afterAll(() => house.stop())

test('events go on behind the last one, across its death; one that ends it three times is left out (M2, W3)', async () => {
  const client = await house.client(ONE)
  const beside = await house.modules({ witness: {} })
  const status = () => beside.host.status()[0]
  await until(() => status()?.state === 'running')
  const open = async (comment: string) => {
    const order = { symbol: 'EURUSD', order_type: 'BUY', volume: 0.01, comment, ttl_ms } as const
    expect(await (await client.openTrade(order)).settled()).toMatchObject({ kind: 'completed' })
  }
  const told = async () => {
    const seen = new Set(house.said(/^witness \d+$/).map(({ message }) => Number(message.split(' ')[1])))
    const all = (await client.audit({ kind: 'trade.*' }).all()).map(({ seq }) => seq)
    return { seen, newer: all.filter((seq) => seq > first) }
  }
  let first = Number.MAX_SAFE_INTEGER
  first = Math.max(...(await client.audit({ kind: 'trade.*' }).all()).map(({ seq }) => seq))
  for (let at = 0; at < 3; at++) await open('before')
  await until(async () => (await told()).seen.size >= 3)
  process.kill(status()?.pid ?? 0, 'SIGKILL')
  for (let at = 0; at < 3; at++) await open('while it is away')
  await until(() => (status()?.restarts ?? 0) >= 1)
  await until(async () => {
    const { seen, newer } = await told()
    return newer.length >= 6 && newer.every((seq) => seen.has(seq))
  })
  await beside.stop()

  const poisoned = await house.modules({ witness: { poison: 'poison' } }, { ...QUICK, backoff_max_ms: 200 })
  await until(() => poisoned.host.status()[0]?.state === 'running')
  await open('poison')
  await open('after')
  const left = await until(
    () => house.said(/^module witness failed: poisoned.*it is left out from now on/)[0],
  )
  const seq = Number(/The event (\d+) ended it/.exec(left.message)?.[1])
  const newest = Math.max(...(await client.audit({ kind: 'trade.*' }).all()).map((one) => one.seq))
  expect(newest).toBeGreaterThan(seq)
  await until(async () => (await told()).seen.has(newest))
  expect(house.said(new RegExp(`^witness ${seq}$`))).toHaveLength(3)
  await poisoned.stop()
})
