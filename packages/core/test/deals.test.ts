// Streams, and who made a deal (P10, R9, R12): tables.
import { describe, expect, test } from 'vitest'
import { isFlat, judgeEvents, makerOf, totalsOf } from '../src/index.ts'

describe('P10: which events are new', () => {
  test.each([
    ['the next', 4, 5, 2, { kind: 'take', skip: 0 }],
    ['the very first', 0, 1, 2, { kind: 'take', skip: 0 }],
    ['some known', 5, 4, 4, { kind: 'take', skip: 2 }],
    ['all known', 9, 4, 4, { kind: 'take', skip: 4 }],
    ['a gap', 4, 6, 1, { kind: 'gap', expected_seq: 5 }],
  ])('%s', (_what, last, first, count, verdict) => {
    expect(judgeEvents(last, first, count)).toEqual(verdict)
  })
})

describe('R12: who made it', () => {
  test.each([
    ['DEAL_REASON_EXPERT', true, 'command'],
    ['DEAL_REASON_EXPERT', false, 'other_ea'],
    ['DEAL_REASON_CLIENT', false, 'manual'],
    ['DEAL_REASON_MOBILE', true, 'manual'],
    ['DEAL_REASON_SL', true, 'sl'],
    ['DEAL_REASON_TP', true, 'tp'],
    ['DEAL_REASON_SO', true, 'stop_out'],
    ['DEAL_REASON_ROLLOVER', false, 'broker'],
    [null, true, 'command'],
    [null, false, 'unattributed'],
  ] as const)('%s, tag of ours %s: %s', (reason, tagged, maker) => {
    expect(makerOf('DEAL_TYPE_SELL', reason, tagged)).toBe(maker)
  })
  test('the balance is the broker’s', () => {
    expect(makerOf('DEAL_TYPE_BALANCE', null, false)).toBe('broker')
  })
})

const deal = (type: 'BUY' | 'SELL', entry: 'IN' | 'OUT', volume: number) =>
  ({ type: `DEAL_TYPE_${type}`, entry: `DEAL_ENTRY_${entry}`, volume }) as const

test('R4: flat only with its beginning', () => {
  expect(isFlat([deal('BUY', 'IN', 0.3), deal('SELL', 'OUT', 0.1), deal('SELL', 'OUT', 0.2)])).toBe(true)
  expect(isFlat([deal('BUY', 'IN', 0.3), deal('SELL', 'OUT', 0.1)])).toBe(false)
  expect(isFlat([deal('SELL', 'OUT', 0.1)])).toBe(false)
  expect(isFlat([])).toBe(false)
})

test('R9: what deals add up to, to the cent; null where none says', () => {
  const money = (profit: number | null, swap: number | null) => ({ profit, swap, commission: null })
  const deals = [money(0.1, null), money(0.2, null), money(null, null)]
  expect(totalsOf(deals as never)).toEqual({ profit: 0.3, swap: null, commission: null })
})
