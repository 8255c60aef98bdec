// Reconciliation over any book and any list: properties (R7 R10 P8).
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { apply, row, sync, told, trade } from './dsl/book.ts'

const ticket = fc.integer({ min: 1, max: 12 })
const price = fc.constantFrom(1.08, 1.085, 1.0850000001, 1.09, 1.095, 1.1)
const stop = fc.oneof(price, fc.constant(0), fc.constant(null))
const figures = {
  sl: stop,
  tp: stop,
  volume: fc.constantFrom(0.01, 0.1, 0.30000000000000004, 0.3, 1),
  open_price: price,
  symbol: fc.constantFrom('EURUSD', 'GBPUSD'),
  direction: fc.constantFrom('BUY' as const, 'SELL' as const),
}
const goodRow = fc
  .tuple(ticket, fc.record(figures), fc.record({ profit: fc.option(fc.integer()) }))
  .map(([id, said, more]) => row(id, { ...said, ...more }))
const badRow = fc.oneof(
  ticket.map((id): unknown => row(id, { volume: 0 })),
  fc.constantFrom<unknown>(null, {}, row(0), 'x'),
)
const rows = fc.array(fc.oneof({ arbitrary: goodRow, weight: 8 }, { arbitrary: badRow, weight: 1 }), {
  maxLength: 12,
})
const book = fc
  .uniqueArray(
    fc.record({
      ...figures,
      ticket: ticket.map(String),
      heard_no: fc.nat(2),
      end: fc.constantFrom('event' as const, 'absence' as const, null, null, null),
    }),
    { selector: (known) => known.ticket, maxLength: 12 },
  )
  .map((known) =>
    known.map(({ end, ...fields }) =>
      trade(fields.ticket, { ...fields, status: end === null ? 'open' : 'closed', closed_by: end }),
    ),
  )
const heartbeat = fc.record({
  margin: fc.option(fc.constantFrom(0, 10)),
  open_positions: fc.option(fc.nat(3)),
  empty_lists_before: fc.nat(2),
})
const runs = { numRuns: 400 }

test('R7: applying the same list twice gives no further adjustment', () => {
  fc.assert(
    fc.property(book, rows, heartbeat, (trades, list, facts) => {
      const first = sync(trades, list, facts)
      const again = sync(apply(trades, first), list, facts)
      // `contradicted` states a standing contradiction; it changes nothing, so it stays said.
      expect(told(again).filter((line) => !line.startsWith('contradicted'))).toEqual([])
    }),
    runs,
  )
})

test('the closed set is known open ∖ listed, or empty', () => {
  fc.assert(
    fc.property(book, rows, heartbeat, (trades, list, facts) => {
      const verdict = sync(trades, list, facts)
      const listed = new Set(list.map((said) => String((said as { ticket?: unknown } | null)?.ticket)))
      const missing = trades
        .filter((known) => known.status === 'open' && known.heard_no < 1 && !listed.has(known.ticket))
        .map((known) => known.ticket)
      const closed = verdict.adjustments.flatMap((change) =>
        change.kind === 'closed' ? [change.trade.ticket] : [],
      )
      if (closed.length > 0) expect(closed.sort()).toEqual(missing.sort())
      else expect([...verdict.suspect].sort()).toEqual(missing.sort())
    }),
    runs,
  )
})

test('the order of the rows does not matter', () => {
  const shuffled = rows.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  )
  fc.assert(
    fc.property(book, shuffled, heartbeat, (trades, [list, other], facts) => {
      expect(told(sync(trades, other, facts))).toEqual(told(sync(trades, list, facts)))
    }),
    runs,
  )
})

test('P8: a trade heard of after the list began is never touched', () => {
  fc.assert(
    fc.property(book, rows, heartbeat, (trades, list, facts) => {
      for (const change of sync(trades, list, facts).adjustments)
        if (change.kind !== 'created') expect(change.trade.heard_no).toBeLessThan(1)
    }),
    runs,
  )
})

test('R10: while margin is in use an empty list closes nothing; a row without a ticket closes nothing', () => {
  fc.assert(
    fc.property(book, rows, heartbeat, (trades, list, facts) => {
      const closes = (verdict: ReturnType<typeof sync>) =>
        told(verdict).some((line) => line.startsWith('closed'))
      expect(closes(sync(trades, [], { ...facts, margin: 1 }))).toBe(false)
      expect(closes(sync(trades, [...list, {}], facts))).toBe(false)
    }),
    runs,
  )
})
