// The reference EA: what it answers to each command, and what it does not do twice.

import { describe, expect, test } from 'vitest'
import { type EaCommand, ReferenceEa } from '../src/index.ts'
import { EXPERT, MANUAL, marketOf, START_MS, tickOf } from './market.ts'

const open: EaCommand = {
  id: 'c1',
  type: 'OPEN_TRADE',
  symbol: 'EURUSD',
  order_type: 'BUY',
  volume: 0.1,
  sl: 1.085,
  tp: 1.095,
}

function eaWith(options = {}) {
  const broker = marketOf(options)
  return { broker, ea: new ReferenceEa(broker) }
}

test('OPEN_TRADE completed: ticket, price, volume, stops, retcode and its name', () => {
  const { ea } = eaWith()
  expect(ea.handle(open)).toEqual({
    repeated: false,
    answer: {
      status: 'completed',
      response: {
        ticket: 16218652,
        open_price: 1.09008,
        volume: 0.1,
        sl: 1.085,
        tp: 1.095,
        open_time: START_MS,
        retcode: 10009,
        retcode_name: 'TRADE_RETCODE_DONE',
      },
    },
  })
})

test('the same id again: the same answer, no second position', () => {
  const { ea, broker } = eaWith()
  const first = ea.handle(open)
  broker.onTick(tickOf('EURUSD', 1.091, 1.09108))
  expect(ea.handle(open)).toEqual({ ...first, repeated: true })
  expect(broker.positions()).toHaveLength(1)
  expect(broker.ledger.executionCount('c1')).toBe(1)
})

test('a ticket beyond 2^53−1 is text in the answer, and found again by its text', () => {
  const { ea } = eaWith({ ticket_start: 9_007_199_254_740_993n })
  expect(ea.handle(open).answer.response.ticket).toBe('9007199254740993')
  const close = { id: 'c2', type: 'CLOSE_TRADE', ticket: '9007199254740993' }
  expect(ea.handle(close).answer).toMatchObject({ status: 'completed', response: { close_price: 1.09 } })
})

describe('refused', () => {
  const cases: [name: string, command: EaCommand, retcode: number, safe_to_retry: boolean][] = [
    ['unknown type', { id: 'x', type: 'MAKE_COFFEE' }, 10013, false],
    ['pending order type', { ...open, order_type: 'ORDER_TYPE_BUY_LIMIT' }, 10035, false],
    ['volume as text', { ...open, volume: '0.1' }, 10014, false],
    ['volume too small', { ...open, volume: 0.001 }, 10014, false],
    ['stops on the wrong side', { ...open, sl: 1.2 }, 10016, false],
    ['no symbol', { ...open, symbol: undefined }, 10013, false],
    ['no quote yet', { ...open, symbol: 'GBPUSD' }, 10021, true],
    ['magic that is none', { ...open, magic: -1 }, 10013, false],
    ['modify without a ticket', { id: 'x', type: 'MODIFY_TRADE', sl: 1 }, 10013, false],
    ['modify a closed position', { id: 'x', type: 'MODIFY_TRADE', ticket: 1, sl: 1 }, 10036, false],
    ['close without a ticket', { id: 'x', type: 'CLOSE_TRADE', ticket: 1.5 }, 10013, false],
  ]
  test.each(cases)('%s', (_name, command, retcode, safe_to_retry) => {
    const { ea, broker } = eaWith()
    const { answer } = ea.handle(command)
    expect(answer).toMatchObject({ status: 'failed', response: { retcode, safe_to_retry } })
    expect(answer.response.retcode_name).toMatch(/^TRADE_RETCODE_/)
    expect(answer.response.error).toEqual(expect.any(String))
    expect(broker.ledger.executions).toEqual([])
  })
})

test('MODIFY_TRADE: done, and done already', () => {
  const { ea } = eaWith()
  ea.handle(open)
  const modify = { id: 'c2', type: 'MODIFY_TRADE', ticket: 16218652, sl: 1.086, tp: 1.096 }
  const response = { ticket: 16218652, sl: 1.086, tp: 1.096, retcode: 10009 }
  expect(ea.handle(modify).answer).toMatchObject({ status: 'completed', response })
  expect(ea.handle({ ...modify, id: 'c3' }).answer).toMatchObject({
    status: 'completed',
    response: { ...response, retcode: 10025 },
  })
})

test('CLOSE_TRADE of what is gone is completed, with the figures of its end', () => {
  const { ea, broker } = eaWith()
  ea.handle(open)
  broker.close('16218652', MANUAL)
  expect(ea.handle({ id: 'c2', type: 'CLOSE_TRADE', ticket: 16218652 }).answer).toMatchObject({
    status: 'completed',
    response: { ticket: 16218652, already_closed: true, close_price: 1.09, profit: -0.8, retcode: 10036 },
  })
  expect(ea.handle({ id: 'c3', type: 'CLOSE_TRADE', ticket: 4711 }).answer).toMatchObject({
    status: 'completed',
    response: { ticket: 4711, already_closed: true },
  })
})

test('CLOSE_ALL keeps to its scope: symbol, magic, or everything, trades by hand too', () => {
  const { ea, broker } = eaWith()
  const one = { direction: 'BUY', volume: 0.01 } as const
  broker.open({ ...one, symbol: 'EURUSD', magic: '7' }, EXPERT)
  broker.open({ ...one, symbol: 'USDJPY', magic: '7' }, EXPERT)
  broker.open({ ...one, symbol: 'EURUSD' }, MANUAL)
  const all = { type: 'CLOSE_ALL' }
  expect(ea.handle({ id: 'a', ...all, symbol: 'EURUSD', magic: 7 }).answer).toMatchObject({
    status: 'completed',
    response: { closed: [16218652], failed: [], retcode: 10009 },
  })
  expect(ea.handle({ id: 'b', ...all }).answer.response.closed).toEqual([16218653, 16218654])
  expect(ea.handle({ id: 'c', ...all }).answer).toMatchObject({
    status: 'completed',
    response: { closed: [] },
  })
})

test('CLOSE_ALL that is refused in part fails, says which, and goes on when it comes again', () => {
  const { ea, broker } = eaWith()
  for (const symbol of ['EURUSD', 'USDJPY']) broker.open({ symbol, direction: 'BUY', volume: 0.01 }, EXPERT)
  broker.conditions.setMarketOpen('EURUSD', false)
  const command = { id: 'a', type: 'CLOSE_ALL' }
  expect(ea.handle(command).answer).toMatchObject({
    status: 'failed',
    response: {
      closed: [16218653],
      failed: [{ ticket: 16218652, retcode: 10018 }],
      retcode: 10018,
      safe_to_retry: true,
    },
  })
  broker.conditions.setMarketOpen('EURUSD', true)
  expect(ea.handle(command)).toMatchObject({ repeated: false, answer: { response: { closed: [16218652] } } })
})

test('a transient refusal is tried again for a close, answered from memory for an open', () => {
  const { ea, broker } = eaWith()
  broker.open({ symbol: 'EURUSD', direction: 'BUY', volume: 0.01 }, EXPERT)
  const close = { id: 'c1', type: 'CLOSE_TRADE', ticket: 16218652 }
  broker.conditions.rejectNext(10021)
  expect(ea.handle(close).answer).toMatchObject({ status: 'failed', response: { safe_to_retry: true } })
  expect(ea.handle(close)).toMatchObject({ repeated: false, answer: { status: 'completed' } })
  broker.conditions.rejectNext(10021)
  const refused = ea.handle({ ...open, id: 'c2' })
  expect(ea.handle({ ...open, id: 'c2' })).toEqual({ ...refused, repeated: true })
  expect(broker.positions()).toEqual([])
})
