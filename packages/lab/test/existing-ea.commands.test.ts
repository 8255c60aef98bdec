// What the client of the existing EA's dialect makes of each command: every outcome that the EA was seen to report.
import { describe, expect, test } from 'vitest'
import { carryOut, type Fault, forex } from '../src/conform/existing-ea/index.ts'
import { bareHands, NOW_S, OPEN } from './existing-ea-support.ts'

describe('what it makes of a command', () => {
  const SELL = { order_type: 'SELL', sl: 1.095, tp: 1.085 }
  const closing = { type: 'CLOSE_TRADE', ticket: 16218652, reason: 'TIME_EXIT' }
  const modifying = { type: 'MODIFY_TRADE', ticket: 16218652, sl: 1.086, tp: 1.096 }
  const asking = { type: 'REQUEST_HISTORICAL_DATA', symbol: 'EURUSD', timeframe: 'H1' }
  const dates = { start_date: NOW_S - 14_400, end_date: NOW_S }
  const no = (error: string, rest = '') => `failed {"error":"${error}"${rest}}`
  const SOME = { symbol: 'EURUSD', direction: 'BUY', volume: 0.2, sl: 1.08, tp: 1.1 } as const

  const opens: [string, object, Fault | null, string][] = [
    [
      'done',
      {},
      null,
      'completed {"ticket":16218652,"price":1.09002,"volume":0.10,"sl":1.08500,"tp":1.09500,"tpsl_verified":true}',
    ],
    [
      'not selectable yet',
      {},
      { retcode: 10009, hidden: true },
      'completed {"ticket":16218652,"price":1.09002,"volume":0.10,"sl":0.00000,"tp":0.00000,"tpsl_verified":false}',
    ],
    ['no symbol', { symbol: '' }, null, no('No symbol found')],
    ['no sl', { sl: 0 }, null, no('SL and TP are required and must not be 0')],
    ['no quote', { symbol: 'GBPUSD' }, null, no('Failed to get tick data')],
    ['unknown symbol', { symbol: 'XXXYYY' }, null, no('Failed to get tick data')],
    ['BUY sl', { sl: 1.1 }, null, no('Invalid SL: 1.10000 >= Price: 1.09002 (BUY)', ',"error_code":130')],
    ['BUY tp', { tp: 1 }, null, no('Invalid TP: 1.00000 <= Price: 1.09002 (BUY)', ',"error_code":130')],
    [
      'SELL sl',
      { ...SELL, sl: 1 },
      null,
      no('Invalid SL: 1.00000 <= Price: 1.09000 (SELL)', ',"error_code":130'),
    ],
    [
      'SELL tp',
      { ...SELL, tp: 1.1 },
      null,
      no('Invalid TP: 1.10000 >= Price: 1.09000 (SELL)', ',"error_code":130'),
    ],
    [
      'too close',
      { sl: 1.08998 },
      null,
      no('SL too close: 0.00004 < 0.00010 (min 10 points)', ',"error_code":130'),
    ],
    [
      'tp too close',
      { tp: 1.09007 },
      null,
      no('TP too close: 0.00005 < 0.00010 (min 10 points)', ',"error_code":130'),
    ],
    ['lower case', { order_type: 'buy' }, null, no('Invalid order type')],
    [
      'stops refused',
      {},
      { retcode: 10016, sent: true },
      no(
        'Broker rejected SL/TP',
        ',"error_code":10016,"error_desc":"Invalid stops","sl":1.08500,"tp":1.09500',
      ),
    ],
    [
      'not even sent',
      {},
      { retcode: 0, last_error: 4752 },
      no('OrderSend failed', ',"error_code":4752,"error_desc":"Trading by Expert Advisors prohibited"'),
    ],
    ['no money', {}, { retcode: 10019 }, no('All filling modes failed', ',"error_code":4756')],
  ]
  test.each(opens)('OPEN_TRADE: %s', async (_name, over, fault, meant) => {
    const { hands, terminal, answers, logs } = bareHands()
    if (fault) terminal.failNext(fault, 3)
    await carryOut(JSON.stringify({ ...OPEN, ...over }), hands)
    expect(answers.map(({ id, status, response }) => `${id} ${status} ${response}`)).toEqual([
      `c-open ${meant}`,
    ])
    expect(logs[0]).toBe('INFO Command received | Type: OPEN_TRADE, ID: c-open')
    expect(logs.at(-1)).toMatch(
      meant.startsWith('completed') ? /^INFO Command executed/ : /^ERROR Command failed/,
    )
  })

  test.each([10008, 10010, 10012])('OPEN_TRADE: %i opens three positions and is failed', async (retcode) => {
    const { hands, terminal, answers } = bareHands()
    terminal.failNext({ retcode }, 3)
    await carryOut(JSON.stringify(OPEN), hands)
    expect(answers[0]?.response).toBe('{"error":"All filling modes failed","error_code":4756}')
    expect(terminal.positions().map(({ volume }) => volume)).toEqual(
      Array(3).fill(retcode === 10010 ? 0.05 : 0.1),
    )
    expect(terminal.orders.map((order) => order.action === 'DEAL' && order.filling)).toEqual([
      'FOK',
      'IOC',
      'RETURN',
    ])
  })

  test('OPEN_TRADE: clamped volume, comment and magic; handed out twice it opens twice', async () => {
    const { hands, terminal } = bareHands({ symbols: [forex('EURUSD', { fillings: [] })], deposit: 1e9 })
    for (const volume of [0.014, 5000, '7', 0.014])
      await carryOut(JSON.stringify({ ...OPEN, volume, comment: 'Auto-Trade Signal #7 (H1)' }), hands)
    expect(terminal.positions().map(({ volume }) => volume)).toEqual([0.01, 100, 0.01, 0.01])
    expect(terminal.positions()[0]).toMatchObject({ magic: 999888, comment: 'Auto-Trade Signal #7 (H1)' })
  })

  const others: [string, object, Fault | null, string][] = [
    ['MODIFY_TRADE', modifying, null, 'completed {"ticket":16218652,"sl":1.08600,"tp":1.09600}'],
    ['MODIFY_TRADE no ticket', { ...modifying, ticket: undefined }, null, no('No ticket provided')],
    ['MODIFY_TRADE no tp', { ...modifying, tp: null }, null, no('SL and TP are required and must not be 0')],
    [
      'MODIFY_TRADE not held',
      { ...modifying, ticket: 9 },
      null,
      no('Position 9 not found. Total positions: 1'),
    ],
    [
      'MODIFY_TRADE refused',
      modifying,
      { retcode: 10016, sent: true },
      no('Modify failed', ',"retcode":10016'),
    ],
    [
      'MODIFY_TRADE no changes',
      { ...modifying, sl: 1.08, tp: 1.1 },
      null,
      no('OrderSend failed', ',"error_code":4756,"error_desc":"Trade request sending failed"'),
    ],
    ['CLOSE_TRADE', closing, null, 'completed {"ticket":16218652,"close_price":1.09000}'],
    [
      'CLOSE_TRADE whatever volume',
      { ...closing, volume: 0.01 },
      null,
      'completed {"ticket":16218652,"close_price":1.09000}',
    ],
    ['CLOSE_TRADE no ticket', { ...closing, ticket: null, reason: 'x' }, null, no('No ticket provided')],
    ['CLOSE_TRADE not held', { ...closing, ticket: 4294967373 }, null, no('Position 77 not found')],
    ['CLOSE_TRADE in part', closing, { retcode: 10010 }, no('Close failed', ',"retcode":10010')],
    ['CLOSE_TRADE not sent', closing, { retcode: 10018 }, no('OrderSend failed')],
    [
      'history',
      { ...asking, ...dates },
      null,
      'completed {"symbol":"EURUSD","timeframe":"H1","bars_sent":4}',
    ],
    ['history of nothing', { ...asking, ...dates, symbol: '' }, null, no('Missing symbol or timeframe')],
    [
      'history, ISO dates',
      { ...asking, start_date: '2025-07-20', end_date: NOW_S },
      null,
      no('Invalid date range'),
    ],
    ['history, H2', { ...asking, ...dates, timeframe: 'H2' }, null, no('Invalid timeframe')],
    [
      'history of a strange symbol',
      { ...asking, ...dates, symbol: 'XXX' },
      null,
      no('Failed to copy rates for XXX', ',"bars_copied":-1'),
    ],
    [
      'history not taken',
      { ...asking, start_date: NOW_S - 30_000, end_date: NOW_S },
      null,
      no('Failed to send historical data to server'),
    ],
  ]
  test.each(others)('%s', async (_name, command, fault, meant) => {
    const { hands, terminal, answers } = bareHands()
    terminal.openByHand(SOME)
    if (fault) terminal.failNext(fault)
    await carryOut(JSON.stringify({ id: 'c-2', ...command }), hands)
    expect(answers.map(({ status, response }) => `${status} ${response}`)).toEqual([meant])
  })

  test('history goes out in chunks from old to new, each with its newest bar first', async () => {
    const { hands, uploads } = bareHands()
    const hour = NOW_S - (NOW_S % 3600)
    await carryOut(JSON.stringify({ id: 'h', ...asking, ...dates }), hands)
    expect(uploads).toEqual([[hour - 3600, hour - 7200, hour - 10_800], [hour]])
  })

  test.each(['CLOSE_ALL', 'modify_sl', ''])(
    'a type of "%s" is logged twice and never answered',
    async (type) => {
      const { hands, answers, logs } = bareHands()
      await carryOut(JSON.stringify({ id: 'c-3', type }), hands)
      const info = `Type: ${type}, ID: c-3`
      expect(logs).toEqual([`INFO Command received | ${info}`, `WARNING Unknown command type | ${info}`])
      expect(answers).toEqual([])
    },
  )
})
