// The shipped EA against the real server: what a trader's terminal goes through. EA_SANITIZE=1: the sanitized build.
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { EaStage, type EaTerminal, until } from '../src/ea/stage.ts'
import { builtEa } from '../src/support/built-ea.ts'

const LOGIN = '12345678'
let program = ''
let stage: EaStage

beforeAll(async () => {
  program = await builtEa({ sanitize: process.env.EA_SANITIZE === '1' })
})
beforeEach(async () => {
  stage = new EaStage(program)
  await stage.start()
})
afterEach(async () => {
  await stage.close()
})

const BUY = { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 } as const
const clean = (...terminals: EaTerminal[]) => {
  for (const terminal of terminals) expect(terminal.complaints).toEqual([])
}
/** How many the server has, page by page. */
async function ticksStored(symbol: string): Promise<number> {
  let count = 0
  let cursor = ''
  do {
    const page = await stage.look(LOGIN, `/ticks?symbol=${symbol}&limit=1000${cursor}`)
    count += page.items.length
    cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : ''
  } while (cursor !== '')
  return count
}
const trade = (ticket: string) => stage.look(LOGIN, `/trades/${ticket}`)

describe.each([
  ['push', true],
  ['poll', false],
] as const)('by %s', (_how, push) => {
  const inputs = { Push: push, PollMs: 50 }

  test('1, 2: enrols, opens, modifies, closes in part and whole, places, cancels, closes all', async () => {
    const terminal = stage.terminal('one', { inputs })
    terminal.begin()
    await terminal.online()
    const client = stage.client(LOGIN)
    const opened = await (await client.openTrade(BUY)).settled()
    expect(opened).toMatchObject({ kind: 'completed' })
    const ticket = String('ticket' in opened ? opened.ticket : '')
    expect(await (await client.modifyTrade({ ticket, sl: 1.05, tp: 1.2 })).settled()).toMatchObject({
      kind: 'completed',
    })
    expect(await (await client.closePartial({ ticket, volume: 0.04 })).settled()).toMatchObject({
      kind: 'completed',
    })
    const state = await terminal.state()
    expect(state.positions).toMatchObject([{ ticket, volume: 0.06, sl: 1.05, tp: 1.2 }])
    const placed = await (
      await client.placePending({ symbol: 'EURUSD', order_type: 'BUY_LIMIT', volume: 0.2, price: 1.02 })
    ).settled()
    const order = String('ticket' in placed ? placed.ticket : '')
    await until(
      'the order is told',
      async () => (await stage.look(LOGIN, `/orders/${order}`)).ticket === order,
    )
    expect(await (await client.cancelPending({ ticket: order })).settled()).toMatchObject({
      kind: 'completed',
    })
    await (await client.openTrade({ ...BUY, order_type: 'SELL' })).settled()
    expect(await (await client.closeAll({})).settled()).toMatchObject({ kind: 'completed' })
    expect((await terminal.state()).positions).toEqual([])
    await until('the server knows', async () => (await trade(ticket)).status === 'closed')
    expect(await until('its deals', async () => (await trade(ticket)).profit !== null)).toBe(true)
    clean(terminal)
  })

  test('3: a broker whose answer is lost opens once', async () => {
    const terminal = stage.terminal('one', { inputs })
    terminal.begin()
    await terminal.online()
    const client = stage.client(LOGIN)
    await terminal.do('loseresp 1 10012')
    expect(await (await client.openTrade(BUY)).known()).toMatchObject({ kind: 'completed' })
    await terminal.do('late 1 700 10031')
    expect(await (await client.openTrade(BUY)).known()).toMatchObject({ kind: 'completed' })
    await terminal.do('losereq 1 10012')
    expect(await (await client.openTrade(BUY)).known()).toMatchObject({ kind: 'failed' })
    expect((await terminal.state()).positions).toHaveLength(2)
    clean(terminal)
  })

  test('4: killed between the execution and its report, it reports after the restart', async () => {
    const terminal = stage.terminal('one', { inputs })
    terminal.begin()
    await terminal.online()
    const client = stage.client(LOGIN)
    await terminal.do('die-at OrderSend:after 1')
    const command = await client.openTrade({ ...BUY, ttl_ms: 20_000 })
    expect(await terminal.died()).toBe(137)
    terminal.begin()
    expect(await command.known()).toMatchObject({ kind: 'completed' })
    expect((await terminal.state()).positions).toHaveLength(1)
    clean(terminal)
  })
})

test('5: what the broker, the market, the link or the trader forbids is said', async () => {
  const terminal = stage.terminal('one', { inputs: { MaxLots: 1 } })
  terminal.begin()
  await terminal.online()
  const client = stage.client(LOGIN)
  const open = async (more = {}) => (await client.openTrade({ ...BUY, ...more, ttl_ms: 3_000 })).known()
  await terminal.do('reject 10006 1')
  expect(await open()).toMatchObject({ kind: 'failed', command: { retcode: 10006 } })
  await terminal.do('requote 1')
  expect(await open()).toMatchObject({ kind: 'completed' })
  await terminal.do('market EURUSD closed')
  expect(await open()).toMatchObject({ kind: 'failed', command: { retcode: 10018 } })
  await terminal.do('market EURUSD open')
  expect(await open({ volume: 2 })).toMatchObject({ kind: 'failed' })
  await terminal.do('autotrade off')
  expect(await open()).toMatchObject({ kind: 'failed', command: { retcode: 10027 } })
  const said = async () => (await stage.look(LOGIN)).connection.conditions
  await until('trading is not allowed', async () => (await said()).trading_allowed.is === false)
  await terminal.do('autotrade on')
  await terminal.do('connect off')
  await until('the broker link is down', async () => (await said()).broker_link.is === false)
  expect(await open()).toMatchObject({ kind: 'failed' })
  await terminal.do('connect on')
  await until('the broker link is up', async () => (await said()).broker_link.is === true)
  expect(await open()).toMatchObject({ kind: 'completed' })
  clean(terminal)
})

test('5: the trader’s own guards are said by their inputs, and never keep a position open', async () => {
  const guards = { MaxPositions: 1, AllowedSymbols: 'EURUSD' }
  const terminal = stage.terminal('one', { inputs: guards, args: ['--symbols', 'GBPUSD'] })
  terminal.begin()
  await terminal.online()
  const client = stage.client(LOGIN)
  const open = async (more = {}) => (await client.openTrade({ ...BUY, ...more, ttl_ms: 3_000 })).known()
  const refused = (by: string) => ({
    kind: 'failed',
    command: { error_message: expect.stringContaining(`input ${by}`), safe_to_retry: false },
  })
  expect(await open({ symbol: 'GBPUSD' })).toMatchObject(refused('AllowedSymbols'))
  const opened = await open()
  expect(opened).toMatchObject({ kind: 'completed' })
  expect(await open()).toMatchObject(refused('MaxPositions'))
  await terminal.kill()
  const careful = stage.terminal('one', { inputs: { CloseOnly: true } })
  careful.begin()
  await careful.online()
  expect(await open()).toMatchObject(refused('CloseOnly'))
  const ticket = String('ticket' in opened ? opened.ticket : '')
  expect(await (await client.closeTrade({ ticket })).settled()).toMatchObject({ kind: 'completed' })
  expect((await careful.state()).positions).toEqual([])
  clean(terminal, careful)
})

test('5: a URL that is not allowed is named with its remedy, and all goes on when it is', async () => {
  const terminal = stage.terminal('one', { allow: ['https://elsewhere.example'] })
  terminal.begin()
  await terminal.host.waitForPrint(
    /does not allow http.*Tools > Options > Expert Advisors > Allow WebRequest for listed URL, add http/,
    60_000,
  )
  await terminal.kill()
  const allowed = stage.terminal('one')
  allowed.begin()
  await allowed.online()
  expect(await (await stage.client(LOGIN).openTrade(BUY)).settled()).toMatchObject({ kind: 'completed' })
  clean(terminal, allowed)
})

test('5: a first server that does not answer: the next one of the list is taken', async () => {
  const { command } = stage.running.ports
  const inputs = { Server: 'http://127.0.0.1:1', BackupServers: `http://127.0.0.1:${command}` }
  const terminal = stage.terminal('one', { inputs })
  terminal.begin()
  await terminal.online()
  expect(await (await stage.client(LOGIN).openTrade(BUY)).settled()).toMatchObject({ kind: 'completed' })
  clean(terminal)
})

test('6: a server that was away for a while has all ticks afterwards, by number', async () => {
  const seconds = Number(process.env.EA_OUTAGE_S ?? 8)
  const terminal = stage.terminal('one', { args: ['--tick-ms', '20', '--no-feed'] })
  terminal.begin()
  await terminal.online()
  const ticks = async () =>
    ((await terminal.do('symbols')) as Record<string, { ticks: number }>).EURUSD?.ticks ?? 0
  // The newest tick of before is the first that is streamed.
  await until('the first tick', async () => (await ticksStored('EURUSD')) === 1)
  const before = (await ticks()) - 1
  await terminal.do('feed on')
  await until('a stream', async () => (await ticksStored('EURUSD')) > 20)
  await stage.stop()
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
  await stage.start()
  await terminal.do('feed off')
  const made = (await ticks()) - before
  await until(`all ${made}`, async () => (await ticksStored('EURUSD')) >= made)
  expect(await ticksStored('EURUSD')).toBe(made)
  expect((await stage.look(LOGIN, '/tick-losses')).items).toEqual([])
  clean(terminal)
})

test('7: what a hand does in the terminal is told at once, and put down to it', async () => {
  const terminal = stage.terminal('one')
  terminal.begin()
  await terminal.online()
  const ticket = String(await terminal.do('open EURUSD 0 0.3'))
  await until('told', async () => (await trade(ticket)).status === 'open')
  await terminal.do(`modify ${ticket} 1.01 1.3`)
  await until('its levels', async () => (await trade(ticket)).sl === 1.01)
  await terminal.do(`close ${ticket} 0.1`)
  await until('its volume', async () => (await trade(ticket)).volume === 0.2)
  await terminal.do(`close ${ticket}`)
  await until('closed', async () => (await trade(ticket)).status === 'closed')
  await until('by hand', async () => (await trade(ticket)).close_reason === 'manual')
  await until('its deals', async () => {
    const { items } = await stage.look(LOGIN, '/deals')
    const of = (items as { position: string; made_by: string }[]).filter(
      ({ position }) => position === ticket,
    )
    return of.length === 3 && of.every(({ made_by }) => made_by === 'manual')
  })
  await terminal.do('deposit 500')
  await until('the deposit', async () => {
    const { items } = await stage.look(LOGIN, '/deals?kind=balance')
    return (items as { profit: number }[]).some(({ profit }) => profit === 500)
  })
  clean(terminal)
})

test('8: tickets above 2^53, names in other alphabets, quotes in comments', async () => {
  const first = '9007199254740993'
  const terminal = stage.terminal('one', {
    args: ['--first-ticket', first, '--symbols', 'ЗОЛОТО', '--company', 'Брокер "Ю"'],
  })
  terminal.begin()
  await terminal.online()
  const client = stage.client(LOGIN)
  const opened = await (await client.openTrade({ ...BUY, comment: 'a "quote" ü' })).settled()
  const ticket = String('ticket' in opened ? opened.ticket : '')
  expect(BigInt(ticket)).toBeGreaterThan(BigInt(first))
  expect((await terminal.state()).positions).toMatchObject([{ ticket, comment: 'a "quote" ü' }])
  await until('told', async () => (await trade(ticket)).comment === 'a "quote" ü')
  expect((await stage.look(LOGIN)).broker).toBe('Брокер "Ю"')
  clean(terminal)
})

test('9: a netting account: added to, reduced, reversed, closed', async () => {
  const terminal = stage.terminal('one', { args: ['--netting'] })
  terminal.begin()
  await terminal.online()
  const client = stage.client(LOGIN)
  const open = async (order_type: 'BUY' | 'SELL', volume: number) =>
    (await client.openTrade({ symbol: 'EURUSD', order_type, volume })).settled()
  const opened = await open('BUY', 0.2)
  const ticket = String('ticket' in opened ? opened.ticket : '')
  await open('BUY', 0.1)
  await open('SELL', 0.1)
  await until('0.2 again', async () => (await trade(ticket)).volume === 0.2)
  await open('SELL', 0.5)
  await until('reversed', async () => (await trade(ticket)).direction === 'SELL')
  expect(await (await client.closeTrade({ ticket })).settled()).toMatchObject({ kind: 'completed' })
  expect((await terminal.state()).positions).toEqual([])
  await until('closed', async () => (await trade(ticket)).status === 'closed')
  clean(terminal)
})

test('12: two terminals of one login: one owner, and the other takes over', async () => {
  const one = stage.terminal('one')
  one.begin()
  await one.online()
  const { api_key } = await stage.running.server.services.keys.create(
    { account_id: 1, scopes: ['ea:session'], label: 'second' },
    'test',
  )
  const two = stage.terminal('two', { inputs: { ApiKey: api_key } })
  two.begin()
  await two.host.waitForPrint(/waits as a standby/, 60_000)
  await one.kill()
  await two.host.waitForPrint(/connected to /, 60_000)
  const outcome = await (await stage.client(LOGIN).openTrade(BUY)).settled()
  expect(outcome).toMatchObject({ kind: 'completed' })
  expect((await two.state()).positions).toHaveLength(1)
  clean(one, two)
})
