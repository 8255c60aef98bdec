// Alerts: raised once and cleared once, whatever the facts do (A1–A4, R1–R3, C1–C3, D1–D2).
import type { AlertSettings } from '@ngtb/protocol'
import { ALERT_SEVERITIES, limits } from '@ngtb/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ACCOUNT_RULE_NAMES,
  type AccountFacts,
  ALERT_DEFAULTS,
  type Alert,
  type AlertMove,
  type AlertWord,
  effectiveSettings,
  endOfQuiet,
  GIVE_UP_MS,
  isMarketOpen,
  lookAtAccount,
  lookAtMachine,
  markEquity,
  moreName,
  moveAlerts,
  moveMark,
  NOTICE_MS,
  nextTry,
  noticed,
  outdated,
  routesOf,
} from '../src/index.ts'

const NOW = Date.UTC(2026, 10, 25, 12) // a Wednesday
const FACTS: AccountFacts = {
  ...{ account_id: 1, login: '4242', state: 'connected', health_score: 100, consecutive_failures: 0 },
  ...{ last_seen_at: NOW, drift: null, in_doubt: [], newest_quote_at: NOW, market_open: true, equity: 100 },
  ...{ peak_equity: 100, day_equity: 100, audit_break: null },
}

/** Alerts as they stand after each step. */
class Book {
  open: Alert[] = []
  moves: AlertMove[] = []
  #ids = 0

  say(words: readonly AlertWord[], now = NOW): AlertMove[] {
    const moves = moveAlerts(this.open, words, now, () => `a${++this.#ids}`)
    for (const { alert } of moves) {
      this.open = this.open.filter(({ alert_id }) => alert_id !== alert.alert_id)
      if (alert.cleared_at === null) this.open.push(alert)
    }
    this.moves.push(...moves)
    return moves
  }

  look(facts: Partial<AccountFacts>, settings: AlertSettings = {}, now = NOW): string[] {
    const words = lookAtAccount({ ...FACTS, ...facts }, effectiveSettings(settings), this.open, now)
    return this.say(words, now).map(({ what, alert }) => `${what} ${alert.name}`)
  }
}

describe('each rule raises once and clears once', () => {
  const BAD: Record<(typeof ACCOUNT_RULE_NAMES)[number], Partial<AccountFacts>> = {
    connection_lost: { state: 'reconnecting', consecutive_failures: 3 },
    connection_degraded: { health_score: 69 },
    ea_silent: { last_seen_at: NOW - 60_000 },
    command_in_doubt: { in_doubt: [{ command_id: 'c1', text: 'x' }] },
    drift: { drift: { cause: 'count', since: NOW - 15_000 } },
    drawdown: { equity: 80, day_equity: 80 },
    daily_loss: { equity: 95 },
    tick_silence: { newest_quote_at: NOW - 300_000 },
    audit_break: { audit_break: 'event 7' },
  }
  test.each(ACCOUNT_RULE_NAMES)('%s', (rule) => {
    const book = new Book()
    const name = rule === 'command_in_doubt' ? `${rule}:1:c1` : `${rule}:1`
    expect(book.look({})).toEqual([])
    expect(book.look(BAD[rule])).toEqual([`raised ${name}`])
    expect(book.look(BAD[rule])).toEqual([])
    expect(book.look({})).toEqual([`cleared ${name}`])
    expect(book.look({})).toEqual([])
    expect(book.look(BAD[rule], { muted: [rule] })).toEqual([])
  })

  test('the published thresholds: health 70 and two failures are well', () => {
    expect(new Book().look({ health_score: 70, consecutive_failures: 2, state: 'reconnecting' })).toEqual([])
  })

  test('a difference that the next lists explain wakes nobody; one that stays does', () => {
    const book = new Book()
    const drift = { cause: 'count', since: NOW }
    expect(book.look({ drift }, {}, NOW + 14_999)).toEqual([])
    expect(book.look({ drift }, {}, NOW + 15_000)).toEqual(['raised drift:1'])
    expect(book.look({ drift: null }, {}, NOW + 15_001)).toEqual(['cleared drift:1'])
  })

  test('what is lost is not told to be degraded, too; what nobody knows changes nothing (R1, R3)', () => {
    const book = new Book()
    expect(book.look({ consecutive_failures: 3, health_score: 40, state: 'reconnecting' })).toEqual([
      'raised connection_lost:1',
    ])
    book.look({})
    book.look({ equity: 80 })
    expect(book.open.map(({ rule }) => rule)).toEqual(['drawdown', 'daily_loss'])
    expect(book.look({ equity: null })).toEqual([])
    expect(book.look({ market_open: false, equity: 80, newest_quote_at: 0 })).toEqual([])
  })
})

const facts = fc.record<Partial<AccountFacts>>({
  state: fc.constantFrom('connected', 'reconnecting', 'failed', 'disconnected', 'connecting'),
  health_score: fc.integer({ min: 0, max: 100 }),
  consecutive_failures: fc.integer({ min: 0, max: 6 }),
  last_seen_at: fc.constantFrom(null, NOW, NOW - 59_999, NOW - 60_000),
  drift: fc.constantFrom(null, { cause: 'x', since: NOW - 14_999 }, { cause: 'x', since: NOW - 15_000 }),
  in_doubt: fc
    .array(fc.integer({ min: 1, max: 40 }), { maxLength: 40 })
    .map((ids) => [...new Set(ids)].map((id) => ({ command_id: `c${id}`, text: 'x' }))),
  newest_quote_at: fc.constantFrom(null, NOW, NOW - 400_000),
  market_open: fc.constantFrom(null, true, false),
  equity: fc.constantFrom(null, 100, 96, 95, 80, 1),
  audit_break: fc.constantFrom(null, 'x'),
})

test('property: whatever the facts do, told are a raising and a clearing by turns, and no look repeats itself', () => {
  fc.assert(
    fc.property(fc.array(facts, { maxLength: 12 }), (looks) => {
      const book = new Book()
      for (const look of looks) {
        book.look(look)
        // The same facts again: nothing to say (of more than A4 lets stand by itself, too).
        expect(book.look(look)).toEqual([])
        expect(new Set(book.open.map(({ name }) => name)).size).toBe(book.open.length)
      }
      const told = new Map<string, string[]>()
      for (const { what, alert } of book.moves)
        if (what !== 'counted') told.set(alert.name, [...(told.get(alert.name) ?? []), what])
      for (const turns of told.values())
        for (const [at, what] of turns.entries()) expect(what).toBe(at % 2 === 0 ? 'raised' : 'cleared')
      book.look({ ...FACTS })
      expect(book.open).toEqual([])
    }),
  )
})

const word = (kind: AlertWord['kind'], name: string, notice = false): AlertWord =>
  kind === 'raise'
    ? { kind, name, rule: 'raised', account_id: 0, severity: 'info', text: 't', notice, actor: 'x' }
    : { kind, name, actor: 'x' }

test('property: of words in any order, one of a name is open, and each is raised and cleared once (A1, A2)', () => {
  const words = fc.array(
    fc.tuple(fc.constantFrom('raise', 'clear', 'acknowledge'), fc.constantFrom('a', 'b'), fc.boolean()),
    { maxLength: 30 },
  )
  fc.assert(
    fc.property(words, (said) => {
      const book = new Book()
      for (const [kind, name, notice] of said) book.say([word(kind as AlertWord['kind'], name, notice)])
      const raised = book.moves.filter(({ what }) => what === 'raised')
      const ended = book.moves.filter(({ alert }) => alert.cleared_at !== null)
      expect(new Set(raised.map(({ alert }) => alert.alert_id)).size).toBe(raised.length)
      expect(new Set(ended.map(({ alert }) => alert.alert_id)).size).toBe(ended.length)
      expect(raised.length - ended.length).toBe(book.open.length)
      expect(new Set(book.open.map(({ name }) => name)).size).toBe(book.open.length)
      // One after another, or all at once: the same comes of it.
      const at_once = new Book()
      at_once.say(said.map(([kind, name, notice]) => word(kind as AlertWord['kind'], name, notice)))
      expect(at_once.open.map(({ name, count }) => [name, count])).toEqual(
        book.open.map(({ name, count }) => [name, count]),
      )
    }),
  )
})

describe('a notice', () => {
  const event = { seq: 1, account_id: 1, kind: 'trade.surplus', subject: '77', data: {} }

  test('is one until it is acknowledged; or a day has passed (A3)', () => {
    const book = new Book()
    expect(book.say(noticed(event, [])).map(({ what }) => what)).toEqual(['raised'])
    expect(book.say(noticed(event, [])).map(({ what }) => what)).toEqual(['counted'])
    expect(outdated(book.open, NOW + NOTICE_MS - 1)).toEqual([])
    expect(book.say(outdated(book.open, NOW + NOTICE_MS))).toHaveLength(1)
    expect(book.open).toEqual([])
    book.say(noticed(event, []))
    const [seen] = book.say([word('acknowledge', 'surplus_position:1')])
    expect(seen?.alert).toMatchObject({ acknowledged_by: 'x', cleared_by: 'x' })
  })

  test('is raised by what it is about, and by nothing else', () => {
    const of = (kind: string, data: Record<string, unknown> = {}) =>
      noticed({ ...event, kind, data }, []).map((one) => one.kind === 'raise' && one.rule)
    expect(of('command.refused')).toEqual(['command_failed'])
    expect(of('deal.booked', { made_by: 'unattributed', deal: '5' })).toEqual(['unattributed_change'])
    expect(of('deal.booked', { made_by: 'manual' })).toEqual([])
    expect(of('command.completed', { overrode: 'failed' })).toEqual(['command_contradicted'])
    expect(of('command.completed')).toEqual([])
    expect(of('stream.dead_letter', { error: 'x' })).toEqual(['dead_letter'])
    expect(noticed(event, ['surplus_position'])).toEqual([])
  })
})

test('of one rule on one account so many stand by themselves, the rest is one (A4)', () => {
  const book = new Book()
  const in_doubt = Array.from({ length: limits.alerts_per_rule_max + 30 }, (_, i) => ({
    ...{ command_id: `c${i}`, text: 'x' },
  }))
  book.look({ in_doubt })
  expect(book.open).toHaveLength(limits.alerts_per_rule_max + 1)
  expect(book.open.find(({ name }) => name === moreName('command_in_doubt', 1))?.count).toBe(30)
  expect(book.look({ in_doubt: in_doubt.slice(0, 5) }).filter((said) => said.startsWith('raised'))).toEqual(
    [],
  )
  expect(book.open).toHaveLength(5)
})

test('a machine tells of its own only: disk, certificate, trail, what was given up', () => {
  const book = new Book()
  const well = {
    ...{ server: 'a:1', disk: { free_bytes: 10, total_bytes: 20 }, certificate_ends_at: null },
    ...{ audit_break: null, given_up: {} },
  }
  const least = { disk_free_bytes_min: 5, certificate_ms_min: 1_000 }
  const look = (seen: Partial<Parameters<typeof lookAtMachine>[0]>) =>
    book
      .say(lookAtMachine({ ...well, ...seen }, least, [], book.open, NOW))
      .map(({ what, alert }) => [what, alert.name])
  expect(look({})).toEqual([])
  expect(look({ disk: { free_bytes: 4, total_bytes: 20 } })).toEqual([['raised', 'disk:0:a:1']])
  expect(look({ server: 'b:1' })).toEqual([])
  expect(look({ disk: null })).toEqual([])
  expect(look({})).toEqual([['cleared', 'disk:0:a:1']])
  for (const ends of ['unreadable' as const, NOW + 999, NOW - 1]) {
    expect(look({ certificate_ends_at: ends })).toEqual([['raised', 'certificate:0:a:1']])
    look({ certificate_ends_at: NOW + 1_000 })
  }
  expect(look({ given_up: { webhook: 2 }, audit_break: 'event 7' })).toHaveLength(2)
})

describe('who hears of it, and when', () => {
  const rules = [
    { channel: 'log', min_severity: 'info' },
    { channel: 'telegram', min_severity: 'critical' },
  ] as const
  const night = { from: '22:00', to: '07:00', zone: 'Europe/Berlin' }

  test.each(ALERT_SEVERITIES)('%s goes where it is grave enough (C1)', (severity) => {
    const to = (channels: AlertSettings['channels']) =>
      routesOf(severity, { channels: channels ?? null, quiet_hours: null }, rules, NOW).map((r) => r.channel)
    expect(to(null)).toEqual(severity === 'critical' ? ['log', 'telegram'] : ['log'])
    expect(to(['telegram'])).toEqual(severity === 'critical' ? ['telegram'] : [])
  })

  test.each([
    ['2026-11-25T20:59:00Z', '2026-11-25T20:59:00Z'], // 21:59 in Berlin
    ['2026-11-25T21:00:00Z', '2026-11-26T06:00:00Z'],
    ['2026-11-26T05:59:30Z', '2026-11-26T06:00:00Z'],
    ['2026-11-26T06:00:00Z', '2026-11-26T06:00:00Z'],
    // Over the change of clocks: 07:00 is one hour earlier, or later, by UTC.
    ['2026-03-28T22:00:00Z', '2026-03-29T05:00:00Z'],
    ['2026-10-24T21:00:00Z', '2026-10-25T06:00:00Z'],
  ])('quiet hours of Berlin at %s end at %s (C2)', (at, end) => {
    expect(new Date(endOfQuiet(night, Date.parse(at))).toISOString()).toBe(new Date(end).toISOString())
  })

  test('the critical and the log do not wait', () => {
    const at = Date.parse('2026-11-25T23:00:00Z')
    const settings = { ...ALERT_DEFAULTS, quiet_hours: night }
    const all = [
      { channel: 'log', min_severity: 'info' },
      { channel: 'email', min_severity: 'info' },
    ] as const
    expect(routesOf('critical', settings, all, at).map((route) => route.at)).toEqual([at, at])
    expect(routesOf('warning', settings, all, at).map((route) => route.at)).toEqual([
      at,
      Date.parse('2026-11-26T06:00:00Z'),
    ])
  })

  test('property: a wait grows, keeps what was asked for, is never longer than it must, and ends (C3)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.option(fc.integer({ min: 0, max: 86_400_000 })),
        (attempts, chance, asked) => {
          const at = nextTry(attempts, NOW, NOW, chance, asked)
          expect(at).toBeGreaterThanOrEqual(NOW + Math.max(1_000, asked ?? 0))
          expect(at).toBeLessThanOrEqual(NOW + Math.max(3_600_000, asked ?? 0))
          expect(nextTry(attempts, NOW - GIVE_UP_MS, NOW, chance, asked)).toBeNull()
        },
      ),
    )
  })
})

describe('equity', () => {
  test('money that comes in is no peak, and money that goes out no loss (D1)', () => {
    const first = markEquity(null, 1, 1_000, 10, null)
    const in_and_out = moveMark(first, [
      { deal: '9', profit: 500 },
      { deal: '10', profit: -200 },
    ])
    expect(in_and_out).toMatchObject({ peak_equity: 1_300, day_equity: 1_300, balance_deal: '10' })
    expect(markEquity(first, 1, 900, 10, null)).toBe(first)
    expect(markEquity(first, 1, 1_200, 11, null)).toMatchObject({
      peak_equity: 1_200,
      day_equity: 1_200,
      day: 11,
    })
  })

  test.each([
    ['2026-11-25T12:00:00Z', true],
    ['2026-11-28T12:00:00Z', false], // Saturday
    ['2026-11-29T22:30:00Z', false], // Monday 00:30 by the broker
    ['2026-11-29T23:30:00Z', true],
    ['2026-11-27T20:59:00Z', true],
    ['2026-11-27T21:30:00Z', false], // Friday 23:30 by the broker
    ['2026-11-25T22:05:00Z', false], // a few minutes past the broker’s midnight
  ])('the broker’s week at %s: %s (D2)', (at, open) => {
    expect(isMarketOpen(Date.parse(at), 120, 'broker')).toBe(open)
    expect(isMarketOpen(Date.parse(at), 120, 'unknown')).toBeNull()
  })
})
