// Every status × every event, generated from LIFECYCLE; and what no cell may ever say (C1–C7).
import { COMMAND_STATUSES, COMMAND_TYPES, COMMANDS } from '@ngtb/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyCommandEvent, type Command, type CommandEvent, isSettled, LIFECYCLE } from '../src/index.ts'
import { command, T0 } from './dsl/life.ts'

type Kind = CommandEvent['kind']
const KINDS = Object.keys(LIFECYCLE.pending) as Kind[]
const refusal = { response: {}, error: 'no', retcode: 10013, safe_to_retry: true }

function event(kind: Kind, at = T0 + 1): CommandEvent {
  switch (kind) {
    case 'completed':
      return { kind, at, response: { ticket: 7 }, ticket: '7' }
    case 'refused':
      return { kind, at, refusal }
    case 'attempt_failed':
      return { kind, at, refusal, backoff_ms: 2_000 }
    case 'lease_expired':
      return { kind, at, backoff_ms: 2_000 }
    case 'outcome_unknown':
      return { kind, at, why: 'silence' }
    case 'position_seen':
    case 'person_completed':
      return { kind, at, ticket: '7', note: 'seen in the terminal' }
    case 'person_denied':
      return { kind, at, note: 'not in the terminal' }
    case 'progress':
      return { kind, at, lease_ms: 3_000 }
    case 'superseded':
      return { kind, at, by: 'c2' }
    default:
      return { kind, at }
  }
}

/** Delivered once unless the status says that it can't have been. */
const inStatus = (status: Command['status']): Command =>
  command('MODIFY_TRADE', {
    status,
    attempt: status === 'pending' || status === 'cancelled' || status === 'expired' ? 0 : 1,
  })

describe('LIFECYCLE, cell by cell', () => {
  for (const status of COMMAND_STATUSES)
    for (const kind of KINDS) {
      const cell = LIFECYCLE[status][kind]
      const needsDelivery = ['outcome_unknown', 'position_seen', 'superseded'].includes(kind)
      const attempt = needsDelivery ? 1 : inStatus(status).attempt
      test(`${status} × ${kind} → ${cell.verdict === 'moved' ? cell.status : cell.verdict}`, () => {
        const before = { ...inStatus(status), attempt }
        const { command: after, verdict, overrode } = applyCommandEvent(before, event(kind))
        expect(verdict).toBe(cell.verdict)
        if (cell.verdict === 'moved') expect(after.status).toBe(cell.status)
        else expect(after).toBe(before)
        const final = ['failed', 'cancelled', 'expired'].includes(status)
        expect(overrode).toBe(final && cell.verdict === 'moved' ? status : null)
      })
    }
})

describe('what no cell may say', () => {
  const moves = COMMAND_STATUSES.flatMap((from) =>
    KINDS.flatMap((kind) => {
      const cell = LIFECYCLE[from][kind]
      return cell.verdict === 'moved' ? [{ from, kind, to: cell.status }] : []
    }),
  )

  test('C1: an unknown outcome leaves only by evidence, or by a new round', () => {
    const out = moves.filter(({ from }) => from === 'timeout').map(({ kind }) => kind)
    expect(out.sort()).toEqual([
      'completed',
      'delivered',
      'person_completed',
      'person_denied',
      'position_seen',
      'refused',
      'superseded',
    ])
  })

  test('C2: only a completed fact leaves a final status, and completed is never left', () => {
    for (const { from, kind } of moves)
      if (['failed', 'cancelled', 'expired', 'completed'].includes(from))
        expect([from, kind]).toEqual([from === 'completed' ? 'never' : from, 'completed'])
  })

  test('C3, C4: the same end told twice is a duplicate, the contrary is refused', () => {
    expect(LIFECYCLE.completed.completed.verdict).toBe('duplicate')
    expect(LIFECYCLE.failed.refused.verdict).toBe('duplicate')
    expect(LIFECYCLE.cancelled.cancelled.verdict).toBe('duplicate')
    expect(LIFECYCLE.completed.refused.verdict).toBe('refused')
  })

  test('C5: cancelled and expired are reached from pending alone', () => {
    for (const { from, to } of moves) if (to === 'cancelled' || to === 'expired') expect(from).toBe('pending')
  })

  test('P7: failed is reached by the EA’s refusal, a person or a newer command, completed by the EA’s word, a position or a person', () => {
    for (const { kind, to } of moves) {
      if (to === 'failed') expect(['refused', 'person_denied', 'superseded']).toContain(kind)
      if (to === 'completed') expect(['completed', 'position_seen', 'person_completed']).toContain(kind)
    }
  })
})

describe('any history of events', () => {
  const step = fc.record({ kind: fc.constantFrom(...KINDS), wait: fc.nat(60_000) })
  const history = fc.tuple(fc.constantFrom(...COMMAND_TYPES), fc.array(step, { maxLength: 40 }))

  const walk = (start: Command, steps: readonly { kind: Kind; wait: number }[]) => {
    let at = T0
    const path = [start]
    for (const { kind, wait } of steps) {
      at += wait
      path.push(applyCommandEvent(path.at(-1) ?? start, event(kind, at)).command)
    }
    return path
  }

  test('C5: what was delivered is never cancelled or expired', () => {
    fc.assert(
      fc.property(history, ([type, steps]) => {
        for (const { status, attempt } of walk(command(type), steps))
          if (status === 'cancelled' || status === 'expired') expect(attempt).toBe(0)
      }),
      { numRuns: 500 },
    )
  })

  test('C6: an OPEN is delivered once, ever, and never waits to be handed out again', () => {
    fc.assert(
      fc.property(history, ([type, steps]) => {
        for (const { status, attempt } of walk(command(type), steps))
          if (!COMMANDS[type].idempotent) {
            expect(attempt).toBeLessThanOrEqual(1)
            if (attempt === 1) expect(status).not.toBe('pending')
          }
      }),
      { numRuns: 500 },
    )
  })

  test('attempts only grow, one at a time, and a lease runs exactly while executing', () => {
    fc.assert(
      fc.property(history, ([type, steps]) => {
        const path = walk(command(type), steps)
        path.forEach((after, index) => {
          const before = path[index - 1] ?? after
          expect(after.attempt - before.attempt).toBeGreaterThanOrEqual(0)
          expect(after.attempt - before.attempt).toBeLessThanOrEqual(1)
          expect(after.lease_expires_at !== null).toBe(after.status === 'executing')
          expect(after.completed_at !== null).toBe(isSettled(after))
        })
      }),
      { numRuns: 500 },
    )
  })

  test('C3: an event repeated at once changes nothing', () => {
    fc.assert(
      fc.property(history, fc.constantFrom(...KINDS), ([type, steps], kind) => {
        const state = walk(command(type), steps).at(-1) ?? command(type)
        const once = applyCommandEvent(state, event(kind, T0 + 9e6)).command
        const twice = applyCommandEvent(once, event(kind, T0 + 9e6)).command
        expect(twice).toEqual(once)
      }),
      { numRuns: 500 },
    )
  })
})

test('C7: an OPEN told completed without a ticket is refused by the life itself', () => {
  const executing = command('OPEN_TRADE', { status: 'executing', attempt: 1 })
  const fact: CommandEvent = { kind: 'completed', at: T0, response: {}, ticket: null }
  expect(applyCommandEvent(executing, fact).verdict).toBe('refused')
  expect(applyCommandEvent({ ...executing, ticket: '7' }, fact).command.status).toBe('completed')
})
