// A command's life as steps, findings of all accounts, history as columns, and the live tail of logs.
import type { SystemHealthView } from '@ngtb/protocol'
import type { AccountView, AuditView, CommandDetailView, LiveEvent, LogView } from '@ngtb/sdk'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findingsOf } from '../src/live/alerts.ts'
import { columnsOf, summaryOf } from '../src/live/history.ts'
import { canCancel, canSettle, intentText, lifeOf } from '../src/live/life.ts'
import { lineOf, merged } from '../src/live/log-tail.ts'
import { bytesText, clockText, msText } from '../src/ui/format.ts'

const at = (s: number) => new Date(1_700_000_000_000 + s * 1_000).toISOString()
const event = (seq: number, kind: string, s: number) =>
  ({ seq, kind: `command.${kind}`, at: at(s), actor: 'ea', data: {} }) as AuditView
const wire = (direction: string, attempt: number | null, text: string) => ({
  ...{ direction, attempt, text },
  at: at(0),
  cut: false,
})

describe('a command’s life', () => {
  const twice = {
    events: [
      event(1, 'created', 0),
      event(2, 'delivered', 1),
      event(3, 'lease_expired', 11),
      event(4, 'delivered', 13),
      event(5, 'noted', 13),
      event(6, 'completed', 14),
    ],
    hops: [
      { from: 'created', to: 'delivered', attempt: 0, at: at(1), ms: 1_000 },
      { from: 'delivered', to: 'lease_expired', attempt: 1, at: at(11), ms: 10_000 },
      { from: 'lease_expired', to: 'delivered', attempt: 1, at: at(13), ms: 2_000 },
      { from: 'delivered', to: 'completed', attempt: 2, at: at(14), ms: 1_000 },
    ],
    attempts: [{ attempt: 1 }, { attempt: 2 }],
    wire: [
      wire('sent', 1, 'first'),
      wire('sent', 2, 'second'),
      wire('received', 2, 'answer'),
      wire('received', 9, 'of no attempt'),
    ],
  } as unknown as CommandDetailView

  test('each step has its attempt, what it took, and what went over the wire', () => {
    const { steps, total_ms, wire_left } = lifeOf(twice)
    expect(
      steps.map((step) => [step.name, step.attempt, step.took_ms, step.wire.map(({ text }) => text)]),
    ).toEqual([
      ['created', 0, null, []],
      ['delivered', 1, 1_000, ['first']],
      ['lease_expired', 1, 10_000, []],
      ['delivered', 2, 2_000, ['second']],
      ['noted', 2, null, []],
      ['completed', 2, 1_000, ['answer']],
    ])
    expect(steps.flatMap(({ handed }) => (handed ? [handed.attempt] : []))).toEqual([1, 2])
    expect(total_ms).toBe(14_000)
    expect(wire_left.map(({ text }) => text)).toEqual(['of no attempt'])
  })

  test('two answers of one attempt keep their order; more than there are steps stand at the last', () => {
    const { steps } = lifeOf({
      ...twice,
      events: [event(1, 'delivered', 0), event(2, 'progress', 1), event(3, 'completed', 2)],
      wire: ['a', 'b', 'c'].map((text) => wire('received', null, text)),
    } as unknown as CommandDetailView)
    expect(steps.map((step) => step.wire.map(({ text }) => text))).toEqual([[], ['a'], ['b', 'c']])
  })

  test('what the server adds one day is still shown', () => {
    const { steps } = lifeOf({ ...twice, events: [event(1, 'brand_new', 0)] } as CommandDetailView)
    expect(steps[0]).toMatchObject({ words: 'brand new', tone: 'unknown' })
  })

  test('only what no EA has is cancelled, only what nobody knows is settled', () => {
    expect(canCancel({ status: 'pending', attempt: 0 })).toBe(true)
    expect(canCancel({ status: 'pending', attempt: 1 })).toBe(false)
    expect(canCancel({ status: 'executing', attempt: 1 })).toBe(false)
    expect(['timeout', 'failed', 'executing', 'completed'].map((status) => canSettle({ status }))).toEqual([
      true,
      false,
      false,
      false,
    ])
  })

  test('what is wanted is said without the noise of floats', () => {
    expect(intentText({ payload: { order_type: 'BUY', volume: 0.1 * 3, sl: 1.05 } })).toBe('BUY 0.3, SL 1.05')
    expect(intentText({ payload: { ticket: '4711', sl: 1.1, tp: 0 } })).toBe('ticket 4711, SL 1.1, TP none')
    expect(intentText({ payload: {} })).toBe('')
  })
})

describe('findings', () => {
  const good = { is: true, since: at(0), cause: '' }
  const account = (login: string, conditions: object, more: object = {}) =>
    ({
      account_number: login,
      connection: {
        contended: false,
        replaying: false,
        conditions: {
          ...{ ea_link: good, broker_link: good, trading_allowed: good, quotes_fresh: good, in_sync: good },
          drifted: { is: false, since: null, cause: '' },
          ...conditions,
        },
        ...more,
      },
    }) as unknown as AccountView
  const health = (more: object) =>
    ({
      redis: { configured: false },
      queues: { accounts: [] },
      conditions: {
        ...{ database_up: good, event_loop_free: good },
        redis_reachable: { is: null, since: null, cause: 'none is set' },
      },
      ...more,
    }) as unknown as SystemHealthView

  test('when all holds there is none, and a Redis that is not set is no doubt', () => {
    expect(findingsOf([account('1', {})], health({}))).toEqual([])
    expect(findingsOf([], health({ redis: { configured: true } }))).toMatchObject([
      { what: 'Redis', tone: 'unknown' },
    ])
  })

  test('bad comes first, of the same kind what has lasted longest', () => {
    const found = findingsOf(
      [
        account('1', {
          in_sync: { is: false, since: at(1), cause: 'no list' },
          quotes_fresh: { is: null, since: null },
        }),
        account('2', { ea_link: { is: false, since: at(9), cause: 'silent' } }, { contended: true }),
        account('3', { drifted: { is: true, since: at(5), cause: 'differs' } }),
      ],
      health({ queues: { accounts: [{ account_number: '4', unknown: 2 }] } }),
    )
    expect(found.map(({ account: login, word, tone }) => [login, word, tone])).toEqual([
      ['3', 'drifted', 'bad'],
      ['2', 'silent', 'bad'],
      ['4', '2 unknown', 'bad'],
      ['1', 'not in sync', 'watch'],
      ['2', 'contended', 'watch'],
      ['1', 'unknown', 'unknown'],
    ])
    expect(new Set(found.map(({ key }) => key)).size).toBe(found.length)
  })
})

describe('history', () => {
  const points = [0, 60, 120, 600].map((s) => ({ at: at(s), value: s === 60 ? null : s }))
  test('a gap where nobody measured, and null where nobody said', () => {
    const [seconds, values] = columnsOf(points, [({ value }) => value], 60_000)
    expect(seconds.map((second) => second - 1_700_000_000)).toEqual([0, 60, 120, 180, 600])
    expect(values).toEqual([0, null, 120, null, 600])
  })

  test('columns are as long as one another, and time rises', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 5_000 })), (moments) => {
        const sorted = moments.sort((a, b) => a - b).map((s) => ({ at: at(s), value: s }))
        const [seconds, values] = columnsOf(sorted, [({ value }) => value], 60_000)
        expect(values).toHaveLength(seconds.length)
        expect(seconds.every((second, n) => n === 0 || second > (seconds[n - 1] ?? 0))).toBe(true)
        expect(values?.filter((value) => value !== null)).toHaveLength(moments.length)
      }),
    )
  })

  test('nothing measured has no newest', () => {
    expect(summaryOf([null, null])).toEqual({ newest: null, low: null, high: null })
    expect(summaryOf([3, null, -1, 2, null])).toEqual({ newest: 2, low: -1, high: 3 })
  })
})

describe('the live tail', () => {
  const told = (fields: object) =>
    ({
      seq: 5,
      topic: 'log',
      account: '7',
      at: at(0),
      data: { level: 'ERROR', message: 'No Money' },
      ...fields,
    }) as LiveEvent
  const line = (seq: number) => ({ seq, message: String(seq) }) as LogView

  test('G2: filtered as the server does it', () => {
    expect(lineOf(told({}), { level: '', search: 'no mon' })).toMatchObject({ seq: 5, account_number: '7' })
    expect(lineOf(told({}), { level: 'INFO', search: '' })).toBeNull()
    expect(lineOf(told({}), { level: 'ERROR', search: 'requote' })).toBeNull()
    expect(lineOf(told({ topic: 'trade' }), { level: '', search: '' })).toBeNull()
  })

  test('G1: each once, newest first', () => {
    expect(merged([line(9), line(7)], [line(9), line(10)]).map(({ seq }) => seq)).toEqual([10, 9, 7])
  })
})

test('latencies, sizes and clock times', () => {
  expect([0, 0.42, 9.96, 78.4, 1_240, 130_000, null].map(msText)).toEqual([
    ...['0 ms', '0.4 ms', '10 ms', '78 ms', '1.24 s', '2 min', '—'],
  ])
  expect([0, 1_023, 1_536, 5 * 1_024 ** 3, null].map(bytesText)).toEqual([
    '0 B',
    '1,023 B',
    '1.5 KiB',
    '5.0 GiB',
    '—',
  ])
  expect(clockText('2026-11-28T09:30:00.120Z')).toBe('09:30:00.120')
})
