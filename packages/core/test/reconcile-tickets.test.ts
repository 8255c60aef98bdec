// Lists of tickets alone, many a second (T1–T3): a table, then any sequence of lists.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newTrade, reconcileTickets, type Streak, type TicketFacts, type Trade } from '../src/index.ts'

const BASE = { account_id: 1, source: 'sync', broker_offset_min: 0 } as const
const trade = (ticket: string, more: Partial<Trade> = {}): Trade =>
  newTrade({ ...BASE, ticket, status: 'open', heard_no: 0, ...more }, 0)
const closed = (ticket: string, closed_by: 'event' | 'absence', more: Partial<Trade> = {}) =>
  trade(ticket, { status: 'closed', closed_by, ...more })

const facts = (known: readonly Trade[], listed: readonly string[], more: Partial<TicketFacts> = {}) => ({
  known: new Map(known.map((one) => [one.ticket, one])),
  listed: new Set(listed),
  began_no: 10,
  margin: null,
  now: 10_000,
  streaks: new Map<string, Streak>(),
  ...more,
})
const tickets = (trades: readonly Trade[]) => trades.map(({ ticket }) => ticket)
const streak = (ticket: string, lists: number, since: number) => new Map([[ticket, { lists, since }]])

describe('missing (T1)', () => {
  test.each([
    ['once', new Map(), 10_000, [], ['7']],
    ['the third time, after two seconds', streak('7', 2, 8_000), 10_000, ['7'], []],
    ['the third time, too soon', streak('7', 2, 8_001), 10_000, [], ['7']],
    ['the second time, long after', streak('7', 1, 1_000), 10_000, [], ['7']],
  ])('%s', (_, streaks, now, over, suspected) => {
    const verdict = reconcileTickets(facts([trade('7')], [], { streaks, now }))
    expect(tickets(verdict.closed)).toEqual(over)
    expect(tickets(verdict.suspected)).toEqual(suspected)
  })

  test('there again: it counts anew, and is suspect no more', () => {
    const suspect = trade('7', { absent_since: 9_000 })
    const verdict = reconcileTickets(facts([suspect], ['7'], { streaks: streak('7', 2, 1_000) }))
    expect(tickets(verdict.cleared)).toEqual(['7'])
    expect(verdict.streaks.size).toBe(0)
  })

  test('what was heard of after the list began is not judged by it (P8)', () => {
    const verdict = reconcileTickets(
      facts([trade('7', { heard_no: 10 })], [], { streaks: streak('7', 9, 0) }),
    )
    expect(verdict).toMatchObject({ closed: [], suspected: [] })
    expect(verdict.streaks.size).toBe(0)
  })
})

test('an empty list while margin is in use says nothing, and breaks no row of lists (T2)', () => {
  const streaks = streak('7', 2, 0)
  expect(reconcileTickets(facts([trade('7')], [], { margin: 12.5, streaks }))).toEqual({
    ...{ suspected: [], closed: [], reopened: [], cleared: [], unknown: [] },
    streaks,
  })
  expect(tickets(reconcileTickets(facts([trade('7')], [], { margin: 0, streaks })).closed)).toEqual(['7'])
})

test('listed though thought closed (T3)', () => {
  const absent = reconcileTickets(facts([closed('7', 'absence')], ['7']))
  expect(tickets(absent.reopened)).toEqual(['7'])
  const told = facts([closed('7', 'event')], ['7'])
  expect(tickets(reconcileTickets(told).reopened)).toEqual([])
  expect(tickets(reconcileTickets({ ...told, streaks: streak('7', 2, 8_000) }).reopened)).toEqual(['7'])
})

test('a ticket that nobody knows is named, and no trade is invented (P7)', () => {
  expect(reconcileTickets(facts([], ['9223372036854775807'])).unknown).toEqual(['9223372036854775807'])
})

test('one list, however odd, closes nothing; and what is listed is never closed', () => {
  const ticket = fc.constantFrom('1', '2', '3', '4')
  const list = fc.record({
    listed: fc.uniqueArray(ticket),
    wait_ms: fc.nat(3_000),
    margin: fc.constantFrom(null, 0, 5),
  })
  fc.assert(
    fc.property(fc.array(list, { maxLength: 30 }), (lists) => {
      const open = new Map<string, Trade>(['1', '2', '3'].map((name) => [name, trade(name)]))
      let streaks: ReadonlyMap<string, Streak> = new Map()
      let now = 0
      const seen = new Map([...open.keys()].map((name) => [name, { lists: 0, last_at: 0 }]))
      for (const { listed, wait_ms, margin } of lists) {
        now += wait_ms
        const verdict = reconcileTickets({
          ...{ known: open, listed: new Set(listed), began_no: 10, margin, now, streaks },
        })
        streaks = verdict.streaks
        for (const name of listed) seen.set(name, { lists: 0, last_at: now })
        for (const [name, before] of seen)
          if (!(listed as string[]).includes(name)) seen.set(name, { ...before, lists: before.lists + 1 })
        for (const { ticket: name } of verdict.closed) {
          expect(listed as string[]).not.toContain(name)
          expect(seen.get(name)?.lists).toBeGreaterThanOrEqual(3)
          expect(now - (seen.get(name)?.last_at ?? now)).toBeGreaterThanOrEqual(2_000)
          open.delete(name)
        }
      }
    }),
  )
})
