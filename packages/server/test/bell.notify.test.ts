// The bell between servers on one database, without Redis: what is rung, what is not, and what a lost ring costs.
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import WebSocket from 'ws'
import { sql } from './support/ledger.ts'
import { NativeHand } from './support/native-ea.ts'
import { mute, type Neighbour, type Pair, serverOn, twoServers } from './support/neighbours.ts'
import { PgProxy } from './support/proxy.ts'
import { until } from './support/wait.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function pair(...options: Parameters<typeof twoServers>): Promise<Pair> {
  const made = await twoServers(...options)
  closing.push(made.stop)
  return made
}

const STILL = [{}, { still: true }] as const
const CLOSE = { type: 'CLOSE_ALL', payload: {} }
const LONG = { wait_ms: 25_000 }
// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects
const idsOf = ({ body }: { body: any }): string[] => body.commands.map(({ id }: { id: string }) => id)

/** Rings as any listener of the database hears them. */
async function eavesdrop(url: string): Promise<string[]> {
  const heard: string[] = []
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  client.on('notification', ({ payload = '' }) => heard.push(payload))
  await client.query('listen ngtb_bell')
  closing.push(() => client.end())
  return heard
}

const cutListeners = (url: string) =>
  sql(url, "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ngtb bell'")

test('a command created at one server reaches an EA that waits at another, by the ring alone', async () => {
  const { a, b } = await pair(...STILL)
  const waiting = b.ask('get_commands', LONG)
  const { body } = await a.create('ring', CLOSE)
  expect(idsOf(await waiting)).toEqual([body.command_id])
  await b.answer(body.command_id, 'completed', { closed: [] })
  await until(async () => (await a.status(body.command_id)) === 'completed')
  expect(await a.problems()).toEqual([])
})

test('… and an EA that is pushed to', async () => {
  const { a, b, at_b } = await pair(...STILL)
  const { port } = at_b.server.planes.command.server.address() as { port: number }
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/ea`, { headers: { 'x-api-key': b.ea } })
  closing.push(() => socket.terminate())
  const heard: { type: string; commands?: { id: string }[]; http?: number }[] = []
  socket.on('message', (data) => heard.push(JSON.parse(String(data))))
  await new Promise((open) => socket.once('open', open))
  const { journal_id } = new NativeHand(b)
  const hello = { type: 'connect', ref: 1, account: b.login, protocol: 2, last_epoch: 0, mono_ms: 1 }
  socket.send(JSON.stringify({ ...hello, journal_id }))
  await until(() => heard.length === 1)
  expect(heard[0]).toMatchObject({ type: 'reply', http: 200 })
  const { epoch } = heard[0] as unknown as { epoch: number }
  // Nothing is pushed before the first word under the epoch (O4).
  socket.send(JSON.stringify({ type: 'heartbeat', ref: 2, journal_id, epoch, mono_ms: 2 }))
  await until(() => heard.length === 2)
  const { body } = await a.create('pushed', CLOSE)
  await until(() => heard.length === 3)
  expect(heard[2]).toMatchObject({ type: 'commands', commands: [{ id: body.command_id }] })
})

test('L3, R7: a late answer does not open again what another server heard closed', async () => {
  const { a, b } = await pair()
  const { body } = await a.create('late', {
    type: 'OPEN_TRADE',
    payload: { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 },
  })
  expect(idsOf(await a.ask('get_commands'))).toEqual([body.command_id])
  // All that was heard of it is its end: the answer and the opening were lost.
  await a.event('closed', { ticket: 77, close_price: 1.1, close_time: 1_577_836_800 })
  expect((await b.answer(body.command_id, 'completed', { ticket: 77, open_price: 1.09 })).status).toBe(200)
  expect(await a.trades()).toMatchObject({ 77: { status: 'closed', command_id: body.command_id } })
  expect(await b.status(body.command_id)).toBe('completed')
  expect(await b.problems()).toEqual([])
})

test('a ring that got lost is found by the periodic look, though nobody asks', async () => {
  const { a, b, at_a, at_b } = await pair()
  mute(at_a.bell)
  const { body } = await a.create('lost', CLOSE)
  await until(async () => (await b.desk()).state?.command(body.command_id))
  // The deadlines of what A made are kept here, too, when A dies.
  expect(at_b.server.services.delivery.nextDeadline(await b.desk())).toBe(
    at_a.server.services.delivery.nextDeadline(await a.desk()),
  )
})

test('… and by whoever waits', async () => {
  const { a, b, at_a } = await pair()
  mute(at_a.bell)
  const waiting = b.ask('get_commands', LONG)
  const { body } = await a.create('lost', CLOSE)
  expect(idsOf(await waiting)).toEqual([body.command_id])
})

test('a broken line is mended, and rings again', async () => {
  const { url, a, b, at_a, at_b } = await pair(...STILL)
  await cutListeners(url)
  for (const { said } of [at_a, at_b])
    await until(() => said.includes('info the bell’s line to PostgreSQL is back'))
  const waiting = b.ask('get_commands', LONG)
  const { body } = await a.create('mended', CLOSE)
  expect(idsOf(await waiting)).toEqual([body.command_id])
  expect(at_b.said.filter((line) => line.includes('is broken'))).toHaveLength(1)
})

test('a bell that hangs delays no request, and what was rung meanwhile is one ring', async () => {
  let proxy: PgProxy | undefined
  const { url, a, b } = await pair({}, { still: true }, async (direct) => {
    proxy = await new PgProxy(direct).listen()
    closing.push(() => proxy?.close())
    return proxy.url
  })
  const heard = await eavesdrop(url)
  const held = (proxy as PgProxy).hold('ngtb ring', 'request', (bytes) => bytes.includes('pg_notify'))
  await a.create('first', CLOSE)
  await held.caught
  // Answered although the bell's line stands still: nothing waits for it.
  const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => a.create(`n${at}`, CLOSE)))
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201))
  const last = (await a.desk()).state?.account.version
  held.release()
  await until(() => heard.some((text) => text.endsWith(` 1:${last}`)))
  expect(heard).toHaveLength(2)
  expect(idsOf(await b.ask('get_commands', LONG))).toHaveLength(21)
})

test('signs of life ring nothing, and alone nobody rings', async () => {
  const { url, a, b, at_a, at_b } = await pair()
  const heard = await eavesdrop(url)
  const versionAt = async () =>
    Number(
      (await sql<{ version: string }>(url, 'select version from account where account_id = 1'))[0]?.version,
    )
  const { body } = await a.create('one', CLOSE)
  expect(idsOf(await b.ask('get_commands', LONG))).toEqual([body.command_id])
  await b.answer(body.command_id, 'completed', { closed: [] })
  await until(() =>
    heard.some((text) => text.endsWith(` 1:${b.t.server.services.desks.get(1).state?.account.version}`)),
  )
  const rung = heard.length
  const before = await versionAt()
  for (let beat = 0; beat < 5; beat++) await b.ask('heartbeat', { balance: beat })
  expect(await versionAt()).toBeGreaterThanOrEqual(before + 5)
  const quiet = heard.length
  await at_b.stop()
  await until(() => at_a.bell.others === 0)
  await a.create('alone', CLOSE)
  const alone = await versionAt()
  const there = await serverOn(url)
  closing.push(there.stop)
  await until(() => at_a.bell.others > 0)
  await a.create('together', CLOSE)
  const together = await versionAt()
  await until(() => heard.some((text) => text.endsWith(` 1:${together}`)))
  expect([rung, quiet]).toEqual([rung, rung])
  expect(heard.filter((text) => text.endsWith(` 1:${alone}`))).toEqual([])
})

test('B6: nobody is refused on an old picture', async () => {
  const { a, b, at_a } = await pair(...STILL)
  mute(at_a.bell)
  const at_a_ea = new NativeHand(a)
  await at_a_ea.connect()
  const at_b_ea = new NativeHand(b)
  Object.assign(at_b_ea, { journal_id: at_a_ea.journal_id, epoch: at_a_ea.epoch })
  // B has not heard of the new epoch.
  expect((await b.desk()).state?.account.epoch).toBe(0)
  expect(await at_b_ea.heartbeat()).toMatchObject({ status: 200, body: { epoch: 1 } })
})

test('B6: a refusal that stands is given as it is', async () => {
  const { a, b } = await pair()
  const key = { key: b.admin }
  // The first one is booked when the second is refused: half a step, thrown away, is no news of another server.
  const commands = [
    { ...CLOSE, command_id: 'good' },
    { type: 'CLOSE_TRADE', payload: {}, command_id: 'bad' },
  ]
  const batch = await b.t.call('webui', 'POST', `${b.path}/batch`, { ...key, body: { commands } })
  expect(batch.status).toBe(422)
  expect((await b.show('good')).status).toBe(404)
  expect(await a.problems()).toEqual([])
})

test('an account that was made at one server is watched at the other', async () => {
  const { a, at_a, at_b } = await pair()
  await at_a.enrol(777)
  await until(() =>
    at_b.server.services.desks.opened().some(({ account_id, state }) => account_id === 2 && state),
  )
  expect(at_b.server.services.desks.login(2)).toBe('777')
  expect(await a.problems()).toEqual([])
})

test('a server that can not listen yet starts all the same, and hears later', async () => {
  let proxy: PgProxy | undefined
  const { a, b } = await pair({}, { still: true }, async (direct) => {
    proxy = await new PgProxy(direct).listen()
    closing.push(() => proxy?.close())
    return proxy.url
  })
  const cut = (proxy as PgProxy).cut('ngtb bell', 'request')
  const late: Neighbour = await serverOn((proxy as PgProxy).url, { still: true })
  closing.push(late.stop)
  await cut
  expect(late.said.filter((line) => line.includes('is broken'))).toHaveLength(1)
  await until(() => late.bell.others === 2)
  const waiting = a.on(late).ask('get_commands', LONG)
  const { body } = await b.create('late', CLOSE)
  expect(idsOf(await waiting)).toEqual([body.command_id])
})
