// The examples, run as a user runs them, and what they did at the broker.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSimulatedEa, readTickFile } from '@ngtb/ea-sim'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type House, openHouse, until } from './modules/house.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const example = (name: string) => fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url))
const TSX = import.meta.resolve('tsx')
const [ONE, TWO] = ['12345678', '22222222']
const dir = mkdtempSync(join(tmpdir(), 'ngtb-examples-'))
const children = new Set<ChildProcess>()
let house: House
let one: Awaited<ReturnType<House['ea']>>
let key: string
beforeAll(async () => {
  house = await openHouse()
  one = await house.ea(ONE)
  const wanted = { account_id: null, scopes: ['admin'] as const, label: 'test' }
  key = (await house.running.server.services.keys.create(wanted, 'test')).api_key
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await house.stop()
  rmSync(dir, { recursive: true, force: true })
})

/** A program in a process of its own; `text()` is all that it has said. */
function run(name: string, ...args: string[]) {
  const env = { PATH: process.env.PATH, NGTB_URL: house.running.url, NGTB_API_KEY: key }
  const child = spawn(process.execPath, ['--import', TSX, example(name), ...args], { cwd: dir, env })
  children.add(child)
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += chunk
    })
  const closed = once(child, 'close')
  return {
    text: () => text,
    ended: async () => (await closed)[0] as number | null,
    end: async () => {
      child.kill('SIGTERM')
      return (await closed)[0] as number | null
    },
  }
}

const close = async (ticket: string) => {
  const client = await house.client(ONE)
  expect(await (await client.closeTrade({ ticket })).settled()).toMatchObject({ kind: 'completed' })
}

test('place-an-order.ts opens one position', async () => {
  const program = run('place-an-order.ts')
  await until(() => {
    one.price(1.1)
    return one.broker.positions().length === 1
  })
  expect(await program.ended()).toBe(0)
  expect(program.text()).toMatch(/^completed \d+\n$/)
  const [position] = one.broker.positions()
  expect(position).toMatchObject({ symbol: 'EURUSD', direction: 'BUY', volume: 0.1 })
  await close(position?.ticket ?? '')
})

test('copy-trades.ts opens and closes on the other account what the first one does; a restart doubles nothing', async () => {
  const two = await house.ea(TWO)
  const client = await house.client(ONE)
  const books = join(dir, 'books.json')
  const copying = () => run('copy-trades.ts', ONE, TWO, '2', books)
  const first = copying()
  await until(() => /listening/.test(first.text()))
  const order = { symbol: 'EURUSD', order_type: 'SELL', volume: 0.1, sl: 1.2, ttl_ms: 600_000 } as const
  const outcome = await (await client.openTrade(order)).settled()
  const ticket = outcome.kind === 'completed' ? (outcome.ticket ?? '') : ''
  await until(() => two.broker.positions().length === 1)
  expect(two.broker.positions()[0]).toMatchObject({ direction: 'SELL', volume: 0.2, sl: 1.2 })
  await until(() => new RegExp(`^${ticket} copied: completed`, 'm').test(first.text()))
  expect(await first.end()).toBe(0)
  // Closed while nobody copies: found behind the last seq.
  await close(ticket)
  const second = copying()
  await until(() => two.broker.positions().length === 0)
  expect(await second.end()).toBe(0)
  const opens = (await (await house.client(TWO)).commands({ type: 'OPEN_TRADE' }).all()).length
  expect(opens).toBe(1)
})

test('record-ticks.ts writes a file that ngtb sim plays', async () => {
  const file = join(dir, 'eurusd-recorded.csv')
  const program = run('record-ticks.ts', 'EURUSD', file, ONE)
  await until(() => /recording/.test(program.text()))
  const lines = () => readFileSync(file, 'utf8').trim().split('\n')
  const prices = [1.1001, 1.1002, 1.1003, 1.1004]
  // The door stands as soon as it says so; the first ticks prove it.
  await until(() => {
    one.price(1.1)
    return lines().length > 1
  })
  for (const price of prices) one.price(price)
  await until(() => lines().some((line) => line.includes(',1.1004,')))
  expect(await program.end()).toBe(0)
  const played: number[] = []
  for await (const { bid, ask } of readTickFile(file)) {
    expect(ask).toBeCloseTo(bid + 0.0001, 6)
    played.push(bid)
  }
  expect(played.slice(-4)).toEqual(prices)
})

test('trailing-stop.ts, a module, moves the stop of an open position', async () => {
  const client = await house.client(ONE)
  one.price(1.1)
  await (
    await client.openTrade({ symbol: 'EURUSD', order_type: 'BUY', volume: 0.1, ttl_ms: 600_000 })
  ).settled()
  const beside = await house.modules({ [example('trailing-stop.ts')]: { accounts: ONE } })
  await until(() => {
    one.price(1.1025)
    return one.broker.positions()[0]?.sl === 1.1015
  })
  await beside.stop()
})

test('kill-switch.ts closes everything', async () => {
  expect(one.broker.positions()).toHaveLength(1)
  const program = run('kill-switch.ts', ONE)
  expect(await program.ended()).toBe(0)
  expect(program.text()).toBe('completed: 1 closed, 0 not\n')
  expect(one.broker.positions()).toEqual([])
})

test('moving-average.ts, a module, trades on real ticks: one position at most, and on both sides', async () => {
  const login = '33333333'
  const { desks, keys } = house.running.server.services
  const { account_id } = await desks.enrol(login, 'Test', 'test')
  const made = await keys.create({ account_id, scopes: ['ea:session'], label: 'test' }, 'test')
  const real = fileURLToPath(new URL('../../server/test/fixtures/eurusd-2020-01-01.csv', import.meta.url))
  let most = 0
  const sides = new Set<string>()
  const ea = createSimulatedEa({
    ...{ account: login, ports: house.running.ports, api_key: made.api_key },
    ...{ ticks: readTickFile(real), speed: 600, cadence: { poll_ms: 50, heartbeat_ms: 500, sync_ms: 2_000 } },
    onEvent() {
      most = Math.max(most, ea.broker.positions().length)
      for (const { direction } of ea.broker.positions()) sides.add(direction)
    },
  })
  const beside = await house.modules({
    [example('moving-average.ts')]: { accounts: login, fast: 3, slow: 10 },
  })
  await until(() => beside.host.status()[0]?.state === 'running')
  await ea.start()
  await until(() => sides.size === 2)
  expect(most).toBe(1)
  await beside.stop()
  await ea.stop()
})
