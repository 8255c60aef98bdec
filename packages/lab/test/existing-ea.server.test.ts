// The existing EA, byte for byte, against the real server: nothing is executed twice, no trade stays wrong, nothing
// that was acknowledged is lost (docs/spec/legacy-ea.md).
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeAnsi } from '../src/conform/existing-ea/index.ts'
import { House, type Player } from './existing-ea-house.ts'

const house = new House()
beforeAll(() => house.start(), 300_000)
afterAll(() => house.remove(), 60_000)

let login = 7_000_000n
const players: Player[] = []
const begin = async (...over: Parameters<House['player']> extends [bigint, ...infer Rest] ? Rest : never) => {
  const player = house.player(++login, ...over)
  players.push(player)
  await player.ea.start()
  await player.ea.idle()
  return player
}
const opened = (player: Player) =>
  player.terminal.orders.filter((one) => one.action === 'DEAL' && one.position === undefined).length
const EUR = { symbol: 'EURUSD', direction: 'BUY', volume: 0.1 } as const

test('first start: enrolled, streaming, and an OPEN there and back', async () => {
  const player = await begin()
  expect(player.ea.key_file.api_key).toMatch(/^ngt_live_/)
  expect(player.ea.symbols.length).toBeGreaterThan(0)
  const id = await player.open({ comment: 'first' })
  await player.settled(id, 'completed')
  await player.agreed()
  const [position] = player.terminal.positions()
  expect(await player.trade(position?.ticket ?? 0n)).toMatchObject({
    command_id: id,
    status: 'open',
    sl: 1.08,
  })
  expect((await player.look()).connection).toMatchObject({ dialect: 'legacy', state: 'connected' })
  // 200 and 403 are all that it understands.
  expect([...player.ea.statuses.keys()]).toEqual([200])
}, 120_000)

test('it begins again with its key file, and its positions are as they were', async () => {
  const player = await begin()
  player.terminal.openByHand(EUR)
  await player.agreed()
  await player.ea.stop()
  const again = house.player(login, { terminal: player.terminal, key_file: player.ea.key_file })
  await again.ea.start()
  await again.agreed()
  expect(again.ea.key_file.api_key).toBe(player.ea.key_file.api_key)
}, 120_000)

describe('answers that get lost', () => {
  test('the reply with the OPEN never arrived: it is not sent again, and a person can settle it', async () => {
    const player = await begin()
    const id = await player.open()
    for (const path of ['/api/get_commands', '/api/heartbeat']) player.ea.loseAnswers(path, 3)
    await player.settled(id, 'timeout')
    await player.turn(40)
    expect(opened(player)).toBe(0)
    expect(await player.status(id)).toBe('timeout')
  }, 120_000)

  test('the answer to the OPEN never arrived: its position completes it, once', async () => {
    const player = await begin()
    const id = await player.open()
    player.ea.loseAnswers('/api/command_response', 1)
    // The request was made, and only its answer is lost: the server has it.
    await player.settled(id, 'completed')
    expect(opened(player)).toBe(1)
    await player.agreed()
  }, 120_000)

  test('the EA could say nothing while it opened: its position completes the OPEN afterwards', async () => {
    const player = await begin()
    const id = await player.open()
    player.ea.loseRequests('/api/command_response', 1)
    player.ea.loseRequests('/api/trades/update', 2)
    await player.settled(id, 'completed')
    expect(opened(player)).toBe(1)
    const [position] = player.terminal.positions()
    expect(await player.trade(position?.ticket ?? 0n)).toMatchObject({ command_id: id })
  }, 120_000)

  test('a CLOSE is handed out again, and "not found" is what it wants', async () => {
    const player = await begin()
    const { ticket } = player.terminal.openByHand(EUR)
    await player.agreed()
    const { command_id } = await player.command('CLOSE_TRADE', { ticket: String(ticket) })
    player.ea.loseRequests('/api/command_response', 1)
    await player.settled(command_id, 'completed')
    await player.agreed()
    expect(player.terminal.positions()).toEqual([])
  }, 120_000)
})

test('an outage: ticks are kept and come once, trades of meanwhile are found', async () => {
  const player = await begin()
  const kept = player.terminal.openByHand(EUR)
  const gone = player.terminal.openByHand(EUR)
  await player.agreed()
  player.ea.offline = true
  await player.turn(20)
  // A stop is hit, one is closed by hand, one is opened: nobody hears of it.
  player.terminal.closeByHand(gone.ticket)
  player.terminal.openByHand({ symbol: 'GBPUSD', direction: 'SELL', volume: 0.2 })
  await player.turn(20)
  expect(await player.trade(gone.ticket)).toMatchObject({ status: 'open' }) // silence closes nothing (R10)
  player.ea.offline = false
  await player.agreed()
  expect(await player.trade(gone.ticket)).toMatchObject({ status: 'closed' })
  expect(await player.trade(kept.ticket)).toMatchObject({ status: 'open' })
  await player.until('the backlog is gone', () => player.ea.backlog <= 3)
}, 120_000)

test('ticks of which it heard no answer come again, and are there once', async () => {
  const player = await begin()
  await player.agreed()
  await player.until('nothing waits', () => player.ea.backlog <= 3)
  const sent = () => player.ea.sent.filter(({ path }) => path === '/api/ticks')
  const before = (await player.look()).connection.tick_count
  const [from, times] = [sent().length, 3]
  player.ea.breakOff('/api/ticks', times)
  await player.turn(times + 2)
  await player.until('nothing waits', () => player.ea.backlog <= 3)
  // What was taken, each once: the bodies that were answered, all of them together.
  const taken = sent()
    .slice(from)
    .filter(({ status }) => status === 200)
    .reduce((sum, { body }) => sum + (JSON.parse(decodeAnsi(body)) as { ticks: unknown[] }).ticks.length, 0)
  await player.until('the count', async () => (await player.look()).connection.tick_count >= before + taken)
  expect((await player.look()).connection.tick_count).toBe(before + taken)
}, 120_000)

test('a weekend: no quotes, so no heartbeats; polls keep it alive', async () => {
  const player = await begin()
  await player.agreed()
  const before = player.ea.requests.get('/api/heartbeat') ?? 0
  for (let n = 0; n < 30; n++) {
    await player.ea.timer()
    await player.ea.idle()
  }
  expect(player.ea.requests.get('/api/heartbeat') ?? 0).toBe(before)
  expect((await player.look()).connection).toMatchObject({ state: 'connected', healthy: true })
}, 120_000)

test('a stop that is hit: closed, by whom, and its levels survive', async () => {
  const player = await begin()
  const { ticket } = player.terminal.openByHand({ ...EUR, sl: 1.085, tp: 1.1 })
  await player.agreed()
  player.terminal.quote('EURUSD', 1.085, 1.08502)
  await player.ea.idle()
  await player.until('closed', async () => (await player.trade(ticket)).status === 'closed')
  expect(await player.trade(ticket)).toMatchObject({ sl: 1.085, tp: 1.1, close_reason: 'SL_HIT' })
  expect(JSON.stringify(await player.look(`/trades/${ticket}/history`))).toContain('"sl"')
}, 120_000)

test('parts that are closed by hand, and levels that are moved by hand', async () => {
  const player = await begin()
  const { ticket } = player.terminal.openByHand({ ...EUR, volume: 0.3, sl: 1.08, tp: 1.1 })
  await player.agreed()
  player.terminal.closeByHand(ticket, 0.1)
  await player.agreed()
  expect(await player.trade(ticket)).toMatchObject({ status: 'open', volume: 0.2 })
  player.terminal.modifyByHand(ticket, 1.082, 1.099)
  await player.until('the levels', async () => (await player.trade(ticket)).sl === 1.082)
  player.terminal.closeByHand(ticket)
  await player.agreed()
  expect(await player.trade(ticket)).toMatchObject({ status: 'closed' })
}, 120_000)

test('two EAs on one login: every event twice, every command once', async () => {
  const first = await begin()
  const second = house.player(login, { terminal: first.terminal, key_file: first.ea.key_file })
  await second.ea.start()
  const ids = await Promise.all(Array.from({ length: 6 }, (_, n) => first.open({ comment: `n${n}` })))
  await first.until('all are done', async () => {
    await second.turn()
    return (await Promise.all(ids.map((id) => first.status(id)))).every((status) => status === 'completed')
  })
  expect(first.terminal.positions()).toHaveLength(6)
  await first.until('they agree', async () => {
    await second.turn()
    return first.agree()
  })
  const { items } = await first.look('/audit?kind=trade.opened&limit=100')
  expect(items).toHaveLength(6)
  await second.ea.stop()
}, 120_000)

test('names in another code page, quotes in them, and 64-bit tickets', async () => {
  const player = await begin({}, { company: 'Zürich "Best" Börse\\AG' })
  player.terminal.next_ticket = 9_007_199_254_740_993n
  const id = await player.open({ comment: 'long ticket' })
  await player.settled(id, 'completed')
  await player.agreed()
  expect(await player.trade('9007199254740993')).toMatchObject({ command_id: id, ticket: '9007199254740993' })
  const { command_id } = await player.command('CLOSE_TRADE', { ticket: '9007199254740993' })
  await player.settled(command_id, 'completed')
  await player.agreed()
  expect([...player.ea.statuses.keys()]).toEqual([200])
}, 120_000)

test('CLOSE_ALL: all of them, whoever opened them; and it is done', async () => {
  const player = await begin()
  for (let n = 0; n < 4; n++) player.terminal.openByHand(EUR)
  await player.agreed()
  const { command_id } = await player.command('CLOSE_ALL', {})
  await player.settled(command_id, 'completed')
  expect(player.terminal.positions()).toEqual([])
  await player.agreed()
}, 120_000)

test('a refusal names its reason; one that left positions is found all the same', async () => {
  const player = await begin()
  const refused = await player.open({ tp: 1.0901 })
  await player.until('an answer', async () => (await player.status(refused)) !== 'executing')
  // 10008 does not stop its loop over the filling modes: it says "failed", and positions are there.
  player.terminal.failNext({ retcode: 10008, sent: true, effect: 'all' }, 3)
  const id = await player.open()
  await player.until('positions', () => player.terminal.positions().length > 0)
  await player.agreed()
  expect(['failed', 'completed']).toContain(await player.status(id))
}, 120_000)

test('the server begins again in the middle of a batch: nothing twice, nothing lost', async () => {
  const player = await begin()
  const ids = await Promise.all(Array.from({ length: 5 }, (_, n) => player.open({ comment: `b${n}` })))
  await player.turn() // some are handed out
  await house.stop()
  await player.turn(5)
  await house.start()
  await player.until('all are settled or unknown', async () => {
    const now = await Promise.all(ids.map((id) => player.status(id)))
    return now.every((status) => ['completed', 'timeout', 'expired'].includes(status))
  })
  await player.agreed()
  expect(opened(player)).toBe(player.terminal.positions().length)
  const done = await Promise.all(ids.map((id) => player.status(id)))
  expect(done.filter((status) => status === 'completed').length).toBeGreaterThan(0)
}, 180_000)

test('none of them died of what it was told', () => {
  expect(players.map(({ ea }) => ea.died)).toEqual(players.map(() => null))
})
