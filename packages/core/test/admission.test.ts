// Whether a wanted command becomes one: a table of payloads that can't be executed, and of those that can.
import { limits, type SymbolSpec } from '@ngtb/protocol'
import { describe, expect, test } from 'vitest'
import { admit, hasRoom, type MarketKnowledge } from '../src/index.ts'

const NOTHING: MarketKnowledge = { specs: new Map(), quote: () => undefined, trade: () => undefined }
const EURUSD: SymbolSpec = {
  symbol: 'EURUSD',
  volume_min: 0.02,
  volume_max: 50,
  volume_step: 0.01,
  digits: 5,
}
const MARKET: MarketKnowledge = {
  specs: new Map([['EURUSD', EURUSD]]),
  quote: (symbol) => (symbol === 'EURUSD' ? { bid: 1.09, ask: 1.0902 } : undefined),
  trade: (ticket) =>
    ticket === '7'
      ? { status: 'open', symbol: 'EURUSD', sl: 1.085, tp: null }
      : ticket === '8'
        ? { status: 'closed', symbol: 'EURUSD', sl: null, tp: null }
        : undefined,
}
const open = { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 }

type Case = [what: string, type: string, payload: unknown, says: RegExp, market?: MarketKnowledge]
const volumes = [
  Number.NaN,
  Infinity,
  -Infinity,
  -0,
  0,
  -0.1,
  1e308,
  limits.volume_max + 1,
  '0.1',
  null,
  undefined,
  true,
]
const badTickets: unknown[] = [
  '9223372036854775808',
  '18446744073709551615',
  -1,
  '-1',
  0,
  '0',
  '007',
  '7.0',
  ' 7',
  '+7',
  '7e2',
  '',
  2 ** 53,
  2 ** 64,
]
const refused: Case[] = [
  ...volumes.map(
    (volume): Case => [
      `volume ${Object.is(volume, -0) ? '-0' : String(volume)} (${typeof volume})`,
      'OPEN_TRADE',
      { ...open, volume },
      /volume/,
    ],
  ),
  ['volume off step', 'OPEN_TRADE', { ...open, volume: 0.025 }, /step of 0.01/, MARKET],
  ['volume below minimum', 'OPEN_TRADE', { ...open, volume: 0.01 }, /minimum of 0.02/, MARKET],
  ['volume above maximum', 'OPEN_TRADE', { ...open, volume: 50.01 }, /maximum of 50/, MARKET],
  ['unknown symbol', 'OPEN_TRADE', { ...open, symbol: 'EURUSD.x' }, /not among the 1 symbols/, MARKET],
  ['empty symbol', 'OPEN_TRADE', { ...open, symbol: '' }, /symbol/],
  ['symbol with a line break', 'OPEN_TRADE', { ...open, symbol: 'EUR\nUSD' }, /symbol/],
  ['symbol as long as a novel', 'OPEN_TRADE', { ...open, symbol: 'E'.repeat(33) }, /symbol/],
  ['BUY, sl above the bid', 'OPEN_TRADE', { ...open, sl: 1.0901 }, /sl .* wrong side/, MARKET],
  ['BUY, sl at the bid', 'OPEN_TRADE', { ...open, sl: 1.09 }, /sl .* wrong side/, MARKET],
  ['BUY, tp below the bid', 'OPEN_TRADE', { ...open, tp: 1.0899 }, /tp .* wrong side/, MARKET],
  [
    'SELL, sl below the ask',
    'OPEN_TRADE',
    { ...open, order_type: 'SELL', sl: 1.0901 },
    /sl .* wrong side/,
    MARKET,
  ],
  [
    'SELL, tp above the ask',
    'OPEN_TRADE',
    { ...open, order_type: 'SELL', tp: 1.0903 },
    /tp .* wrong side/,
    MARKET,
  ],
  ['BUY, sl above tp, no quote known', 'OPEN_TRADE', { ...open, sl: 1.2, tp: 1.1 }, /swap them/],
  [
    'SELL, sl below tp, no quote known',
    'OPEN_TRADE',
    { ...open, order_type: 'SELL', sl: 1.1, tp: 1.2 },
    /swap them/,
  ],
  ['negative sl', 'OPEN_TRADE', { ...open, sl: -1 }, /sl/],
  ...[
    'ORDER_TYPE_BUY_LIMIT',
    'ORDER_TYPE_SELL_STOP',
    'BUY_STOP_LIMIT',
    'ORDER_TYPE_CLOSE_BY',
    'buy',
    '0',
    '',
  ].map(
    (order_type): Case => [
      `order_type ${order_type}`,
      'OPEN_TRADE',
      { ...open, order_type },
      /not a market order/,
    ],
  ),
  ['order_type as a number', 'OPEN_TRADE', { ...open, order_type: 0 }, /order_type/],
  ['comment of 32 characters', 'OPEN_TRADE', { ...open, comment: 'x'.repeat(32) }, /comment/],
  ['comment with NUL', 'OPEN_TRADE', { ...open, comment: 'a\0b' }, /comment/],
  ['negative magic', 'OPEN_TRADE', { ...open, magic: -1 }, /magic/],
  ['unknown field', 'OPEN_TRADE', { ...open, stop_loss: 1 }, /unknown field stop_loss: remove it/],
  ['__proto__ as a field', 'CLOSE_ALL', JSON.parse('{"__proto__":{}}'), /unknown field __proto__/],
  ['no payload', 'OPEN_TRADE', null, /required/],
  ['payload a list', 'OPEN_TRADE', [], /object/],
  ['payload a text', 'CLOSE_ALL', 'all', /object/],
  ['MODIFY without stops', 'MODIFY_TRADE', { ticket: '7' }, /give sl or tp/],
  ['MODIFY of a closed trade', 'MODIFY_TRADE', { ticket: '8', sl: 1, tp: 2 }, /is closed/, MARKET],
  [
    'MODIFY of one stop of an unknown trade',
    'MODIFY_TRADE',
    { ticket: '9', sl: 1 },
    /give both sl and tp/,
    MARKET,
  ],
  ['float ticket', 'CLOSE_TRADE', { ticket: 1.5 }, /ticket/],
  ['no ticket', 'CLOSE_TRADE', {}, /ticket/],
  ['unknown type', 'PLACE_PENDING', {}, /PLACE_PENDING is not offered/],
  ['a type out of Object.prototype', 'constructor', {}, /not offered/],
  ['lower-case type', 'open_trade', open, /not offered/],
]

describe('refused, with a sentence that says what to change', () => {
  for (const [what, type, payload, says, market] of refused)
    test(`${type}: ${what}`, () => {
      const admission = admit(type, payload, market ?? NOTHING)
      expect(admission.accepted, 'accepted').toBe(false)
      if (!admission.accepted) {
        expect(admission.detail).toMatch(says)
        expect(admission.detail.length).toBeLessThan(200)
      }
    })

  for (const ticket of badTickets)
    for (const type of ['CLOSE_TRADE', 'MODIFY_TRADE'])
      test(`R1: ${type} of ticket ${typeof ticket === 'string' ? `'${ticket}'` : ticket}`, () => {
        const payload = type === 'CLOSE_TRADE' ? { ticket } : { ticket, sl: 1, tp: 2 }
        expect(admit(type, payload, NOTHING)).toMatchObject({ accepted: false, code: 'NGTB_TICKET_INVALID' })
      })
})

describe('accepted, complete and canonical', () => {
  const payloadOf = (type: string, payload: unknown, market = NOTHING) => {
    const admission = admit(type, payload, market)
    expect(admission).toMatchObject({ accepted: true, type })
    return admission.accepted ? admission.payload : {}
  }

  test('the published OPEN, with and without knowledge of the market', () => {
    const payload = { ...open, sl: 1.085, tp: 1.095 }
    expect(payloadOf('OPEN_TRADE', payload)).toEqual(payload)
    expect(payloadOf('OPEN_TRADE', payload, MARKET)).toEqual(payload)
    expect(payloadOf('OPEN_TRADE', { ...payload, order_type: 'ORDER_TYPE_BUY' }, MARKET)).toMatchObject(
      payload.sl ? { sl: 1.085 } : {},
    )
  })

  test('what the server does not know it does not check', () => {
    payloadOf('OPEN_TRADE', { ...open, symbol: 'ANYTHING#', volume: 0.123456 })
    payloadOf('OPEN_TRADE', { ...open, sl: 5 }) // no quote
    payloadOf(
      'OPEN_TRADE',
      { ...open, symbol: 'GBPUSD', volume: 0.017 },
      { ...MARKET, specs: new Map([['GBPUSD', { symbol: 'GBPUSD' }]]) },
    )
  })

  test('R8: the noise of binary fractions is not off step', () => {
    for (let steps = 2; steps <= 5_000; steps++)
      payloadOf('OPEN_TRADE', { ...open, volume: steps * 0.01 }, MARKET)
    payloadOf('OPEN_TRADE', { ...open, volume: 0.1 + 0.2 }, MARKET)
  })

  test('stops of 0 and null mean none and are on no side', () => {
    payloadOf('OPEN_TRADE', { ...open, sl: 0, tp: 0 }, MARKET)
    payloadOf('OPEN_TRADE', { ...open, sl: null, tp: null }, MARKET)
    payloadOf('OPEN_TRADE', { ...open, order_type: 'SELL', sl: 1.1, tp: 0 }, MARKET)
  })

  test('R1: tickets become text, up to 2^63−1', () => {
    for (const ticket of [16218652, '16218652', 2 ** 53 - 1, '9007199254740993', '9223372036854775807'])
      expect(payloadOf('CLOSE_TRADE', { ticket })).toEqual({ ticket: String(ticket) })
  })

  test('MODIFY names both stops: one left out keeps its confirmed value, null and 0 remove', () => {
    expect(payloadOf('MODIFY_TRADE', { ticket: 7, tp: 1.1 }, MARKET)).toEqual({
      ticket: '7',
      sl: 1.085,
      tp: 1.1,
    })
    expect(payloadOf('MODIFY_TRADE', { ticket: 7, sl: 1.08 }, MARKET)).toEqual({
      ticket: '7',
      sl: 1.08,
      tp: 0,
    })
    expect(payloadOf('MODIFY_TRADE', { ticket: 7, sl: null }, MARKET)).toEqual({ ticket: '7', sl: 0, tp: 0 })
    expect(payloadOf('MODIFY_TRADE', { ticket: 9, sl: 1, tp: 0 })).toEqual({ ticket: '9', sl: 1, tp: 0 })
  })

  test('CLOSE of a closed or unknown trade: gone is a success', () => {
    payloadOf('CLOSE_TRADE', { ticket: 8, reason: 'make sure' }, MARKET)
    payloadOf('CLOSE_ALL', undefined)
    payloadOf('CLOSE_ALL', { symbol: 'EURUSD', magic: 5 })
  })
})

test('room: a part is kept for what reduces risk', () => {
  const { commands_unsettled_per_account_max: all, commands_reserved_for_safety: reserve } = limits
  expect(hasRoom(all - reserve - 1, 'OPEN_TRADE')).toBe(true)
  expect(hasRoom(all - reserve, 'OPEN_TRADE')).toBe(false)
  for (const type of ['CLOSE_ALL', 'CLOSE_TRADE', 'MODIFY_TRADE'] as const) {
    expect(hasRoom(all - 1, type)).toBe(true)
    expect(hasRoom(all, type)).toBe(false)
  }
})
