// The desk between a caller and a database that fails: P1, P2, B1–B4, F4–F7, F41, K2–K4.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../src/platform/log.ts'
import { LOGIN, OPEN, Scene, watched } from './support/client.ts'
import { rowsIn, sql } from './support/ledger.ts'
import { behindProxy, isCommit, type PgProxy } from './support/proxy.ts'
import { type FreshDatabase, freshDatabase, type TestServer, testServer } from './support/server.ts'
import { ManualTime } from './support/time.ts'
import { turns, until } from './support/wait.ts'

let direct: FreshDatabase
let database: FreshDatabase
let proxy: PgProxy
let s: Scene
const others: TestServer[] = []

beforeEach(async () => {
  direct = await freshDatabase()
  ;({ proxy, database } = await behindProxy(direct))
})
afterEach(async () => {
  proxy.up()
  for (const other of others.splice(0)) await other.stop()
  await s.stop()
})
const open = async (options = {}) => {
  s = await Scene.open({ database, ...options })
  return s
}

const tick = (n: number) => ({ symbol: 'EURUSD', bid: 1.1, ask: 1.2, timestamp: 1_577_836_800 + n })
const commands = () =>
  sql<{ command_id: string; command_no: string; status: string }>(
    direct.url,
    'select * from command order by command_no',
  )

test('F41, B1: a thousand creations at once: as many rows as keys, numbered without a gap', async () => {
  await open()
  const sure = async (key: string): Promise<Awaited<ReturnType<typeof s.create>>> => {
    const answer = await s.create(key)
    return answer.status === 503 ? sure(key) : answer // a busy machine may refuse; the key finds out
  }
  const answers = await Promise.all(Array.from({ length: 1_000 }, (_, n) => sure(`k${n % 250}`)))
  expect(answers.filter(({ status }) => status !== 200 && status !== 201)).toEqual([])
  const rows = await commands()
  expect(rows.map(({ command_no }) => Number(command_no))).toEqual(
    Array.from({ length: 250 }, (_, n) => n + 1),
  )
  for (const [n, { body }] of answers.entries())
    expect(body.command_id).toBe(answers[n % 250]?.body.command_id)
  expect(await s.problems()).toEqual([])
})

test('P1: nobody is answered before the commit is heard of: not the caller, not a replay, not a reader, not the EA', async () => {
  await open()
  // The reply to this very commit: signs of life are committed, too, ten times a second.
  const asked = proxy.hold('ngtb commit', 'request', (bytes) => bytes.includes('"new_commands":["'))
  const created = watched(s.create('k'))
  await asked.caught
  const held = proxy.hold('ngtb commit', 'reply')
  asked.release()
  await held.caught
  const { id } = { id: s.t.server.services.ids.commandId(1, 'k') }
  const seeing = [s.create('k'), s.show(id), s.ask('get_commands'), s.ask('heartbeat')].map(watched)
  await turns()
  const [again, read, poll, heartbeat] = seeing
  expect([created, again, read, heartbeat].map((one) => one?.answered)).toEqual([false, false, false, false])
  // A poll may find the desk between two pictures, for a sign of life was written meanwhile: then it is told nothing.
  if (poll?.answered) expect((await poll.promise).body.commands).toEqual([])
  held.release()
  const [replay, shown, polled, beat] = await Promise.all(seeing.map(({ promise }) => promise))
  expect((await created.promise).status).toBe(201)
  expect(replay).toMatchObject({ status: 200, body: { replayed: true, command_id: id } })
  expect(shown?.status).toBe(200)
  expect([...(polled?.body.commands ?? []), ...(beat?.body.commands ?? [])]).toMatchObject([{ id }])
})

test('P1: ticks are acknowledged after their commit only', async () => {
  await open()
  await s.ticks('warm', [tick(0)])
  const held = proxy.hold('ngtb ticks', 'request', (bytes) => bytes.includes('commit'))
  const sent = watched(s.ticks('b1', [tick(1), tick(2)]))
  await held.caught
  await turns()
  expect(sent.answered).toBe(false)
  expect(await rowsIn(direct.url, 'tick_view')).toBe(1)
  held.release()
  expect((await sent.promise).body).toMatchObject({ processed: 2, duplicates: 0 })
  expect(await rowsIn(direct.url, 'tick_view')).toBe(3)
})

test('K2, F7: cut before COMMIT: 503, nothing is there, and the same key makes it', async () => {
  await open()
  const cut = proxy.cut('ngtb commit', 'request', isCommit)
  const first = await s.create('k')
  await cut
  expect(first).toMatchObject({
    status: 503,
    body: { code: 'NGTB_DATABASE_AWAY' },
    headers: { 'retry-after': '1' },
  })
  expect(await commands()).toEqual([])
  const again = await s.create('k')
  expect(again).toMatchObject({ status: 201, body: { replayed: false } })
  expect(await commands()).toMatchObject([{ command_id: again.body.command_id, command_no: '1' }])
  expect(await s.problems()).toEqual([])
})

test('K3, F7: cut after COMMIT: 503 never 2xx, and the same key finds the same command', async () => {
  await open()
  const cut = proxy.cut('ngtb commit', 'reply')
  const first = await s.create('k')
  await cut
  expect(first.status).toBe(503)
  const [stored] = await commands()
  const again = await s.create('k')
  expect(again).toMatchObject({ status: 200, body: { replayed: true, command_id: stored?.command_id } })
  expect((await s.create('k', { ...OPEN, ttl_ms: 5_000 })).status).toBe(422)
  expect(await s.poll()).toHaveLength(1)
  expect(await s.problems()).toEqual([])
})

test('B3: after a lost commit whoever only reads is answered at once, from the ledger', async () => {
  await open()
  const id = await s.made('CLOSE_ALL', {})
  const cut = proxy.cut('ngtb commit', 'request', isCommit)
  expect((await s.create('k2')).status).toBe(503)
  await cut
  expect(await s.show(id)).toMatchObject({ status: 200, body: { status: 'pending' } })
  expect((await s.t.call('webui', 'GET', '/health')).status).toBe(200)
})

test('B2, G2: steps that were decided on top of a lost one are lost with it, and their repeats are whole', async () => {
  await open()
  const held = proxy.hold('ngtb commit', 'request', isCommit)
  const doomed = s.create('k0')
  await held.caught
  const desk = await s.desk()
  const write = (message: string) =>
    desk
      .run((step) => step.log({ level: 'INFO', message, details: null, received_at: step.now }))
      .then(() => 200)
      .catch((error) => error.http as number)
  const behind = Array.from({ length: 20 }, (_, n) => write(`${n}`))
  await turns()
  proxy.down()
  proxy.up()
  expect((await doomed).status).toBe(503)
  expect(await Promise.all(behind)).toEqual(Array(20).fill(503))
  expect([await rowsIn(direct.url, 'ea_log'), await rowsIn(direct.url, 'command')]).toEqual([0, 0])
  expect((await s.create('k0')).status).toBe(201)
  expect(await Promise.all(behind.map((_, n) => write(`${n}`)))).toEqual(Array(20).fill(200))
  const { items } = await s.t.store.logs(1, { limit: 100, after: null }, {})
  expect(items.map(({ message }) => message).reverse()).toEqual(behind.map((_, n) => `${n}`))
  expect(await s.problems()).toEqual([])
})

test('F5: while the database is away every write is a 503 with Retry-After, and nothing of it is half done', async () => {
  await open()
  const id = await s.made('CLOSE_ALL', {})
  await s.poll()
  proxy.down()
  const writes = () =>
    Promise.all([
      s.create('k'),
      s.ask('heartbeat', { balance: 1 }),
      s.answer(id, 'completed'),
      s.sync([]),
      s.event('opened', { ticket: 1, symbol: 'EURUSD', direction: 'BUY', volume: 1, open_price: 1 }),
      s.ticks('b', [tick(1)]),
      s.log('away'),
      s.t.call('webui', 'GET', '/health'),
    ])
  for (const { status, headers } of [...(await writes()), ...(await writes())])
    expect({ status, retry: headers['retry-after'] }).toMatchObject({ status: 503 })
  proxy.up()
  expect(await s.problems()).toEqual([])
  expect(await commands()).toMatchObject([{ command_id: id, status: 'executing' }])
  expect(await rowsIn(direct.url, 'trade')).toBe(0)
  expect(await rowsIn(direct.url, 'tick_view')).toBe(0)
  expect(await rowsIn(direct.url, 'ea_log')).toBe(0)
  const after = await writes()
  expect(after.map(({ status }) => status)).toEqual([201, 200, 200, 200, 200, 200, 200, 200])
})

test('F7, P11: ticks cut at COMMIT, before and after: the resend is stored once, the counter is the table', async () => {
  await open()
  await s.ticks('warm', [tick(0)])
  for (const [n, direction] of (['request', 'reply'] as const).entries()) {
    const word = direction === 'request' ? 'commit' : 'COMMIT'
    const cut = proxy.cut('ngtb ticks', direction, (bytes) => bytes.includes(word))
    const first = await s.ticks(`b${n}`, [tick(1), tick(2)])
    await cut
    expect(first.status).toBe(503)
    const stored_already = direction === 'reply'
    expect((await s.ticks(`b${n}`, [tick(1), tick(2)])).body).toMatchObject(
      stored_already ? { processed: 0, duplicates: 2 } : { processed: 2, duplicates: 0 },
    )
  }
  expect(await rowsIn(direct.url, 'tick_view')).toBe(5)
  await s.ticks('last', [tick(9)])
  expect((await s.system()).data.total_ticks_received).toBe(6)
})

test('F6: a read pool that is exhausted answers 503, and goes on when it is not', async () => {
  await open()
  const blocked: ReturnType<typeof s.show>[] = []
  const held = proxy.hold('ngtb read', 'request', (bytes) => bytes.includes('command'))
  const more = Array.from({ length: 5 }, () =>
    proxy.hold('ngtb read', 'request', (bytes) => bytes.includes('command')),
  )
  for (let n = 0; n < 7; n++) blocked.push(s.t.call('webui', 'GET', s.path, { key: s.admin }))
  await Promise.all([held, ...more].map(({ caught }) => caught))
  const first = await Promise.race(blocked)
  expect(first).toMatchObject({ status: 503, body: { code: 'NGTB_DATABASE_AWAY' } })
  for (const one of [held, ...more]) one.release()
  const statuses = (await Promise.all(blocked)).map(({ status }) => status).sort()
  expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 503])
  expect((await s.create('k')).status).toBe(201)
})

test('B1: a step that was refused half way leaves no trace, and takes no number', async () => {
  await open()
  await s.t.call('command', 'POST', '/api/disconnect', { key: s.ea, body: {} })
  const refused = await s.create('k', { ...OPEN, require_connected: true })
  expect(refused.status).toBe(409)
  await s.made('CLOSE_ALL', {})
  expect(await commands()).toMatchObject([{ command_no: '1' }])
  expect(await s.problems()).toEqual([])
})

test('P1: what follows a commit can fail without making the answer a lie', async () => {
  const log = {
    ...silentLog,
    info(message: string) {
      if (message === 'command sent') throw new Error('the disk of the log is full')
    },
  }
  await open({ log })
  const id = await s.made('CLOSE_ALL', {})
  expect(await s.ask('get_commands')).toMatchObject({ status: 200, body: { commands: [{ id }] } })
})

test('B4: two servers on one ledger: every intent once, numbers and chain whole', async () => {
  await open()
  const other = await testServer({ database: { url: direct.url, drop: async () => {} } })
  others.push(other)
  const twin = s.on(other)
  const answers = await Promise.all(
    Array.from({ length: 120 }, (_, n) => [s.create(`k${n}`), twin.create(`k${(n * 7) % 120}`)]).flat(),
  )
  expect(answers.filter(({ status }) => status !== 200 && status !== 201)).toEqual([])
  const rows = await commands()
  expect(rows.map(({ command_no }) => Number(command_no))).toEqual(
    Array.from({ length: 120 }, (_, n) => n + 1),
  )
  const handed = (
    await Promise.all([s.poll(), twin.poll(), s.poll(), twin.poll(), s.poll(), twin.poll()])
  ).flat()
  expect(new Set(handed.map(({ id }) => id)).size).toBe(handed.length) // C6: an OPEN once, whoever hands it out
  expect(await s.problems()).toEqual([])
})

test('P6: deadlines that passed while the database was away are caught up with when it returns', async () => {
  const time = new ManualTime()
  await open({ clock: time, timers: time })
  const id = await s.made('CLOSE_TRADE', { ticket: 5 })
  await s.poll()
  proxy.down()
  await time.advance(12_000)
  proxy.up()
  await time.advance(1_000)
  await until(async () => (await s.status(id)) === 'pending')
  await time.advance(2_000)
  expect(await s.poll()).toMatchObject([{ id }])
})

test('K4, F7: a command of which nobody heard that it was committed expires on time all the same', async () => {
  const time = new ManualTime()
  await open({ clock: time, timers: time })
  const cut = proxy.cut('ngtb commit', 'reply')
  expect((await s.create('k', { ...OPEN, ttl_ms: 3_000 })).status).toBe(503)
  await cut
  await time.advance(1_000)
  await time.advance(2_000)
  await until(async () => (await commands())[0]?.status === 'expired')
})

test('§9: who spoke while the database was away did not fail', async () => {
  const time = new ManualTime()
  await open({ clock: time, timers: time })
  await s.ask('heartbeat')
  proxy.down()
  for (let n = 0; n < 3; n++) {
    await time.advance(30_000)
    expect((await s.ask('heartbeat')).status).toBe(503)
  }
  proxy.up()
  await time.advance(1_000)
  expect((await s.ask('heartbeat')).status).toBe(200)
  const { details } = (await s.system()).connections
  expect(details).toMatchObject([
    { account_number: LOGIN, failed_heartbeats: 0, state: 'connected', heartbeat_count: 2 },
  ])
})
