// A native EA's snapshot against what is known (R2-R5 R7 P8): cases, and what holds for any book and any list.
import { positionsDigest } from '@ngtb/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ABSENT_FOR_MS,
  readRows,
  reconcileNative,
  refuseSnapshot,
  type Snapshot,
  type SnapshotFacts,
  type Trade,
} from '../src/index.ts'
import { row, SPEC, told, trade } from './dsl/book.ts'

const NOW = 1_000_000

/** A list as an EA sends it, based on revision 5 of 5. */
function facts(
  trades: readonly Trade[],
  list: readonly unknown[],
  more: Partial<Snapshot> = {},
  last_snapshot_no = 0,
): SnapshotFacts {
  const rows = readRows(list)
  return {
    known: new Map(trades.map((known) => [known.ticket, known])),
    rows,
    spec: () => SPEC,
    rev: 5,
    last_snapshot_no,
    now: NOW,
    snapshot: {
      snapshot_no: 1,
      based_on_rev: 5,
      terminal_connected: true,
      complete: true,
      positions_total: list.length,
      digest: positionsDigest(rows.positions.values()),
      not_found: new Set(),
      ...more,
    },
  }
}
const judge = (...given: Parameters<typeof facts>) => reconcileNative(facts(...given))
const suspect = (ticket: string, since_ms: number, more: Partial<Trade> = {}) =>
  trade(ticket, { absent_since: NOW - since_ms, ...more })

describe('R2: what is refused', () => {
  test.each<[string, Partial<Snapshot>, boolean, RegExp]>([
    ['a number that is not newer', { snapshot_no: 3 }, true, /not newer than 3/],
    ['a revision that this ledger does not have', { snapshot_no: 9, based_on_rev: 6 }, true, /ahead/],
    [
      'a terminal without its trade server',
      { snapshot_no: 9, terminal_connected: false },
      false,
      /no connection/,
    ],
    ['a part of a list', { snapshot_no: 9, complete: false }, false, /complete/],
    ['another count', { snapshot_no: 9, positions_total: 2 }, false, /says 2, the list has 1/],
    ['another digest', { snapshot_no: 9, digest: '0123456789abcdef' }, false, /digest/],
  ])('%s', (_what, more, old, why) => {
    expect(refuseSnapshot(facts([], [row(1)], more, 3))).toEqual({ old, why: expect.stringMatching(why) })
  })
  test('nothing is refused of a newer one, whatever rows it could not read', () => {
    expect(refuseSnapshot(facts([], [row(1), row(2, { volume: 0 })], { snapshot_no: 4 }, 3))).toBeNull()
  })
})

describe('R3, P8: what is newer than the list is not judged', () => {
  test('neither missing nor changed', () => {
    const newer = [trade('1', { rev: 6 }), trade('2', { rev: 6 })]
    expect(judge(newer, [row(2, { volume: 0.05 })])).toEqual({ adjustments: [], suspect: [] })
  })
})

describe('R4: absence needs proof', () => {
  test('the first time: suspect', () => {
    const verdict = judge([trade('1')], [])
    expect(told(verdict)).toEqual(['suspected 1'])
    expect(verdict.suspect).toEqual(['1'])
  })
  test.each([
    ['more than 5 s later, looked for and not found', ABSENT_FOR_MS + 1, ['1'], ['closed 1']],
    ['not looked for', ABSENT_FOR_MS + 1, [], []],
    ['too soon', ABSENT_FOR_MS, ['1'], []],
    ['looked for another', ABSENT_FOR_MS + 1, ['2'], []],
  ])('again: %s', (_what, since_ms, not_found, changes) => {
    const verdict = judge([suspect('1', since_ms)], [], { not_found: new Set(not_found) })
    expect(told(verdict)).toEqual(changes)
    expect(verdict.suspect).toEqual(changes.length > 0 ? [] : ['1'])
  })
  test('there again: no suspicion any more', () => {
    expect(told(judge([suspect('1', 60_000)], [row(1)]))).toEqual(['updated 1 absent_since'])
  })
  test('a row that can’t be read is there; one without a ticket could be any', () => {
    expect(judge([trade('1')], [row(1, { volume: 0 })])).toEqual({ adjustments: [], suspect: [] })
    expect(judge([trade('1')], [{}])).toEqual({ adjustments: [], suspect: [] })
  })
})

describe('any book, any list', () => {
  const ticket = fc.integer({ min: 1, max: 8 })
  const known = fc.uniqueArray(
    fc.record({
      ticket: ticket.map(String),
      rev: fc.integer({ min: 0, max: 9 }),
      absent_since: fc.option(fc.constantFrom(NOW - 60_000, NOW - 5_000, NOW - 1)),
      end: fc.constantFrom('event' as const, 'absence' as const, null, null),
    }),
    { selector: (one) => one.ticket, maxLength: 8 },
  )
  const book = known.map((trades) =>
    trades.map(({ end, ...fields }) =>
      trade(fields.ticket, { ...fields, status: end === null ? 'open' : 'closed', closed_by: end }),
    ),
  )
  const list = fc.uniqueArray(ticket, { maxLength: 8 }).map((tickets) => tickets.map((one) => row(one)))
  const not_found = fc.array(ticket.map(String)).map((tickets) => new Set(tickets))

  test('R4: closed are only those that were suspect for more than 5 s, are missing again, and were not found', () => {
    fc.assert(
      fc.property(book, list, not_found, (trades, rows, looked_for) => {
        for (const change of judge(trades, rows, { not_found: looked_for }).adjustments)
          if (change.kind === 'closed') {
            expect(NOW - (change.trade.absent_since ?? NOW)).toBeGreaterThan(ABSENT_FOR_MS)
            expect(looked_for.has(change.trade.ticket)).toBe(true)
            expect(rows.map((one) => String(one.ticket))).not.toContain(change.trade.ticket)
          }
      }),
    )
  })
  test('P8: what is newer than the list is never touched', () => {
    fc.assert(
      fc.property(book, list, not_found, (trades, rows, looked_for) => {
        for (const change of judge(trades, rows, { not_found: looked_for }).adjustments)
          if (change.kind !== 'created') expect(change.trade.rev).toBeLessThanOrEqual(5)
      }),
    )
  })
})
