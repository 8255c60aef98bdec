// Which commands a poll receives (D1–D3, P12), as properties.
import { COMMAND_STATUSES, COMMAND_TYPES, COMMANDS, CommandPriority } from '@ngtb/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  applyCommandEvent,
  type Command,
  chooseDue,
  deliveryOrder,
  grantedPriority,
  isDue,
  responseTimeoutMs,
} from '../src/index.ts'
import { command, PLAIN, POLICY, T0, TIMEOUTS } from './dsl/life.ts'

const someCommand = fc.record({
  type: fc.constantFrom(...COMMAND_TYPES),
  status: fc.constantFrom(...COMMAND_STATUSES),
  priority: fc.constantFrom(...Object.values(CommandPriority)),
  attempt: fc.nat(4),
  available_at: fc.integer({ min: T0 - 5_000, max: T0 + 5_000 }),
  expires_at: fc.option(fc.integer({ min: T0 - 5_000, max: T0 + 5_000 })),
  created_at: fc.integer({ min: T0 - 9_000, max: T0 }),
  sent_at: fc.option(fc.integer({ min: T0 - 9_000, max: T0 })),
})
const queue = fc
  .array(someCommand, { maxLength: 60 })
  .map((rows) => rows.map((row, index) => command(row.type, { ...row, command_no: index + 1 })))
const limit = fc.integer({ min: 1, max: 20 })

const fresh = (type: Command['type'], command_no: number, created_at = T0): Command =>
  command(type, { command_id: `c${command_no}`, command_no, created_at, expires_at: null })

const chosenOf = (rows: Command[], now: number, most: number) => chooseDue(rows, now, most, PLAIN, POLICY)

describe('chooseDue', () => {
  test('D1: the order of the rows does not matter', () => {
    const shuffled = queue.chain((rows) =>
      fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
    )
    fc.assert(
      fc.property(shuffled, limit, ([rows, other], most) => {
        expect(chosenOf(other, T0, most)).toEqual(chosenOf(rows, T0, most))
      }),
    )
  })

  test('D1: only due ones, at most the limit, in delivery order, CRITICAL first', () => {
    fc.assert(
      fc.property(queue, limit, (rows, most) => {
        const due = rows.filter((row) => isDue(row, T0, PLAIN, POLICY))
        const chosen = chosenOf(rows, T0, most)
        expect(chosen.length).toBe(Math.min(most, due.length))
        expect(chosen).toEqual([...chosen].sort(deliveryOrder))
        expect(due).toEqual(expect.arrayContaining(chosen))
        const first = Math.max(...due.map((row) => row.priority), 0)
        if (chosen[0]) expect(chosen[0].priority).toBe(first)
      }),
    )
  })

  test('D1: one place goes to the emergency stop, not to the oldest', () => {
    const rows = [fresh('MODIFY_TRADE', 1), fresh('CLOSE_ALL', 2)]
    expect(chosenOf(rows, T0, 1).map((row) => row.type)).toEqual(['CLOSE_ALL'])
    expect(chosenOf(rows, T0, 0)).toEqual([])
  })

  test('D2: the last place goes to the one that waits longest', () => {
    const flood = Array.from({ length: 10 }, (_, index) => fresh('CLOSE_TRADE', index + 2))
    const chosen = chosenOf([...flood, fresh('OPEN_TRADE', 1, T0 - 1)], T0, 4)
    expect(chosen.map((row) => row.command_no)).toEqual([2, 3, 4, 1])
  })

  test('D2: under any flood of urgent ones, every command is handed out within as many polls as were before it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 2, max: 6 }), (waiting, most) => {
        const wanted = new Set<number>()
        let rows = Array.from({ length: waiting }, (_, index) => fresh('OPEN_TRADE', index + 1, T0 + index))
        for (const row of rows) wanted.add(row.command_no)
        let next_no = waiting + 1
        for (let poll = 0; poll < waiting; poll++) {
          const now = T0 + 1_000 + poll * 50
          for (let n = 0; n < most + 1; n++) rows.push(fresh('CLOSE_ALL', next_no++, now))
          const chosen = new Set(chosenOf(rows, now, most))
          for (const row of chosen) wanted.delete(row.command_no)
          rows = rows.filter((row) => !chosen.has(row))
        }
        expect([...wanted]).toEqual([])
      }),
      { numRuns: 50 },
    )
  })

  test('D2: old ones that never answer do not keep a younger one waiting for ever', () => {
    let rows = Array.from({ length: 6 }, (_, index) => fresh('CLOSE_ALL', index + 1))
    rows.push(fresh('OPEN_TRADE', 7))
    let polls = 0
    for (let now = T0; polls < 50; polls++, now += 60_000) {
      const chosen = new Set(chosenOf(rows, now, 2))
      if ([...chosen].some((row) => row.command_no === 7)) break
      rows = rows.map((row) => (chosen.has(row) ? unanswered(row, now) : row))
    }
    expect(polls).toBeLessThan(8)
  })
})

/** Delivered, and its outcome already unknown again. */
const unanswered = (row: Command, now: number): Command =>
  applyCommandEvent(applyCommandEvent(row, { kind: 'delivered', at: now }).command, {
    kind: 'outcome_unknown',
    at: now + 5_000,
    why: 'silence',
  }).command

describe('isDue', () => {
  test('D3: a command that is not idempotent is due once, ever', () => {
    fc.assert(
      fc.property(queue, (rows) => {
        for (const row of rows)
          if (!COMMANDS[row.type].idempotent && isDue(row, T0, PLAIN, POLICY)) expect(row.attempt).toBe(0)
      }),
    )
  })

  test('never before its backoff ended, never at or after its time to live', () => {
    fc.assert(
      fc.property(queue, (rows) => {
        for (const row of rows.filter((candidate) => isDue(candidate, T0, PLAIN, POLICY))) {
          expect(row.expires_at ?? Number.POSITIVE_INFINITY).toBeGreaterThan(T0)
          if (row.status === 'pending') expect(row.available_at).toBeLessThanOrEqual(T0)
          expect(['pending', 'timeout']).toContain(row.status)
        }
      }),
    )
  })
})

describe('priority (P12)', () => {
  test('the type’s own when nobody asks: 99, 10, 10, 5', () => {
    expect(grantedPriority('CLOSE_ALL', null)).toBe(99)
    expect(grantedPriority('CLOSE_TRADE', null)).toBe(10)
    expect(grantedPriority('MODIFY_TRADE', null)).toBe(10)
    expect(grantedPriority('OPEN_TRADE', null)).toBe(5)
  })

  test('P12: whatever a caller asks for, no OPEN comes above a CLOSE of its own priority', () => {
    for (const asked of Object.values(CommandPriority))
      expect(grantedPriority('OPEN_TRADE', asked)).toBeLessThan(grantedPriority('CLOSE_TRADE', null))
    expect(grantedPriority('OPEN_TRADE', CommandPriority.LOW)).toBe(1)
    expect(grantedPriority('CLOSE_TRADE', CommandPriority.CRITICAL)).toBe(99)
  })

  test('the lease follows the priority', () => {
    expect([99, 10, 5, 1].map((p) => responseTimeoutMs(p as CommandPriority, TIMEOUTS))).toEqual([
      5_000, 10_000, 30_000, 30_000,
    ])
  })
})
