// Every retcode × idempotent or not: what a `failed` means (contract §4, §5.6).
import { RETCODES } from '@ngtb/protocol'
import { describe, expect, test } from 'vitest'
import { type Command, eventOfAnswer, HELD_ELSEWHERE, NO_REASON, whileInDoubt } from '../src/index.ts'
import { command, POLICY, T0 } from './dsl/life.ts'

const handedOut = (type: Command['type'], overrides: Partial<Command> = {}) =>
  command(type, { status: 'executing', attempt: 1, ...overrides })
const lastAttempt = { retry_count: 3, attempt: 4 }

const failed = (of: Command, response: Record<string, unknown>) =>
  eventOfAnswer(of, { status: 'failed', response }, T0, POLICY)
const completed = (of: Command, response: Record<string, unknown>) =>
  eventOfAnswer(of, { status: 'completed', response }, T0, POLICY)

describe('failed, by retcode', () => {
  const wanted = {
    OPEN_TRADE: {
      done: 'outcome_unknown',
      refused: 'refused',
      transient: 'refused',
      ambiguous: 'outcome_unknown',
    },
    CLOSE_TRADE: {
      done: 'attempt_failed',
      refused: 'refused',
      transient: 'attempt_failed',
      ambiguous: 'attempt_failed',
    },
  } as const
  for (const type of ['OPEN_TRADE', 'CLOSE_TRADE'] as const)
    for (const [retcode, { name, class: kind }] of RETCODES) {
      const expected = type === 'CLOSE_TRADE' && retcode === 10036 ? 'completed' : wanted[type][kind]
      test(`${type} × ${retcode} ${name} → ${expected}`, () => {
        expect(failed(handedOut(type), { retcode }).kind).toBe(expected)
      })
    }

  test('a retcode that MetaTrader does not define is ambiguous, 0 too', () => {
    for (const retcode of [0, 4756, 10037, 10999])
      expect(failed(handedOut('OPEN_TRADE'), { retcode }).kind).toBe('outcome_unknown')
  })

  test('what is no retcode at all is none: it reaches neither class nor ledger', () => {
    for (const retcode of [1.5, -1, 1e300, Number.NaN, '10013', null, {}])
      expect(failed(handedOut('OPEN_TRADE'), { retcode })).toMatchObject({
        kind: 'refused',
        refusal: { retcode: null, safe_to_retry: false },
      })
  })
})

describe('the wanted state is reached already', () => {
  test('CLOSE of a position that is gone is done, with its ticket', () => {
    expect(failed(handedOut('CLOSE_TRADE'), { retcode: 10036 })).toMatchObject({
      kind: 'completed',
      ticket: '16218652',
    })
  })
  test('MODIFY without a change is done; of a closed position it is refused', () => {
    expect(failed(handedOut('MODIFY_TRADE'), { retcode: 10025 }).kind).toBe('completed')
    expect(failed(handedOut('MODIFY_TRADE'), { retcode: 10036 }).kind).toBe('refused')
  })
  test('CLOSE_ALL goes on when one of its positions was gone', () => {
    expect(failed(handedOut('CLOSE_ALL'), { retcode: 10036 }).kind).toBe('attempt_failed')
  })
})

describe('the last attempt', () => {
  const close = handedOut('CLOSE_TRADE', lastAttempt)
  test('transient or unnamed: fails the command', () => {
    expect(failed(close, { retcode: 10004 }).kind).toBe('refused')
    expect(failed(close, { error: 'Close failed' }).kind).toBe('refused')
  })
  test('ambiguous: the outcome is unknown, never called failed', () => {
    expect(failed(close, { retcode: 10012 }).kind).toBe('outcome_unknown')
    expect(failed(close, { retcode: 10009 }).kind).toBe('outcome_unknown')
  })
  test('CLOSE_ALL has none while the refusal is transient; a definite one ends it', () => {
    const all = handedOut('CLOSE_ALL', lastAttempt)
    expect(failed(all, { retcode: 10021 }).kind).toBe('outcome_unknown')
    expect(failed(all, { retcode: 10018 }).kind).toBe('refused')
    expect(failed(all, { error: 'not supported' }).kind).toBe('refused')
  })
  test('past its time to live every attempt is the last', () => {
    const late = handedOut('CLOSE_TRADE', { expires_at: T0 })
    expect(failed(late, { retcode: 10004 }).kind).toBe('refused')
  })
})

describe('safe_to_retry', () => {
  const safe = (of: Command, response: Record<string, unknown>) => {
    const event = failed(of, response)
    return event.kind === 'refused' ? event.refusal.safe_to_retry : null
  }
  test('an OPEN only when the retcode says that nothing happened', () => {
    expect(safe(handedOut('OPEN_TRADE'), { retcode: 10019 })).toBe(true)
    expect(safe(handedOut('OPEN_TRADE'), { retcode: 10004 })).toBe(true)
    expect(safe(handedOut('OPEN_TRADE'), { error: 'All filling modes failed' })).toBe(false)
    expect(safe(handedOut('OPEN_TRADE'), {})).toBe(false)
  })
  test('what is idempotent always', () => {
    expect(safe(handedOut('CLOSE_TRADE', lastAttempt), { error: 'Close failed' })).toBe(true)
  })
})

describe('completed', () => {
  test('P3: an OPEN without a readable ticket stays unknown', () => {
    for (const ticket of [undefined, null, 0, -1, 1.5, 2 ** 53, '0', '007', '9223372036854775808', {}])
      expect(completed(handedOut('OPEN_TRADE'), { ticket })).toMatchObject({
        kind: 'outcome_unknown',
        response: { ticket },
      })
  })
  test('R1: tickets up to 2^63−1, as number or text', () => {
    for (const ticket of [16218652, '16218652', '9223372036854775807'])
      expect(completed(handedOut('OPEN_TRADE'), { ticket })).toMatchObject({
        kind: 'completed',
        ticket: String(ticket),
      })
  })
  test('a CLOSE needs no ticket in its answer: it had one', () => {
    expect(completed(handedOut('CLOSE_TRADE'), {})).toMatchObject({ kind: 'completed', ticket: '16218652' })
    expect(completed(handedOut('CLOSE_ALL'), {})).toMatchObject({ kind: 'completed', ticket: null })
  })
})

describe('the reason', () => {
  const reason = (response: Record<string, unknown>) => {
    const event = failed(handedOut('OPEN_TRADE'), response)
    return event.kind === 'refused' ? event.refusal.error : null
  }
  test('failed without a reason is said so', () => {
    for (const response of [{}, { error: '' }, { error: '  ' }, { error: 5 }, { error: null }])
      expect(reason(response)).toBe(NO_REASON)
  })
  test('the first text of error, error_message, message, reason; bounded', () => {
    expect(reason({ message: 'm', error: 'e' })).toBe('e')
    expect(reason({ error: '', reason: 'r' })).toBe('r')
    expect(reason({ error: 'x'.repeat(9_000) })).toHaveLength(1_000)
  })
})

describe('P7: while another terminal may still carry it out', () => {
  const held = (of: Command, response: Record<string, unknown>) =>
    whileInDoubt(of, failed(of, response), T0, POLICY, HELD_ELSEWHERE)

  test('a refusal ends the attempt, the last one leaves the outcome unknown; neither is called failed', () => {
    expect(held(handedOut('CLOSE_TRADE', { attempt: 2 }), { retcode: 10006 })).toMatchObject({
      kind: 'attempt_failed',
      refusal: { retcode: 10006 },
    })
    expect(held(handedOut('CLOSE_TRADE', lastAttempt), { retcode: 10006 })).toMatchObject({
      kind: 'outcome_unknown',
      why: HELD_ELSEWHERE,
      response: { retcode: 10006 },
    })
  })

  test('what was done is done, and what is unknown stays so', () => {
    const done = completed(handedOut('CLOSE_TRADE'), { ticket: '1' })
    expect(whileInDoubt(handedOut('CLOSE_TRADE'), done, T0, POLICY, HELD_ELSEWHERE)).toBe(done)
    expect(held(handedOut('CLOSE_TRADE', lastAttempt), { retcode: 10012 }).kind).toBe('outcome_unknown')
  })
})
