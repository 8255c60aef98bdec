// /ws on 9905: live ticks of a real ledger, for whom they are, from a cursor on, until the key is revoked.
import { LIVE_MESSAGES, type TicksMessage } from '@ngtb/protocol'
import { Compile } from 'typebox/compile'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Desks } from '../src/services/desks.ts'
import { openLive } from './support/live.ts'
import { type TestServer, testServer } from './support/server.ts'

let t: TestServer
let admin: string
let ea: string
beforeAll(async () => {
  t = await testServer()
  ea = await t.enrol(1111)
  await t.enrol(2222)
  admin = await t.key(['admin'])
})
afterAll(() => t.stop())

const isTicks = Compile(LIVE_MESSAGES.ticks)

async function open(key = admin) {
  const live = await openLive(t, key)
  const ticks = (): TicksMessage[] => live.heard.filter((message) => message.type === 'ticks')
  return {
    ...live,
    ticks,
    volumes: () => ticks().flatMap((message) => message.ticks.map(({ volume }) => volume)),
    say: (message: object) => live.ask({ type: 'subscribe_ticks', ...message }, 'ticks_subscribed'),
  }
}

let sent = 0
const send = async (count: number, symbol = 'EURUSD') => {
  const ticks = Array.from({ length: count }, () => ({
    ...{ symbol, bid: 1.1, ask: 1.2, timestamp: 1577916000, volume: ++sent },
  }))
  const body = { account: 1111, ticks }
  expect((await t.call('ticks', 'POST', '/api/ticks/batch', { key: ea, body })).status).toBe(200)
}
const upTo = (n: number) => Array.from({ length: n }, (_, at) => at + 1)

test('every tick, in order; from a cursor on after a break; each message as published', async () => {
  const one = await open()
  expect(await one.say({ mode: 'every', accounts: [1111] })).toMatchObject({ mode: 'every' })
  for (let n = 0; n < 5; n++) await send(120)
  await vi.waitFor(() => expect(one.volumes()).toEqual(upTo(600)))
  const cursor = one.ticks().at(-1)?.cursor
  one.socket.terminate()
  await send(7)
  const again = await open()
  await again.say({ mode: 'every', after: cursor })
  await vi.waitFor(() => expect(again.volumes()).toEqual([601, 602, 603, 604, 605, 606, 607]))
  const seqs = [...one.ticks(), ...again.ticks()].flatMap(({ ticks }) => ticks.map(({ seq }) => seq))
  expect(new Set(seqs).size).toBe(607)
  expect([...one.ticks(), ...again.ticks()].filter((message) => !isTicks.Check(message))).toEqual([])
  again.socket.terminate()
})

test('the newest: what is known at once, then what comes, only the symbols that were asked for', async () => {
  await send(3, 'USDJPY')
  const one = await open()
  await one.say({ mode: 'latest', symbols: ['USDJPY'] })
  await vi.waitFor(() => expect(one.ticks()).toHaveLength(1))
  await send(2)
  await send(2, 'USDJPY')
  await vi.waitFor(() => expect(one.ticks()).toHaveLength(2))
  expect(one.ticks().every(({ ticks }) => ticks.every(({ symbol }) => symbol === 'USDJPY'))).toBe(true)
  expect(await one.say({ mode: 'off' })).toMatchObject({ mode: 'off' })
  await send(1, 'USDJPY')
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(one.ticks()).toHaveLength(2)
  one.socket.terminate()
})

test('P15: a key of another account is told nothing of this one; wrong words say what to change', async () => {
  const stranger = await open(await t.key(['commands:read'], '2222'))
  await stranger.say({ mode: 'every' })
  expect(await stranger.say({ mode: 'every', accounts: [1111] })).toMatchObject({
    code: 'NGTB_ACCOUNT_UNKNOWN',
  })
  expect(await stranger.say({ mode: 'sometimes' })).toMatchObject({ code: 'NGTB_BODY_INVALID' })
  expect(await stranger.say({ mode: 'every', after: 9e15 })).toMatchObject({ code: 'NGTB_CURSOR_INVALID' })
  await send(3)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(stranger.ticks()).toEqual([])
  stranger.socket.terminate()
})

test('F3: a revoked key loses its ticks at once', async () => {
  const { keys } = t.server.services
  const made = await keys.create({ account_id: null, scopes: ['commands:read'], label: 'x' }, 'test')
  const one = await open(made.api_key)
  await one.say({ mode: 'every' })
  await keys.revoke(made.row.key_id, 'test')
  await vi.waitFor(() => expect(one.state.closed).toBe(4401))
})

test('an account that another process enrolled has its login, though it was met by its key alone', async () => {
  const { desks, keys } = t.server.services
  const { account_id } = await new Desks(desks.ports).enrol('3333', 'Test', 'cli')
  const made = await keys.create({ account_id, scopes: ['ea:session'], label: '' }, 'cli')
  const live = await open()
  await live.say({ mode: 'latest', symbols: ['EURUSD'] })
  const hello = { account: 3333, broker: 'Test', platform: 'MT5' }
  expect((await t.call('command', 'POST', '/api/connect', { key: made.api_key, body: hello })).status).toBe(
    200,
  )
  const body = { account: 3333, ticks: [{ symbol: 'EURUSD', bid: 1.1, ask: 1.2, timestamp: 1577916000 }] }
  await t.call('ticks', 'POST', '/api/ticks/batch', { key: made.api_key, body })
  await vi.waitFor(() => expect(live.ticks().map((message) => message.account)).toContain('3333'))
  live.socket.terminate()
})
