// Pending orders (P7, P9, R12): what a word makes of what is known, in whatever order words come.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  enderOf,
  judgeOrder,
  type Order,
  orderFieldsChanged,
  placerOf,
  type ToldOrder,
} from '../src/index.ts'

const told = (more: Partial<ToldOrder> = {}): ToldOrder => ({
  ticket: '7',
  type: 'ORDER_TYPE_BUY_LIMIT',
  state: 'ORDER_STATE_PLACED',
  reason: 'ORDER_REASON_EXPERT',
  symbol: 'EURUSD',
  volume: 0.3,
  volume_left: 0.3,
  price: 1.1,
  stop_limit_price: null,
  sl: null,
  tp: null,
  expiration_ms: null,
  magic: null,
  comment: null,
  position: null,
  time_ms: 1,
  done_time_ms: null,
  ...more,
})
const known = (over_by: Order['over_by'], more: Partial<Order> = {}) =>
  ({ ...told(), over_by, made_by: 'manual', ...more }) as Order
const cancelled = told({ state: 'ORDER_STATE_CANCELED', done_time_ms: 5 })

describe('what a word makes of what is known', () => {
  test.each<[string, Order | null, ToldOrder, boolean, unknown]>([
    ['first heard of', null, told(), true, 'placed'],
    ['the same again', known(null), told(), true, null],
    ['another price', known(null), told({ price: 1.2 }), true, 'changed'],
    ['within eight digits', known(null), told({ price: 1.1 + 1e-12 }), true, null],
    ['its end', known(null), cancelled, true, 'over'],
    ['O2: an end is a fact', known(null), cancelled, false, 'over'],
    ['O2: what it is now, from aside', known(null), told({ price: 1.2 }), false, null],
    ['O2: that it is there, from aside', null, told(), false, null],
    ['an end that nobody saw begin', null, cancelled, false, 'over'],
    [
      'a partial fill whose rest left',
      known(null),
      told({ state: 'ORDER_STATE_PARTIAL', done_time_ms: 5 }),
      true,
      'over',
    ],
    [
      'a partial fill that goes on',
      known(null),
      told({ state: 'ORDER_STATE_PARTIAL', volume_left: 0.1 }),
      true,
      'changed',
    ],
    ['O1: after its end', known('event'), told({ price: 1.2 }), true, null],
    ['O1: another end', known('event'), cancelled, true, null],
    ['nobody had found it', known('absence'), told(), true, 'changed'],
    ['nobody had found it, and now its end', known('absence'), cancelled, true, 'over'],
    ['nobody had found it, and one from aside says that it is there', known('absence'), told(), false, null],
  ])('%s', (_what, before, word, from_owner, change) => {
    expect(judgeOrder(before, word, from_owner)).toBe(change)
  })
})

test('whatever else is said, and however often: who heard of an end stands at that end', () => {
  const word = fc.record({
    end: fc.boolean(),
    from_owner: fc.boolean(),
    price: fc.constantFrom(1.1, 1.2, 1.3),
  })
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      let row: Order | null = null
      for (const { end, from_owner, price } of words) {
        const said = end ? cancelled : told({ price })
        const change = judgeOrder(row, said, from_owner)
        if (change !== null) row = { ...known(change === 'over' ? 'event' : null), ...said }
        expect(judgeOrder(row, said, from_owner)).toBe(null)
      }
      expect((row as Order | null)?.over_by === 'event').toBe(words.some(({ end }) => end))
    }),
  )
})

test('which fields changed', () => {
  expect(orderFieldsChanged(known(null), told({ sl: 1.05, volume_left: 0.2 }))).toEqual(['sl', 'volume_left'])
})

describe('R12: who placed it, and who ended it', () => {
  test.each([
    ['ORDER_REASON_EXPERT', true, 'command'],
    ['ORDER_REASON_EXPERT', false, 'other_ea'],
    ['ORDER_REASON_MOBILE', true, 'manual'],
    ['ORDER_REASON_SL', false, 'sl'],
    [null, true, 'command'],
    [null, false, 'unattributed'],
  ] as const)('%s, tag of ours %s: %s', (reason, tagged, maker) => {
    expect(placerOf(reason, tagged)).toBe(maker)
  })
  test.each([
    ['ORDER_STATE_FILLED', null, 'broker'],
    ['ORDER_STATE_EXPIRED', 'c1', 'broker'],
    ['ORDER_STATE_CANCELED', 'c1', 'command'],
    ['ORDER_STATE_CANCELED', null, 'unattributed'],
  ] as const)('%s by %s: %s', (state, command, ender) => {
    expect(enderOf(state, command)).toBe(ender)
  })
})
