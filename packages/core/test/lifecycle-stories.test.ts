// Lives told from start to end: leases, backoff, rounds, late words (contract §4, plain client).
import { describe, expect, test } from 'vitest'
import { nextDeadline } from '../src/index.ts'
import { life, POLICY, T0 } from './dsl/life.ts'

describe('C1, C2: unknown outcomes', () => {
  test('C1: a silent EA makes the outcome unknown; a late answer settles it', () => {
    life('OPEN_TRADE')
      .delivered()
      .leaseExpires()
      .is('timeout', { note: 'outcome_unknown', attempt: 1, completed_at: null })
      .completed({ ticket: 16218652 })
      .is('completed', { ticket: '16218652', note: null, error: null })
      .overrode(null)
  })

  test('C1: a position settles it', () => {
    life('OPEN_TRADE')
      .delivered()
      .leaseExpires()
      .positionSeen('16218652')
      .is('completed', { ticket: '16218652', note: 'settled_by_position', error: null, retcode: null })
      .completed({ ticket: 16218652 })
      .isDuplicate()
  })

  test('C2: a completed fact overrides failed, and says so', () => {
    life('OPEN_TRADE')
      .delivered()
      .fails({ retcode: 10019, error: 'no money' })
      .is('failed')
      .completed({ ticket: 7 })
      .is('completed', { ticket: '7', retcode: null, error: null, safe_to_retry: null })
      .overrode('failed')
  })

  test('C2: a completed fact overrides cancelled', () => {
    life('CLOSE_TRADE').cancelled().is('cancelled').completed().is('completed').overrode('cancelled')
  })

  test('C4: a refusal after completed is refused, and changes nothing', () => {
    life('OPEN_TRADE')
      .delivered()
      .completed({ ticket: 7 })
      .fails({ retcode: 10013 })
      .isRefused()
      .is('completed')
  })

  test('what an earlier attempt was told says nothing about an unknown outcome', () => {
    life('MODIFY_TRADE', { max_retries: 1 })
      .polled()
      .fails({ retcode: 10004, error: 'requote' })
      .is('pending', { retcode: 10004, safe_to_retry: true })
      .polled()
      .leaseExpires()
      .is('timeout', { retcode: null, safe_to_retry: null })
  })
})

describe('C5: cancel and expire', () => {
  test('an undelivered command can be cancelled', () => {
    life('OPEN_TRADE').cancelled().is('cancelled', { attempt: 0 }).cancelled().isDuplicate()
  })

  test('a delivered one can not, not even while it waits for its retry', () => {
    life().delivered().cancelled().isRefused().leaseExpires().is('pending').cancelled().isRefused()
  })

  test('undelivered past its time to live: expired; delivered: outcome unknown', () => {
    life('CLOSE_TRADE', { expires_at: T0 + 300_000 })
      .silence()
      .is('expired')
    life('CLOSE_TRADE', { expires_at: T0 + 11_000 })
      .delivered()
      .leaseExpires()
      .is('pending')
      .silence()
      .is('timeout')
  })

  test('past its time to live it is not handed out, at the very millisecond', () => {
    const command = life('CLOSE_TRADE', { expires_at: T0 + 1_000 })
    command.waits(999).isDue().waits(1).isDue(false)
  })
})

describe('C6: an OPEN is handed out once, ever', () => {
  test('unanswered it is unknown, and never due again', () => {
    life('OPEN_TRADE').polled().leaseExpires().is('timeout').isDue(false).delivered().isRefused()
  })

  test('a failed one is never due again', () => {
    life('OPEN_TRADE').polled().fails({ error: 'requote', retcode: 10004 }).is('failed').isDue(false)
  })
})

describe('leases and backoff', () => {
  test('a lease is the response timeout of the priority: 5, 10, 30 s', () => {
    const lease = (told: ReturnType<typeof life>) => (told.delivered().command.lease_expires_at ?? 0) - T0
    expect(lease(life('CLOSE_ALL'))).toBe(5_000)
    expect(lease(life('CLOSE_TRADE'))).toBe(10_000)
    expect(lease(life('MODIFY_TRADE'))).toBe(10_000)
    expect(lease(life('OPEN_TRADE'))).toBe(30_000)
  })

  test('waits 2, 4, 8 s; at most three retries; then unknown', () => {
    const told = life('CLOSE_TRADE')
    for (const wait of [2_000, 4_000, 8_000]) {
      told.polled().leaseExpires().is('pending').isDue(false)
      expect(told.command.available_at - told.now).toBe(wait)
      told
        .waits(wait - 1)
        .isDue(false)
        .waits(1)
        .isDue()
    }
    told.polled().leaseExpires().is('timeout', { attempt: 4, retry_count: 3 })
  })

  test('a failed attempt waits just the same, and the last one fails the command', () => {
    const told = life('CLOSE_TRADE')
    for (const wait of [2_000, 4_000, 8_000]) {
      told.polled().fails().is('pending', { error: 'no reason given' })
      expect(told.command.available_at - told.now).toBe(wait)
    }
    told.polled().fails().is('failed', { attempt: 4 })
  })

  test('a lease in its last millisecond still holds', () => {
    const told = life('CLOSE_TRADE').delivered()
    expect(nextDeadline(told.command, POLICY)).toBe(T0 + 10_000)
    told.waits(9_999).completed().is('completed')
  })
})

describe('idempotent timeouts stay deliverable', () => {
  const exhausted = (told: ReturnType<typeof life>) => {
    while (told.command.status !== 'timeout')
      told.command.status === 'executing' ? told.leaseExpires() : told.polled()
    return told
  }

  test('the next sign of life starts a new round with its retries', () => {
    exhausted(life('CLOSE_TRADE'))
      .isDue()
      .polled()
      .is('executing', { attempt: 5, retry_count: 0 })
      .leaseExpires()
      .is('pending')
  })

  test('until the time to live ends', () => {
    const told = exhausted(life('CLOSE_TRADE', { expires_at: T0 + 300_000 }))
    told
      .isDue()
      .waits(T0 + 299_999 - told.now)
      .isDue()
      .waits(1)
      .isDue(false)
  })

  test('CLOSE_ALL without limit: a hundred rounds later it is still handed out', () => {
    const told = life('CLOSE_ALL')
    for (let round = 0; round < 100; round++) exhausted(told).isDue().polled()
    told.completed({ closed: 3 }).is('completed')
  })

  test('CLOSE_ALL has no last attempt while the EA calls the refusal transient', () => {
    const told = life('CLOSE_ALL')
    for (let attempt = 0; attempt < 20; attempt++) told.polled().fails({ retcode: 10024 })
    told
      .isDue(told.command.status === 'timeout')
      .polled()
      .completed()
      .is('completed')
  })
})

describe('late words', () => {
  test('the answer to an earlier attempt settles a command that waits for its retry', () => {
    life('CLOSE_TRADE').polled().leaseExpires().is('pending').completed().is('completed')
  })

  test('a late transient refusal does not take away the retry that is still to come', () => {
    const told = life('CLOSE_TRADE')
    for (let lease = 0; lease < 3; lease++) told.polled().leaseExpires()
    told.is('pending', { retry_count: 3 }).fails({ error: 'requote', retcode: 10004 }).isDuplicate().polled()
  })

  test('a definite refusal is final at any time', () => {
    life('CLOSE_TRADE').polled().leaseExpires().fails({ retcode: 10018, error: 'market closed' }).is('failed')
  })
})
