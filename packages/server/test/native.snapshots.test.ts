// A native EA's full lists at the door (R2-R5, R7), and whether ledger and terminal agree (R13, P14).
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Scene } from './support/client.ts'
import { type Listed, NativeHand } from './support/native-ea.ts'
import { ManualTime } from './support/time.ts'

let s: Scene
let time: ManualTime
let ea: NativeHand

beforeEach(async () => {
  time = new ManualTime()
  s = await Scene.open({ clock: time, timers: time })
  ea = new NativeHand(s)
  await ea.connect()
})
afterEach(() => s.stop())

const position = (ticket: number, more: Partial<Listed> = {}): Listed => ({
  ticket,
  symbol: 'EURUSD',
  direction: 'BUY',
  volume: 0.1,
  open_price: 1.1,
  sl: 1.05,
  ...more,
})
const opening = () =>
  s.create(String(Math.random()), {
    type: 'OPEN_TRADE',
    payload: { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 },
  })

test('R2: not the owner’s, not newer, not complete, not connected, not what it says: nothing changes', async () => {
  await ea.sync([position(1), position(2)])
  const refused = async (more: Record<string, unknown>) => {
    const { status, body } = await ea.sync([position(1)], more)
    return `${status} ${body.error}`
  }
  expect(await refused({ epoch: ea.epoch - 1 })).toBe('409 NGTB_FENCED')
  expect(await refused({ snapshot_no: 1 })).toBe('409 NGTB_SNAPSHOT_OLD')
  expect(await refused({ based_on_rev: 99 })).toBe('409 NGTB_SNAPSHOT_OLD')
  expect(await refused({ complete: false })).toBe('422 NGTB_SNAPSHOT_UNFIT')
  expect(await refused({ terminal_connected: false })).toBe('422 NGTB_SNAPSHOT_UNFIT')
  expect(await refused({ positions_total: 2 })).toBe('422 NGTB_SNAPSHOT_UNFIT')
  expect(await refused({ digest: '0'.repeat(16) })).toBe('422 NGTB_SNAPSHOT_UNFIT')
  expect(await refused({ digest: undefined })).toBe('400 NGTB_BODY_INVALID')
  expect((await s.sync([])).body.error).toBe('NGTB_FENCED') // a plain list on an account that a native EA owns
  expect(await s.trades()).toMatchObject({
    1: { status: 'open', suspect_since: null },
    2: { status: 'open', suspect_since: null },
  })
})

test('R4: absent once is suspect; closed when it is absent again 5 s later and was not found', async () => {
  await ea.sync([position(1), position(2)])
  const first = await ea.sync([position(1)])
  expect(first.body).toMatchObject({
    suspect_trades: ['2'],
    reconciliation: { closed_trades: 0 },
    drifted: true,
  })
  expect((await s.trades())['2']).toMatchObject({ status: 'open', suspect_since: expect.any(String) })
  await time.advance(4_000)
  expect((await ea.sync([position(1)], { not_found: ['2'] })).body.suspect_trades).toEqual(['2'])
  await time.advance(2_000)
  expect((await ea.sync([position(1)])).body.suspect_trades).toEqual(['2']) // nobody looked
  const last = await ea.sync([position(1)], { not_found: ['2'] })
  expect(last.body).toMatchObject({ reconciliation: { closed_trades: 1 }, drifted: false })
  expect((await s.trades())['2']).toMatchObject({
    status: 'closed',
    close_reason: 'unconfirmed',
    suspect_since: null,
  })
  expect(await s.kinds('2')).toEqual(['trade.opened', 'trade.suspected', 'trade.closed'])
})

test('R4: a closing deal that is heard of meanwhile is the proof, and says how it ended', async () => {
  await ea.sync([position(1)])
  await ea.sync([])
  await s.event('closed', { ticket: 1, close_price: 1.2, profit: 10, close_reason: 'sl_hit' })
  expect((await s.trades())['1']).toMatchObject({ status: 'closed', close_reason: 'sl_hit', profit: 10 })
  expect((await ea.sync([])).body).toMatchObject({ drifted: false })
})

test('R4, R7: there again: no suspicion; closed by absence and there again: reopened', async () => {
  await ea.sync([position(1)])
  await ea.sync([])
  await ea.sync([position(1)])
  expect((await s.trades())['1']).toMatchObject({ status: 'open', suspect_since: null })
  await ea.sync([])
  await time.advance(6_000)
  await ea.sync([], { not_found: ['1'] })
  expect((await s.trades())['1'].status).toBe('closed')
  expect((await ea.sync([position(1)])).body.reconciliation.changes).toMatchObject([
    { type: 'reopened', ticket: '1' },
  ])
  expect((await s.trades())['1'].status).toBe('open')
})

test('R3: a list that is based on an older revision does not judge what came after it', async () => {
  const { based_on_rev } = await ea.agreement([])
  await s.event('opened', { ticket: 7, symbol: 'EURUSD', direction: 'BUY', volume: 0.1, open_price: 1.1 })
  const { body } = await ea.sync([], { based_on_rev })
  expect(body).toMatchObject({ reconciliation: { closed_trades: 0 }, drifted: false })
  expect(body.suspect_trades).toBeUndefined()
  expect((await s.trades())['7']).toMatchObject({ status: 'open', suspect_since: null })
})

test('R13, P14: a heartbeat whose digest differs: drifted, opening is closed, a list is asked for; it agrees: open again', async () => {
  await ea.sync([position(1)])
  expect((await ea.heartbeat(await ea.agreement([position(1)]))).body.sync).toBeUndefined()
  const moved = [position(1, { sl: 1.06 })]
  expect((await ea.heartbeat(await ea.agreement(moved))).body.sync).toBe(true)
  expect((await opening()).body.code ?? (await opening()).body.error).toBe('NGTB_RISK_CLOSED')
  expect((await s.create('a', { type: 'CLOSE_TRADE', payload: { ticket: 1 } })).status).toBe(201)
  expect((await ea.sync(moved)).body).toMatchObject({ drifted: false })
  expect((await s.trades())['1'].sl).toBe(1.06)
  expect((await opening()).status).toBe(201)
})

test('R13: a heartbeat that counted before the ledger learnt more is not compared', async () => {
  const before = await ea.agreement([])
  await s.event('opened', { ticket: 7, symbol: 'EURUSD', direction: 'BUY', volume: 0.1, open_price: 1.1 })
  expect((await ea.heartbeat(before)).body.sync).toBeUndefined()
})

test('a forced sync is pushed to a native EA that is there', async () => {
  const { body } = await s.t.call('trades', 'POST', '/api/trades/sync/force', { key: s.ea, body: {} })
  expect(body).toMatchObject({
    status: 'success',
    delivery: 'pushed',
    ea_connected: true,
    last_sync_at: null,
  })
  expect(await ea.commands()).toMatchObject([{ type: 'REQUEST_SYNC' }])
})

test('R6: another EA’s magic may look like a tag: it names no command of another symbol', async () => {
  const { body } = await opening()
  const [handed] = await ea.commands()
  const magic = String(handed?.magic)
  await ea.sync([position(1, { symbol: 'GBPUSD', magic })])
  expect((await s.trades())['1']).toMatchObject({ status: 'open', command_id: null, magic })
  expect(await s.status(body.command_id)).toBe('executing')
  await ea.sync([position(1, { symbol: 'GBPUSD', magic }), position(2, { magic })])
  expect((await s.trades())['2']).toMatchObject({ command_id: body.command_id })
  expect(await s.status(body.command_id)).toBe('completed')
})
