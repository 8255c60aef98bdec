// A plain client's full list against what is known (R6 R7 R8 R10 P7 P8): cases.
import { describe, expect, test } from 'vitest'
import { readRows, withPosition } from '../src/index.ts'
import { row, sync, told, trade } from './dsl/book.ts'

const three = [trade('16218652'), trade('16218653'), trade('16218655')]

describe('the published example', () => {
  test('knows 52, 53, 55; listed 52, 53, 54 → 55 closed, 54 added, the others updated where SL or TP changed', () => {
    const verdict = sync(three, [row(16218652, { sl: 1.0875 }), row(16218653), row(16218654)])
    expect(told(verdict)).toEqual(['closed 16218655', 'created 16218654', 'updated 16218652 sl'])
    expect(verdict).toMatchObject({ suspect: [], empty_lists: 0 })
  })
})

describe('R6, R7: present', () => {
  test('R6: unknown: created', () => {
    expect(told(sync([], [row(1), row('9223372036854775807')]))).toEqual([
      'created 1',
      'created 9223372036854775807',
    ])
  })
  test('R7: each figure that changed is named', () => {
    const changed = row(1, {
      sl: 1.08,
      tp: 0,
      volume: 0.05,
      open_price: 1.1,
      symbol: 'GBPUSD',
      direction: 'SELL',
    })
    expect(told(sync([trade('1')], [changed]))).toEqual([
      'updated 1 sl tp volume symbol direction open_price',
    ])
  })
  test('R7: profit and swap alone: refreshed, no event', () => {
    expect(told(sync([trade('1')], [row(1, { profit: 5 })]))).toEqual(['refreshed 1'])
    expect(told(sync([trade('1', { profit: 5 })], [row(1, { profit: 5 })]))).toEqual([])
  })
  test('R7: closed by absence: reopened; closed by the EA’s word: stays closed, contradicted', () => {
    const absent = trade('1', { status: 'closed', closed_by: 'absence' })
    const closed = trade('2', { status: 'closed', closed_by: 'event' })
    expect(told(sync([absent, closed], [row(1), row(2)]))).toEqual(['contradicted 2', 'reopened 1'])
  })
  test('a closed trade that is not listed is left alone', () => {
    expect(told(sync([trade('1', { status: 'closed', closed_by: 'event' })], [row(2)]))).toEqual([
      'created 2',
    ])
  })
  test('P7: a trade of which only the end was known gets its figures', () => {
    const bare = trade('1', { symbol: null, direction: null, volume: null, open_price: null })
    expect(told(sync([bare], [row(1)]))).toEqual(['updated 1 volume symbol direction open_price'])
  })
})

describe('R8: compared after rounding', () => {
  test('the noise below digits and step is no change', () => {
    const noisy = row(1, { sl: 1.0850000001, tp: 1.0949999999, volume: 0.1 + 1e-9, open_price: 1.0900000004 })
    expect(told(sync([trade('1')], [noisy]))).toEqual([])
    expect(told(sync([trade('1', { volume: 0.3 })], [row(1, { volume: 0.1 + 0.2 })]))).toEqual([])
  })
  test('one point and one step are a change', () => {
    expect(told(sync([trade('1')], [row(1, { sl: 1.08501 })]))).toEqual(['updated 1 sl'])
    expect(told(sync([trade('1')], [row(1, { volume: 0.11 })]))).toEqual(['updated 1 volume'])
  })
  test('no stop: null and 0 are the same', () => {
    expect(told(sync([trade('1', { sl: null, tp: null })], [row(1, { sl: 0, tp: null })]))).toEqual([])
  })
  test('without a spec, eight digits and any step', () => {
    const unknown = { spec: () => undefined }
    expect(told(sync([trade('1')], [row(1, { sl: 1.0850001 })], unknown))).toEqual(['updated 1 sl'])
    expect(told(sync([trade('1')], [row(1, { volume: 0.1000001 })], unknown))).toEqual(['updated 1 volume'])
  })
})

describe('P7: what the list does not say stays', () => {
  const { sl: _sl, tp: _tp, ...silent } = row(1)
  test('a row without sl and tp removes no stop', () => {
    expect(told(sync([trade('1')], [silent]))).toEqual([])
    const position = readRows([silent]).positions.get('1')
    expect(position && withPosition(trade('1'), position, 5)).toMatchObject({ sl: 1.085, tp: 1.095 })
  })
  test('confirmed stops end a wish, rounded to the symbol’s digits; others do not', () => {
    const wishing = trade('1', { wanted_sl: 1.087504, wanted_tp: 1.0 })
    const position = readRows([row(1, { sl: 1.0875 })]).positions.get('1')
    expect(position && withPosition(wishing, position, 5, 5)).toMatchObject({
      sl: 1.0875,
      wanted_sl: null,
      wanted_tp: 1.0,
      updated_at: 5,
    })
  })
})

describe('P8: heard after the list began to arrive', () => {
  const late = { heard_no: 1 }
  test('is not judged absent', () => {
    expect(told(sync([trade('1', late), trade('2')], [row(3)]))).toEqual(['closed 2', 'created 3'])
  })
  test('is not changed, reopened or contradicted either', () => {
    const changed = row(1, { sl: 1.01, profit: 9 })
    for (const overrides of [
      {},
      { status: 'closed', closed_by: 'absence' },
      { status: 'closed', closed_by: 'event' },
    ] as const)
      expect(told(sync([trade('1', { ...late, ...overrides })], [changed]))).toEqual([])
  })
})

describe('an empty list while trades are open', () => {
  const open = [trade('1'), trade('2')]
  const cases: [string, Parameters<typeof sync>[2], boolean][] = [
    ['the heartbeat said margin 0', { margin: 0 }, true],
    ['the heartbeat said open_positions 0', { open_positions: 0 }, true],
    ['the heartbeat said nothing', {}, false],
    ['the heartbeat said 2 positions', { open_positions: 2 }, false],
    ['the heartbeat said nothing, the second time', { empty_lists_before: 1 }, true],
    ['margin is in use', { margin: 12.5 }, false],
    ['margin is in use, the second time', { margin: 12.5, empty_lists_before: 1 }, false],
    [
      'margin is in use, the hundredth time',
      { margin: 0.01, open_positions: 0, empty_lists_before: 99 },
      false,
    ],
  ]
  for (const [when, facts, believed] of cases)
    test(`${when}: ${believed ? 'believed' : 'suspect'}`, () => {
      const verdict = sync(open, [], facts)
      expect(told(verdict)).toEqual(believed ? ['closed 1', 'closed 2'] : [])
      expect(verdict.suspect).toEqual(believed ? [] : ['1', '2'])
      expect(verdict.empty_lists).toBe(believed ? 0 : (facts?.empty_lists_before ?? 0) + 1)
    })
  test('with nothing open it is just empty, and a full list starts the count again', () => {
    expect(sync([], [], { margin: 5 })).toEqual({ adjustments: [], suspect: [], empty_lists: 0 })
    expect(sync(open, [row(1), row(2)], { empty_lists_before: 1 }).empty_lists).toBe(0)
  })
})

describe('R10: bad rows', () => {
  const unreadable = [
    ['no object', 5],
    ['null', null],
    ['a list', []],
    ['no ticket', { ...row(1), ticket: undefined }],
    ['ticket 0', row(0)],
    ['ticket 2^63', row('9223372036854775808')],
    ['ticket with a leading zero', row('016218652')],
  ] as const
  for (const [what, bad] of unreadable)
    test(`${what}: it could be any position, so nobody is judged absent`, () => {
      const verdict = sync(three, [row(16218652), bad])
      expect(told(verdict)).toEqual([])
      expect(verdict.suspect).toEqual(['16218653', '16218655'])
    })

  const namedRows = [
    ['volume 0', row(16218653, { volume: 0 })],
    ['volume NaN', row(16218653, { volume: Number.NaN })],
    ['price missing', { ...row(16218653), open_price: undefined }],
    ['direction UP', row(16218653, { direction: 'UP' })],
    ['symbol a number', { ...row(16218653), symbol: 5 }],
  ] as const
  for (const [what, bad] of namedRows)
    test(`${what}: named and kept, the others are judged`, () => {
      const verdict = sync(three, [row(16218652, { sl: 0 }), bad])
      expect(told(verdict)).toEqual(['closed 16218655', 'updated 16218652 sl'])
      expect(readRows([bad]).rejected).toMatchObject([{ index: 0, ticket: '16218653' }])
      expect(readRows([bad]).rejected[0]?.reason).toMatch(/volume|open_price|direction|symbol/)
    })

  test('a list of nothing but bad rows is not an empty list', () => {
    const verdict = sync(three, [row(16218653, { volume: 0 })], { margin: 0 })
    expect(told(verdict)).toEqual(['closed 16218652', 'closed 16218655'])
  })

  test('a ticket listed twice: alike it counts once, with other figures neither row is believed', () => {
    expect(told(sync([trade('1')], [row(1, { sl: 0 }), row(1, { sl: 0 })]))).toEqual(['updated 1 sl'])
    const verdict = sync([trade('1')], [row(1, { sl: 0 }), row(1)])
    expect([told(verdict), verdict.suspect]).toEqual([[], []])
    expect(readRows([row(1), row(1, { sl: 0 })]).rejected[0]?.reason).toMatch(/listed twice/)
  })

  test('directions as MetaTrader and people write them', () => {
    const said = ['BUY', 'sell', 'POSITION_TYPE_SELL', 'ORDER_TYPE_BUY', 0, 1].map((direction, index) => ({
      ...row(index + 1),
      direction,
    }))
    expect([...readRows(said).positions.values()].map((position) => position.direction)).toEqual([
      'BUY',
      'SELL',
      'SELL',
      'BUY',
      'BUY',
      'SELL',
    ])
  })
})
