// The bytes that the client of the existing EA's dialect sends, and its reading of answers, against what that EA was
// seen to do.
import { describe, expect, test } from 'vitest'
import { decodeAnsi, encodeAnsi, forex, reading, wording } from '../src/conform/existing-ea/index.ts'
import { HEAD, KEY, LOGIN, NOW_S } from './existing-ea-support.ts'

const ME = { account: LOGIN, api_key: KEY }
const FUNDS = { balance: 10_000, equity: 10_000, margin: 0, free_margin: 10_000 }
const PROFITS = { profit_today: 0, profit_week: 0, profit_month: 0, profit_year: 0 }
const DEPOSITS = { deposits_today: 0, deposits_week: 0, deposits_month: 0, deposits_year: 10_000 }
const TRADE = {
  ticket: 16218652n,
  symbol: 'EURUSD',
  direction: 'BUY',
  volume: 0.1,
  open_price: 1.09002,
  open_time: 1795367499,
  close_price: 0,
  close_time: 0,
  sl: 1.085,
  tp: 1.095,
  profit: 0.5,
  commission: -0.35,
  swap: -0.1,
  status: 'open',
  close_reason: '',
} as const

describe('the bytes that it sends', () => {
  const names = ['EURUSD', 'GBPUSD', 'XAUUSD', 'BTCUSD']
  const spec = forex('EURUSD')
  const bar = { time: 1794765600, open: 1.09, high: 1.09109, low: 1.08891, close: 1.0906, tick_volume: 267 }
  const tick = { symbol: 'EURUSD', bid: 1.09, ask: 1.09002, volume: 1, timestamp: NOW_S, tz_offset: -3600 }
  const loss = { profit_today: -0.65, profit_week: -0.65, profit_month: -0.65, profit_year: -0.2 }
  const booked = { ticket: 900001n, transaction_type: 'BALANCE', amount: 10000, balance: 10000 }
  const rows: [string, string, string][] = [
    [
      'connect',
      wording.connectBody(LOGIN, 'Pepperstone Group Ltd', NOW_S, names),
      '{"account":12345678,"broker":"Pepperstone Group Ltd","platform":"MT5","timestamp":1795367498,"available_symbols":["EURUSD","GBPUSD","XAUUSD","BTCUSD"]}',
    ],
    ['symbols, get_commands', wording.bareBody(ME), '{"account":12345678,"api_key":"KEY123"}'],
    [
      'symbol_specs',
      wording.specsBody(ME, [spec]),
      '{"account":12345678,"api_key":"KEY123","symbols":[{"symbol":"EURUSD","volume_min":0.01,"volume_max":100.00,"volume_step":0.01,"stops_level":10,"freeze_level":0,"trade_mode":4,"digits":5,"point_value":0.0000100000,"contract_size":100000.00}]}',
    ],
    [
      'symbol_specs of one',
      wording.oneSpecBody(ME, spec),
      '{"account":12345678,"api_key":"KEY123","symbols":[{"symbol":"EURUSD","volume_min":0.01,"volume_max":100.00,"volume_step":0.01,"stops_level":10,"freeze_level":0,"trade_mode":4,"digits":5,"point_value":0.0000100000}]}',
    ],
    ['symbol_specs of none', wording.specsBody(ME, []), `${HEAD},"symbols":[]}`],
    [
      'coverage',
      wording.coverageBody('EURUSD', 'H1', 168),
      '{"symbol":"EURUSD","timeframe":"H1","required_bars":168}',
    ],
    [
      'historical',
      wording.historicalBody(LOGIN, 'EURUSD', 'H1', [bar]),
      '{"account":12345678,"symbol":"EURUSD","timeframe":"H1","candles":[{"timestamp":1794765600,"open":1.09000,"high":1.09109,"low":1.08891,"close":1.09060,"volume":267}]}',
    ],
    [
      'heartbeat',
      wording.heartbeatBody(ME, NOW_S, { ...FUNDS, ...PROFITS, ...DEPOSITS }),
      '{"account":12345678,"api_key":"KEY123","timestamp":1795367498,"balance":10000.00,"equity":10000.00,"margin":0.00,"free_margin":10000.00,"profit_today":0.00,"profit_week":0.00,"profit_month":0.00,"profit_year":0.00,"deposits_today":0.00,"deposits_week":0.00,"deposits_month":0.00,"deposits_year":10000.00}',
    ],
    [
      'profit_update',
      wording.profitUpdateBody(ME, { balance: 9999.8, equity: 9999.8, ...loss }),
      '{"account":12345678,"api_key":"KEY123","balance":9999.80,"equity":9999.80,"profit_today":-0.65,"profit_week":-0.65,"profit_month":-0.65,"profit_year":-0.20}',
    ],
    [
      'transaction',
      wording.transactionBody(ME, { ...booked, timestamp: 1791912364, comment: 'Initial deposit' }),
      '{"account":12345678,"api_key":"KEY123","ticket":900001,"transaction_type":"BALANCE","amount":10000.00,"timestamp":1791912364,"comment":"Initial deposit","balance":10000.00}',
    ],
    [
      'ticks',
      wording.ticksBody(
        ME,
        [wording.tickText({ ...tick, tradeable: false })],
        [{ ticket: 16218652n, profit: 0.5, swap: -0.1 }],
        { balance: 10_000, equity: 10_000.5, margin: 100, free_margin: 9_900, ...PROFITS },
      ),
      '{"account":12345678,"api_key":"KEY123","ticks":[{"symbol":"EURUSD","bid":1.09000,"ask":1.09002,"spread":0.00002,"volume":1,"timestamp":1795367498,"tz_offset":-3600,"tradeable":false}],"positions":[{"ticket":16218652,"profit":0.50,"swap":-0.10}],"balance":10000.00,"equity":10000.50,"margin":100.00,"free_margin":9900.00,"profit_today":0.00,"profit_week":0.00,"profit_month":0.00,"profit_year":0.00}',
    ],
    [
      'trades/update',
      wording.tradeUpdateBody(ME, TRADE),
      '{"account":12345678,"api_key":"KEY123","ticket":16218652,"symbol":"EURUSD","direction":"BUY","volume":0.10,"open_price":1.09002,"open_time":1795367499,"close_price":0.00000,"close_time":0,"sl":1.08500,"tp":1.09500,"profit":0.50,"commission":-0.35,"swap":-0.10,"status":"open","source":"MT5","close_reason":""}',
    ],
    [
      'log',
      wording.logBody(ME, 'INFO', 'Command received', 'Type: OPEN_TRADE, ID: c-open'),
      '{"account":12345678,"api_key":"KEY123","level":"INFO","message":"Command received","details":{"info":"Type: OPEN_TRADE, ID: c-open"}}',
    ],
  ]
  test.each(rows)('%s', (_name, said, seen) => expect(said).toBe(seen))

  test('numbers as printf makes them', () => {
    expect(wording.int(4294967373n)).toBe('77')
    expect(wording.int(2147483648n)).toBe('-2147483648')
    expect(wording.unsigned(4294967373n)).toBe('4294967373')
    expect([wording.dec(-0, 2), wording.dec(-0.001, 2), wording.dec(1, 10)]).toEqual([
      '-0.00',
      '-0.00',
      '1.0000000000',
    ])
    expect(wording.bareBody({ account: 2147483649n, api_key: '' })).toBe(
      '{"account":-2147483647,"api_key":""}',
    )
    const big = { ...TRADE, ticket: 4294967373n }
    expect(wording.tradeUpdateBody(ME, big)).toContain('"ticket":4294967373,')
  })

  test('nothing is escaped, and letters are Windows-1252', () => {
    const body = wording.connectBody(LOGIN, 'Foo "Bär" €', 1, [])
    expect(body).toContain('"broker":"Foo "Bär" €",')
    expect([...encodeAnsi('ä€–漢')]).toEqual([0xe4, 0x80, 0x96, 0x3f])
    const page = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    expect([...encodeAnsi(decodeAnsi(page))]).toEqual([...page])
  })
})

describe('what it reads', () => {
  const { apiKeyIn, commandsIn, coverageIn, dateIn, needsUpdateIn, priceIn } = reading
  const { reasonIn, stringField, symbolsIn, ticketIn, trailingStopIn, volumeIn } = reading
  const reason = (length: number) => `"reason":"${'r'.repeat(length)}"`
  const rows: [string, unknown, unknown][] = [
    ['the first key', apiKeyIn('{"api_key":"a","x":{"api_key":"b"}}'), 'a'],
    ['a key up to a quotation mark, escaped or not', apiKeyIn('{"api_key":"a\\"b"}'), 'a\\'],
    ['no key after a space', apiKeyIn('{"api_key": "a"}'), ''],
    ['symbols', symbolsIn('{"symbols":["EURUSD", \n"GBPUSD"]}'), ['EURUSD', 'GBPUSD']],
    ['no symbols', symbolsIn('{"symbols":[]}'), []],
    ['no list of symbols', symbolsIn('{"symbols": ["EURUSD"]}'), null],
    ['symbols of objects', symbolsIn('{"symbols":[{"symbol":"EURUSD","digits":5}]}'), ['symbol', 'EURUSD']],
    ['as many symbols as commas and one', symbolsIn('{"symbols":["EURUSD",]}'), ['EURUSD', '']],
    ['commands in order', commandsIn('{"commands":[{"id":"a"}, {"id":"b"}]}'), ['{"id":"a"}', '{"id":"b"}']],
    ['no commands', commandsIn('{"commands":[]}'), []],
    ['a space before the list loses it', commandsIn('{"commands": [{"id":"a"}]}'), []],
    ['] in a comment loses the command', commandsIn('{"commands":[{"comment":"[x]","id":"a"}]}'), []],
    [
      '} in a comment cuts it',
      commandsIn('{"commands":[{"comment":"x}","id":"a"}]}').map((text) => stringField(text, 'id')),
      [''],
    ],
    [
      'a nested object ends it early',
      commandsIn('{"commands":[{"id":"a","payload":{"sl":1},"type":"T"}]}')[0],
      '{"id":"a","payload":{"sl":1}',
    ],
    [
      'a string ends at an escaped quotation mark',
      stringField('"comment":"say \\"hi\\""', 'comment'),
      'say \\',
    ],
    ['\\u is not decoded', stringField('"comment":"\\u00e4"', 'comment'), '\\u00e4'],
    ['no string after a space', stringField('"type": "OPEN_TRADE"', 'type'), ''],
    ['type is not order_type', stringField('"order_type":"BUY","type":"T"', 'type'), 'T'],
    ['a volume', volumeIn('{"volume":0.25,"x":1}'), 0.25],
    ['a volume of ten characters', volumeIn('{"volume":0.123456789,"x":1}'), 0.12345678],
    ['a missing volume', volumeIn('{}'), 0.01],
    ['a quoted volume', volumeIn('{"volume":"0.5"}'), 0],
    ['a level after a space', priceIn('{"sl": 1.085}', 'sl'), 1.085],
    ['a level of fifteen characters', priceIn('{"tp":1.0850000000000001}', 'tp'), 1.085],
    ['a level cut off in its digits', priceIn('{"sl":100000000000000000}', 'sl'), 1e14],
    ['a level of null', priceIn('{"sl":null}', 'sl'), 0],
    ['a missing level', priceIn('{"sl":1}', 'tp'), 0],
    ['a quoted level', priceIn('{"sl":"1.085"}', 'sl'), 0],
    ['a ticket', ticketIn('{"ticket":4294967373}'), 4294967373n],
    ['a quoted ticket', ticketIn('{"ticket":"123"}'), 123n],
    ['a ticket of null is the next number', ticketIn('{"ticket":null,"volume":30}'), 30n],
    ['a ticket with an exponent', ticketIn('{"ticket":1.6e7}'), 1n],
    ['a ticket without its sign', ticketIn('{"ticket":-5}'), 5n],
    ['a ticket outside of the window', ticketIn(`{"ticket":${' '.repeat(30)}5}`), 0n],
    ['a missing ticket', ticketIn('{}'), 0n],
    ['a reason', reasonIn('{"reason": "TIME_EXIT"}'), 'TIME_EXIT'],
    ['the longest reason', reasonIn(reason(98)), 'r'.repeat(98)],
    ['a longer one is dropped', reasonIn(reason(99)), ''],
    ['trailing_stop', trailingStopIn('{"trailing_stop":true}'), true],
    ['trailing_stop after a space', trailingStopIn('{"trailing_stop": true}'), true],
    ['trailing_stop as a number', trailingStopIn('{"trailing_stop":1}'), false],
    ['a date', dateIn('{"start_date":1752999600}', 'start_date'), 1752999600],
    ['an ISO date', dateIn('{"end_date":"2025-07-20T00:00:00Z"}', 'end_date'), 0],
    ['coverage', coverageIn('{"coverage_percent":93.5,"needs_update":false}'), 93.5],
    ['coverage at the end', coverageIn('{"coverage_percent": 40}'), 40],
    ['needs_update', needsUpdateIn('{"needs_update":true}'), true],
    ['needs_update after a space', needsUpdateIn('{"needs_update": true}'), false],
  ]
  test.each(rows)('%s', (_name, read, meant) => expect(read).toEqual(meant))
})
