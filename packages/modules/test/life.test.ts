// What becomes of a worker (W1–W3), its settings, its lane and its pace: decided without a process.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defineModule, readDefinition } from '../src/definition.ts'
import { backoffMs, complaintOf, type Legacy, LIMITS, legacyOf, NO_LEGACY } from '../src/host/life.ts'
import { Lane, Newest, Pump } from '../src/runtime/lane.ts'
import { take } from '../src/runtime/pace.ts'
import { readSet, settingsOf, splitSettings } from '../src/settings.ts'

describe('is it still good? (W1)', () => {
  const well = {
    started_at: 0,
    beating: true,
    running_at: 1_000,
    heard_at: 50_000,
    memory_bytes: 1e8,
    busy_ms: 0,
  }
  test.each([
    ['beats', {}, null],
    ['silent', { heard_at: 39_000 }, /no sign of life for 10 s/],
    ['fat', { memory_bytes: 600 * 1_048_576 }, /600 MB of memory; 512 MB are allowed/],
    ['fat before it runs', { running_at: null, memory_bytes: 1e9 }, /memory/],
    ['loads', { running_at: null, heard_at: 0, beating: false }, null],
    ['hangs in its onStart', { running_at: null, heard_at: 0 }, /no sign of life/],
    ['never loads', { running_at: null, beating: false, started_at: -50_000 }, /not ready after 90 s/],
    ['in a call', { busy_ms: 299_000 }, null],
    ['in a call that never ends', { busy_ms: 301_000 }, /did not come back/],
  ])('%s', (_, change, says) => {
    const complaint = complaintOf({ ...well, ...change }, 50_000, LIMITS)
    if (says === null) expect(complaint).toBeNull()
    else expect(complaint).toMatch(says)
  })
})

test('restarts wait twice as long each time, up to a minute (W2)', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 1_000].map((deaths) => backoffMs(deaths, LIMITS) / 1_000)
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
})

describe('what one life leaves to the next', () => {
  const die = (before: Legacy, death: Partial<Parameters<typeof legacyOf>[1]>) =>
    legacyOf(before, { cursors: {}, lived_ms: 0, ...death }, LIMITS)

  test('a stable life makes the next death the first one', () => {
    const third = die(die(die(NO_LEGACY, {}).legacy, {}).legacy, {}).legacy
    expect(third.deaths).toBe(3)
    expect(die(third, { lived_ms: LIMITS.stable_ms }).legacy.deaths).toBe(1)
  })

  test('an event that ended it three times is left out; one that did so twice is tried again (W3)', () => {
    const twice = die(die(NO_LEGACY, { cursors: { seq: 6 }, at: 7 }).legacy, { at: 7 })
    expect(twice).toMatchObject({ left_out: null, legacy: { cursors: { seq: 6 } } })
    expect(die(twice.legacy, { at: 7 })).toMatchObject({ left_out: 7, legacy: { cursors: { seq: 7 } } })
    expect(die(twice.legacy, { at: 8 })).toMatchObject({ left_out: null, legacy: { cursors: { seq: 6 } } })
    const between = die(twice.legacy, {}).legacy
    expect(die(between, { at: 7 }).left_out).toBeNull()
  })

  test('a ledger that went back is followed from now on', () => {
    const seen = die(NO_LEGACY, { cursors: { seq: 900, ticks: 5 } }).legacy
    expect(seen.cursors).toEqual({ seq: 900, ticks: 5 })
    expect(die(seen, { fault: 'rewound' }).legacy.cursors).toEqual({})
  })

  test('no event is ever left out that was not named three times in a row', () => {
    const deaths = fc.array(fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }))
    fc.assert(
      fc.property(deaths, (places) => {
        let legacy: Legacy = NO_LEGACY
        const row: (number | undefined)[] = []
        for (const at of places) {
          row.push(at)
          const next = die(legacy, { at })
          legacy = next.legacy
          const same = row.slice(-3).every((one) => one === at) && row.length >= 3 && at !== undefined
          expect(next.left_out).toBe(same ? at : null)
          if (same) row.length = 0
        }
      }),
    )
  })
})

describe('settings', () => {
  test('as they are typed', () => {
    expect(readSet('guard.max_loss=250')).toEqual({ module: 'guard', name: 'max_loss', value: 250 })
    expect(readSet('guard.symbols=["A","B"]').value).toEqual(['A', 'B'])
    expect(readSet('guard.symbol=EURUSD').value).toBe('EURUSD')
    expect(readSet('guard.accounts=9007199254740993').value).toBe('9007199254740993')
    expect(readSet('guard.on=true').value).toBe(true)
    expect(() => readSet('max_loss=250')).toThrow(/is not MODULE.SETTING=VALUE/)
  })

  test('what a module does not know, or knows as another kind, is refused with what is there', () => {
    const known = { distance: 100, symbol: null, pairs: ['A'], name: 'x' }
    expect(settingsOf(known, { distance: 5, symbol: 'EURUSD', pairs: 'B' })).toEqual({
      ...{ distance: 5, symbol: 'EURUSD', pairs: ['B'], name: 'x' },
    })
    expect(() => settingsOf(known, { distanse: 5 })).toThrow(
      /no setting distanse; there are: distance, symbol/,
    )
    expect(() => settingsOf(known, { distance: '5 points' })).toThrow(/distance: "5 points" is not a number/)
    expect(() => settingsOf(known, { name: 7 })).toThrow(/name: 7 is not a text/)
    expect(() => settingsOf(undefined, { x: 1 })).toThrow(/it has none/)
  })

  test('what is the host’s is taken apart', () => {
    expect(splitSettings({ accounts: 12345678, memory_mb: 128, x: 1 })).toEqual({
      ...{ host: { accounts: ['12345678'], memory_mb: 128 }, own: { x: 1 } },
    })
    expect(() => splitSettings({ accounts: 'me' })).toThrow(/"me" is not an MT5 login/)
    expect(() => splitSettings({ memory_mb: 1 })).toThrow(/not a number from 64 to 65536/)
  })
})

describe('what a file exports', () => {
  const good = { name: 'x', scopes: ['commands:read'] as const }
  test.each([
    [{ name: 'x' }, /write `export default defineModule/],
    [undefined, /write `export default defineModule/],
    [defineModule({ ...good, name: 'My Module' }), /name "My Module" is not/],
    [defineModule({ ...good, scopes: [] }), /name at least one of commands:read/],
    [defineModule({ ...good, scopes: ['ea:session' as 'admin'] }), /there is no "ea:session" for a module/],
    [defineModule({ ...good, onCandle: () => {} }), /onCandle needs candles/],
    [defineModule({ ...good, onTick: 'x' as never }), /onTick is not a function/],
  ])('%#', (exported, says) => {
    expect(() => readDefinition(exported)).toThrow(says)
  })
  test('a good one', () => expect(readDefinition(defineModule({ ...good }))).toMatchObject(good))
})

describe('one thing at a time (M1, M3)', () => {
  const fail = (error: unknown) => {
    throw error
  }

  test('nothing begins before the one before it has ended, also when that failed', async () => {
    const lane = new Lane()
    const log: string[] = []
    const job =
      (name: string, failing = false) =>
      async () => {
        log.push(`${name} begins`)
        await new Promise((resolve) => setImmediate(resolve))
        log.push(`${name} ends`)
        if (failing) throw new Error(name)
      }
    await Promise.allSettled([lane.run(job('a')), lane.run(job('b', true)), lane.run(job('c'))])
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  })

  test('a slow module gets the newest, and how many it did not see', async () => {
    const newest = new Newest<number>(10)
    const seen: [number, number][] = []
    let go = () => {}
    const pump = new Pump<number>(
      new Lane(),
      newest,
      async (value, passed) => {
        seen.push([value, passed])
        if (seen.length === 1) await new Promise<void>((resolve) => (go = resolve))
      },
      fail,
    )
    pump.put('EURUSD', 1)
    while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve))
    for (const value of [2, 3, 4]) pump.put('EURUSD', value)
    pump.put('GBPUSD', 9)
    go()
    while (seen.length < 3) await new Promise((resolve) => setImmediate(resolve))
    expect(seen).toEqual([
      [1, 0],
      [4, 2],
      [9, 0],
    ])
    expect(newest.passed).toBe(2)
  })

  test('what waits never grows beyond its bound; each one is handed over or counted', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 30 })), fc.integer({ min: 1, max: 5 }), (names, max) => {
        const newest = new Newest<number>(max)
        names.forEach((name, at) => {
          newest.put(String(name), at)
        })
        let taken = 0
        while (newest.take() !== null) taken++
        expect(taken).toBeLessThanOrEqual(max)
        expect(taken + newest.passed).toBe(names.length)
      }),
    )
  })
})

test('requests of a module: a burst of two seconds, then its rate, however many it wants at once', () => {
  let bucket = { tokens: 20, at: 0 }
  const waits = Array.from({ length: 40 }, () => {
    const taken = take(bucket, 0, 10)
    bucket = taken.bucket
    return taken.wait_ms
  })
  expect(waits.slice(0, 20)).toEqual(Array(20).fill(0))
  expect(waits[20]).toBe(100)
  expect(waits[39]).toBe(2_000)
  expect(take({ tokens: -20, at: 0 }, 60_000, 10).bucket.tokens).toBe(19)
})
