// In the server's process, with a native EA: every command type, what settled it, and who owns the account.
import { COMMAND_TYPES, type CommandType } from '@ngtb/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CoreComm } from '../src/index.ts'
import { Scene } from './support/client.ts'
import { NativeHand } from './support/native-ea.ts'
import { ManualTime } from './support/time.ts'

let s: Scene
let time: ManualTime
let ea: NativeHand
let comm: CoreComm

beforeEach(async () => {
  time = new ManualTime()
  s = await Scene.open({ clock: time, timers: time })
  comm = new CoreComm(s.t.server.services)
  ea = new NativeHand(s)
})
afterEach(() => s.stop())

const order = { symbol: 'EURUSD', volume: 0.1 }
const PAYLOADS: Record<CommandType, Record<string, unknown>> = {
  OPEN_TRADE: { ...order, order_type: 'BUY' },
  MODIFY_TRADE: { ticket: '5', sl: 1, tp: 2 },
  CLOSE_TRADE: { ticket: 5 },
  CLOSE_ALL: {},
  PLACE_PENDING: { ...order, order_type: 'BUY_LIMIT', price: 1 },
  MODIFY_PENDING: { ticket: '6', price: 1.1 },
  CANCEL_PENDING: { ticket: '6' },
  CLOSE_PARTIAL: { ticket: '5', expected_volume: 0.3, remaining_volume: 0.1 },
  CLOSE_BY: { ticket: '5', opposite_ticket: '7', expected_volume: 0.1, remaining_volume: 0 },
  SUBSCRIBE_SYMBOLS: { symbols: ['EURUSD'] },
  REQUEST_HISTORY: { symbol: 'EURUSD', timeframe: 'M1', from: '2025-01-02T00:00:00' },
  REQUEST_SYNC: {},
  PROBE: { command_id: 'asked-about' },
}

test('createCommand takes every type for a native EA; to a plain one the rest are refused', async () => {
  const plain = COMMAND_TYPES.filter((type) => type !== 'PROBE')
  const refused: string[] = []
  for (const command_type of plain)
    await comm
      .createCommand({ account_id: 1, command_type, payload: PAYLOADS[command_type] })
      .catch((error) => {
        expect(error).toMatchObject({ code: 'NGTB_ACCOUNT_PLAIN' })
        refused.push(command_type)
      })
  expect(refused).toEqual(plain.filter((type) => !/^(OPEN|MODIFY|CLOSE)_TRADE$|^CLOSE_ALL$/.test(type)))

  await ea.connect()
  const name = { command_id: 'asked-about', command_type: 'OPEN_TRADE', payload: PAYLOADS.OPEN_TRADE }
  await comm.createCommand({ account_id: 1, ...name })
  for (const command_type of COMMAND_TYPES) {
    const wanted = { account_id: 1, command_type, payload: PAYLOADS[command_type] }
    const [id, execution] = await comm.createCommand(wanted)
    expect([execution.command_id, execution.command_type, execution.evidence]).toEqual([
      id,
      command_type,
      null,
    ])
  }
})

test('what settled a command, and what took its place, is there to see', async () => {
  await ea.connect()
  const make = (payload: Record<string, unknown>) =>
    comm.createCommand({ account_id: 1, command_type: 'MODIFY_TRADE', payload })
  const [older_id, older] = await make({ ticket: '5', sl: 1, tp: 2 })
  expect([older.command_no, older.attempt]).toEqual([1, 0])
  const [newer_id, newer] = await make({ ticket: '5', sl: 1.1, tp: 2 })
  expect([older.command_id, older.status, older.superseded_by]).toEqual([older_id, 'cancelled', newer_id])
  await ea.commands()
  expect([newer.attempt, newer.settled]).toEqual([1, false])
  await ea.answer(newer_id, 'completed', { retcode: 10009 }, { evidence: 'journal' })
  expect([newer.status, newer.evidence, newer.superseded_by, newer.settled]).toEqual([
    'completed',
    'journal',
    null,
    true,
  ])
})

test('who owns the account, and why opening is closed', async () => {
  const conn = comm.getConnection(1)
  // It was enrolled by a plain connect.
  expect([conn?.protocol, conn?.epoch, conn?.owner_journal_id]).toEqual([1, 0, null])
  await ea.connect()
  expect([conn?.protocol, conn?.epoch, conn?.owner_journal_id]).toEqual([2, 1, ea.journal_id])
  expect(conn?.risk_closed).toBeNull()
  const other = new NativeHand(s)
  expect((await other.connect()).status).toBe(409)
  expect(conn?.risk_closed).toMatch(/two EAs contend/)
  const open = { account_id: 1, command_type: 'OPEN_TRADE', payload: PAYLOADS.OPEN_TRADE }
  await expect(comm.createCommand(open)).rejects.toMatchObject({ code: 'NGTB_RISK_CLOSED' })
  await time.advance(15_000)
  expect(conn?.risk_closed).toBeNull()
})
