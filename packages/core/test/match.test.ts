// Which new position settles an OPEN whose answer was lost (contract §4).
import { describe, expect, test } from 'vitest'
import { type Command, matchOpen, type NewPosition } from '../src/index.ts'
import { command, T0 } from './dsl/life.ts'

const position: NewPosition = {
  symbol: 'EURUSD',
  direction: 'BUY',
  volume: 0.1,
  sl: null,
  tp: null,
  comment: null,
  magic: null,
}
const lost = (command_id: string, payload: Record<string, unknown> = {}, overrides: Partial<Command> = {}) =>
  command('OPEN_TRADE', {
    command_id,
    status: 'timeout',
    attempt: 1,
    sent_at: T0,
    note: 'outcome_unknown',
    payload: { symbol: 'EURUSD', order_type: 'ORDER_TYPE_BUY', volume: 0.1, ...payload },
    ...overrides,
  })
const matched = (commands: Command[], overrides: Partial<NewPosition> = {}) =>
  matchOpen(commands, { ...position, ...overrides })?.command_id ?? null

describe('one unknown OPEN', () => {
  const rows: [string, Record<string, unknown>, Partial<NewPosition>, boolean][] = [
    ['same shape', {}, {}, true],
    ['other symbol', { symbol: 'GBPUSD' }, {}, false],
    ['other direction', { order_type: 'SELL' }, {}, false],
    ['other volume', { volume: 0.11 }, {}, false],
    ['volume with binary noise', { volume: 0.3 }, { volume: 0.1 + 0.2 }, true],
    ['same stops', { sl: 1.08, tp: 1.1 }, { sl: 1.08, tp: 1.1 }, true],
    ['stops not set yet', { sl: 1.08, tp: 1.1 }, {}, true],
    ['stops not said', { sl: 1.08 }, { symbol: 'EURUSD' }, true],
    ['another stop', { sl: 1.08 }, { sl: 1.07 }, false],
    ['another stop, moved by a MODIFY of ours', { sl: 1.08 }, { sl: 1.07, stops_moved: true }, true],
    ['another magic', { magic: 5 }, { magic: '6' }, false],
    ['the same magic', { magic: 5 }, { magic: '5' }, true],
    ['another comment', { comment: 'trend' }, { comment: 'mine' }, false],
    ['a comment that the broker dropped', { comment: 'trend' }, { comment: '' }, true],
    ['opened before it was handed out', {}, { opened_at: T0 - 3_600_000 }, false],
    ['opened then, by clocks a little apart', {}, { opened_at: T0 - 30_000 }, true],
    ['opened after', {}, { opened_at: T0 + 900 }, true],
  ]
  for (const [what, payload, seen, expected] of rows)
    test(`${what}: ${expected}`, () =>
      expect(matched([lost('a', payload)], seen)).toBe(expected ? 'a' : null))
})

describe('who may be matched', () => {
  const cases: [string, Partial<Command>][] = [
    ['never handed out', { attempt: 0, status: 'pending' }],
    ['still being answered', { status: 'executing' }],
    ['failed by the EA’s word', { status: 'failed' }],
    ['has its ticket already', { ticket: '5' }],
    ['given to a person', { note: 'likely_not_executed' }],
  ]
  for (const [what, overrides] of cases)
    test(`not one that is ${what}`, () => expect(matched([lost('a', {}, overrides)])).toBeNull())
  test('not a CLOSE', () => {
    expect(matched([command('CLOSE_TRADE', { status: 'timeout', attempt: 1 })])).toBeNull()
  })
})

describe('several', () => {
  test('two that fit equally: none, rather than the wrong one', () => {
    expect(matched([lost('a'), lost('b')])).toBeNull()
  })
  test('the one that the position names by comment or magic', () => {
    expect(matched([lost('a'), lost('b', { comment: 'b' })], { comment: 'b' })).toBe('b')
    expect(matched([lost('a', { magic: 1 }), lost('b')], { magic: '1' })).toBe('a')
  })
  test('one that is still being answered has the better claim', () => {
    expect(matched([lost('a'), lost('b', {}, { status: 'executing' })])).toBeNull()
    expect(matched([lost('a'), lost('b', { volume: 5 }, { status: 'executing' })])).toBe('a')
  })
})
