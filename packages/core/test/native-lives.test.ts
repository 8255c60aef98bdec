// Commands of a native EA: who may have them again, when they are given up, and what settles them (contract §4, §5).
import { COMMANDS, type CommandType, type EVIDENCE } from '@ngtb/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  deadlineEvent,
  eventOfAnswer,
  eventOfFinding,
  firstProbeAt,
  giveUpAt,
  probesDue,
} from '../src/index.ts'
import { command, JOURNAL, LEASE_MS, life, NATIVE, OTHER_JOURNAL, POLICY, T0 } from './dsl/life.ts'

const NEVER: CommandType[] = ['OPEN_TRADE', 'PLACE_PENDING']

describe('P3, P4: who may have it again', () => {
  for (const type of NEVER) {
    test(`${type}: again to the journal that has it, never to another, never to a plain client`, () => {
      const told = life(type).deliveredTo(JOURNAL).waits(LEASE_MS).silence().is('pending', { attempt: 1 })
      told.isDueFor(JOURNAL).isDueFor(OTHER_JOURNAL, false).isDueFor(null, false)
      told.deliveredTo(OTHER_JOURNAL).isRefused()
      told.delivered().isRefused()
      told.deliveredTo(JOURNAL).is('executing', { attempt: 2, retry_count: 0 })
    })
    test(`${type}: from a plain client it never goes to a journal`, () => {
      const told = life(type).delivered()
      expect(told.silence().command.status).toBe('timeout')
      told.isDueFor(JOURNAL, false).isDueFor(null, false)
    })
  }
  const to = (type: CommandType) => life(type).deliveredTo(JOURNAL).waits(LEASE_MS).silence()
  test('absolute and reading commands go to another journal at once', () => {
    for (const type of ['MODIFY_TRADE', 'CANCEL_PENDING', 'CLOSE_ALL', 'REQUEST_SYNC', 'PROBE'] as const)
      to(type).isDueFor(OTHER_JOURNAL)
  })
  test('CLOSE_TRADE: hedging at once; netting only after settle, for a repeat could reverse', () => {
    const told = to('CLOSE_TRADE').isDueFor(OTHER_JOURNAL, true, 'hedging')
    told.isDueFor(OTHER_JOURNAL, false, 'netting').isDueFor(JOURNAL, true, 'netting')
    told.waits(POLICY.settle_ms - LEASE_MS - 1).isDueFor(OTHER_JOURNAL, false, 'netting')
    told.waits(1).isDueFor(OTHER_JOURNAL, true, 'netting')
  })
  test('compare-and-set never goes to another journal: a PROBE reads the volume', () => {
    for (const type of ['CLOSE_PARTIAL', 'CLOSE_BY'] as const)
      to(type).isDueFor(JOURNAL).isDueFor(OTHER_JOURNAL, false)
  })
})

describe('P6: leases, and the end of patience', () => {
  const native = (ttl_ms: number) => life('OPEN_TRADE', { expires_at: T0 + ttl_ms }).deliveredTo(JOURNAL)

  test('a lease that runs out counts no try; past its time to live it is still asked for', () => {
    const told = native(5_000)
    for (let lease = 0; lease < 4; lease++) {
      told.leaseExpires().is('pending', { retry_count: 0 }).isDueFor(JOURNAL)
      told.deliveredTo(JOURNAL)
    }
    expect(told.now).toBeGreaterThan(T0 + 5_000)
  })

  test('unknown at expires_at + settle + 2 polls, not before', () => {
    const told = native(5_000)
    const give_up = T0 + 5_000 + POLICY.settle_ms + 2 * POLICY.poll_interval_ms
    expect(giveUpAt(told.command, POLICY)).toBe(give_up)
    while (told.command.status !== 'timeout') {
      if (told.command.status === 'executing') told.silence()
      else if (told.now + LEASE_MS < give_up) told.deliveredTo(JOURNAL)
      else told.silence()
    }
    expect(told.now).toBe(give_up)
    told.isDueFor(JOURNAL, false).isDueFor(OTHER_JOURNAL, false)
  })

  test('T3: a question that nobody answered in its time has failed, for nobody asks what became of it', () => {
    for (const answered of [true, false]) {
      const told = life('PROBE', { expires_at: T0 + 5_000 }).deliveredTo(JOURNAL)
      if (answered) told.silence()
      told.waits(T0 + 5_000 + POLICY.settle_ms + 2 * POLICY.poll_interval_ms - told.now).silence()
      told.is('failed', { safe_to_retry: true, evidence: 'expired' })
    }
  })

  test('CLOSE_ALL has no limit: it is asked for until it is done', () => {
    const told = life('CLOSE_ALL').deliveredTo(JOURNAL).waits(86_400_000)
    expect(deadlineEvent(told.command, told.now, POLICY)?.kind).toBe('lease_expired')
    told.leaseExpires().isDueFor(OTHER_JOURNAL)
  })

  test('progress renews the lease by its own length, however long it has been at work', () => {
    const told = life('CLOSE_ALL').deliveredTo(JOURNAL)
    for (let word = 0; word < 50; word++) {
      told.waits(LEASE_MS / 2)
      told.happens(eventOfAnswer(told.command, { status: 'progress', response: {} }, told.now, POLICY))
      expect(told.command).toMatchObject({ status: 'executing', lease_expires_at: told.now + LEASE_MS })
    }
  })

  test('undelivered ones expire as ever', () => {
    expect(life('OPEN_TRADE', { expires_at: T0 + 5_000 }).silence().command.status).toBe('expired')
  })
})

describe('answers by evidence', () => {
  const executing = (type: CommandType) => life(type).deliveredTo(JOURNAL).command
  const answer = (type: CommandType, evidence: (typeof EVIDENCE)[number], retcode?: number) =>
    eventOfAnswer(
      executing(type),
      { status: 'failed', response: retcode === undefined ? {} : { retcode }, evidence },
      T0 + 1,
      POLICY,
    )

  test('what the EA disowns has failed, whatever the retcode says and whatever the type', () => {
    for (const type of Object.keys(COMMANDS) as CommandType[])
      for (const evidence of ['rejected', 'expired', 'settled', 'tombstone'] as const)
        for (const retcode of [undefined, 10012, 10004, 10009])
          expect([type, evidence, answer(type, evidence, retcode)]).toEqual([
            type,
            evidence,
            expect.objectContaining({ kind: 'refused', evidence }),
          ])
  })

  test('nothing was sent, or nothing was found: a repeat with a new key is safe', () => {
    for (const evidence of ['expired', 'settled', 'tombstone'] as const)
      expect(answer('OPEN_TRADE', evidence)).toMatchObject({ refusal: { safe_to_retry: true } })
    expect(answer('OPEN_TRADE', 'rejected')).toMatchObject({ refusal: { safe_to_retry: false } })
  })

  test('an ambiguous retcode of an OPEN stays unknown: no evidence disowns it', () => {
    expect(answer('OPEN_TRADE', 'retcode', 10012).kind).toBe('outcome_unknown')
    expect(answer('OPEN_TRADE', 'retcode', 10019).kind).toBe('refused')
  })
})

describe('PROBE (Q1–Q3)', () => {
  const unknown = () => {
    const told = life('OPEN_TRADE', { expires_at: T0 + 5_000 }).deliveredTo(JOURNAL)
    while (told.command.status !== 'timeout') told.silence()
    return { ...told.command, next_probe_at: firstProbeAt(told.command, POLICY) }
  }

  test('Q1: not before expires_at + settle', () => {
    const at = unknown().next_probe_at ?? 0
    expect(at).toBeGreaterThanOrEqual(T0 + 5_000 + POLICY.settle_ms)
    expect(probesDue([unknown()], at - 1, POLICY)).toEqual([])
    expect(probesDue([unknown()], at, POLICY)).toHaveLength(1)
    // Handed out by an earlier process: how long ago, no clock can be trusted to tell.
    const began_at = T0 + 2_000_000
    const wait_ms = began_at - (unknown().sent_at ?? 0)
    expect(firstProbeAt(unknown(), POLICY, began_at)).toBe(at + wait_ms)
    // Noted by one process, and asked by the next, whose clock has jumped on.
    expect(probesDue([unknown()], at + wait_ms - 1, POLICY, began_at)).toEqual([])
    expect(probesDue([unknown()], at + wait_ms, POLICY, began_at)).toHaveLength(1)
    expect(firstProbeAt(command('CLOSE_ALL'), POLICY)).toBeNull()
    expect(firstProbeAt(command('PROBE'), POLICY)).toBeNull()
  })

  test('Q3: each finding settles', () => {
    const of = unknown()
    const found = (response: Record<string, unknown>) => eventOfFinding(of, response, T0)
    expect(found({ outcome: 'done', ticket: '7', evidence: 'tag' })).toMatchObject({
      kind: 'completed',
      ticket: '7',
      evidence: 'tag',
    })
    for (const outcome of ['not_executed', 'expired'])
      expect(found({ outcome, evidence: 'tombstone' })).toMatchObject({
        kind: 'refused',
        refusal: { safe_to_retry: true },
      })
    expect(found({ outcome: 'refused', retcode: 10019, error: 'no money' })).toMatchObject({
      refusal: { retcode: 10019, error: 'no money', safe_to_retry: false },
    })
    for (const response of [{}, { outcome: 'maybe' }, { outcome: null }]) expect(found(response)).toBeNull()
  })
})

describe('C8: a person settles', () => {
  const unknown = () => life('OPEN_TRADE').delivered().silence()
  test('an unknown outcome, with a ticket where one is needed', () => {
    const say = (ticket: string | null) =>
      unknown().happens({ kind: 'person_completed', at: T0, ticket, note: 'seen' })
    say('7').is('completed', { evidence: 'person', ticket: '7' })
    say(null).isRefused()
    unknown()
      .happens({ kind: 'person_denied', at: T0, note: 'not there' })
      .is('failed', { safe_to_retry: true })
  })
  test('not what waits, runs, or never left', () => {
    for (const told of [life('OPEN_TRADE'), life('OPEN_TRADE').delivered(), life('CLOSE_TRADE').delivered()])
      told.happens({ kind: 'person_denied', at: T0, note: 'no' }).isRefused()
  })
  test('C2: the EA knows better', () => {
    unknown()
      .happens({ kind: 'person_denied', at: T0, note: 'not there' })
      .completed({ ticket: '9' })
      .is('completed', { ticket: '9' })
      .overrode('failed')
  })
})

test('any story of a native OPEN: one journal, and never pending without it', () => {
  const step = fc.record({
    kind: fc.constantFrom('lease', 'mine', 'other', 'plain', 'late'),
    wait: fc.nat(20_000),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const told = life('OPEN_TRADE', { expires_at: T0 + 5_000 }).deliveredTo(JOURNAL)
      for (const { kind, wait } of steps) {
        told.waits(wait)
        const event = deadlineEvent(told.command, told.now, POLICY)
        if (event) told.happens(event)
        if (kind === 'mine' && told.command.status === 'pending') told.deliveredTo(JOURNAL)
        if (kind === 'other') told.deliveredTo(OTHER_JOURNAL, 2)
        if (kind === 'plain') told.delivered()
        expect(told.command.journal_id).toBe(NATIVE.journal_id)
      }
    }),
    { numRuns: 300 },
  )
})
