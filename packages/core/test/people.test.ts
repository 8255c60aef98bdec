// The rules of people (docs/spec/people.md): roles W, throttle T, passwords Q, the life of a session L.
import { ROLES, SCOPES } from '@ngtb/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  givenBack,
  idleEnd,
  isAlive,
  isForgotten,
  isLastAdmin,
  NO_TRIES,
  passwordFault,
  SCOPES_OF,
  scopesNow,
  type Tries,
  tried,
  waitOf,
  weighty,
} from '../src/index.ts'

const MINUTE = 60_000

describe('roles', () => {
  test('W1: each may what the one before may, nobody is an EA, and only an admin is admin', () => {
    const lists = ROLES.map((role) => SCOPES_OF[role])
    for (const [n, list] of lists.entries()) {
      expect(list).toEqual(expect.arrayContaining([...(lists[n - 1] ?? [])]))
      expect(list).not.toContain('ea:session')
    }
    expect(ROLES.filter((role) => SCOPES_OF[role].includes('admin'))).toEqual(['admin'])
    expect(new Set(lists.flat())).toEqual(new Set(SCOPES.filter((scope) => scope !== 'ea:session')))
  })

  test('W2: without a second factor everybody is a viewer', () => {
    for (const role of ROLES) {
      expect(scopesNow(role, false)).toEqual(SCOPES_OF.viewer)
      expect(scopesNow(role, true)).toEqual(SCOPES_OF[role])
    }
  })

  test.each([
    ['CLOSE_ALL', {}, null, true],
    ['CLOSE_ALL', { symbol: 'EURUSD' }, 5, true],
    ['OPEN_TRADE', { volume: 5 }, null, false],
    ['OPEN_TRADE', { volume: 5 }, 5, true],
    ['OPEN_TRADE', { volume: 4.99 }, 5, false],
    ['PLACE_PENDING', { volume: 6 }, 5, true],
    ['CLOSE_TRADE', { volume: 6 }, 5, false],
    ['MODIFY_TRADE', { volume: 6 }, 5, false],
    ['OPEN_TRADE', null, 5, false],
    ['OPEN_TRADE', { volume: 'many' }, 5, false],
  ])('W3: %s %j with the policy %s: %s', (type, payload, from, wanted) => {
    expect(weighty(type, payload, from) !== null).toBe(wanted)
  })

  test('W4: the last of them, and nobody else', () => {
    expect(isLastAdmin(['a'], 'a')).toBe(true)
    expect(isLastAdmin(['a', 'b'], 'a')).toBe(false)
    expect(isLastAdmin(['b'], 'a')).toBe(false)
    expect(isLastAdmin([], 'a')).toBe(false)
  })
})

describe('the throttle', () => {
  const after = (failures: number, now = 0): Tries => {
    let tries = NO_TRIES
    for (let n = 0; n < failures; n++) tries = tried(tries, now)
    return tries
  }

  test('T1: five are free, then the wait doubles up to a quarter of an hour', () => {
    const waits = Array.from({ length: 12 }, (_, n) => waitOf(after(n), 0) / 1000)
    expect(waits).toEqual([0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900])
  })

  test('T2: the wait ends, and a quarter of an hour later all is forgotten', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40 * MINUTE), { maxLength: 60 }), (pauses) => {
        let now = 0
        let tries = NO_TRIES
        for (const pause of pauses) {
          now += pause
          if (waitOf(tries, now) > 0) continue
          tries = tried(tries, now)
          expect(waitOf(tries, now)).toBeLessThanOrEqual(15 * MINUTE)
        }
        expect(isForgotten(tries, now + 15 * MINUTE)).toBe(true)
        expect(tried(tries, now + 15 * MINUTE).failures).toBe(1)
      }),
    )
  })

  test('who obeys the waits can not guess more often than 5 times, and then every half minute or slower', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { minLength: 1, maxLength: 400 }), (pauses) => {
        let now = 0
        let tries = NO_TRIES
        const at: number[] = []
        for (const pause of pauses) {
          now += pause
          if (waitOf(tries, now) > 0) continue
          tries = tried(tries, now)
          at.push(now)
        }
        for (let n = 5; n < at.length; n++)
          if ((at[n] ?? 0) - (at[n - 5] ?? 0) < 15 * MINUTE)
            expect((at[n] ?? 0) - (at[n - 1] ?? 0)).toBeGreaterThanOrEqual(30_000)
      }),
    )
  })

  test('an attempt that was right is given back, and frees nobody else', () => {
    for (const failures of [0, 2, 4, 5, 9]) {
      const before = after(failures)
      const mine = tried(before, 900_000)
      expect(givenBack(mine, mine, before)).toEqual(before)
      const others = tried(mine, 900_000)
      expect(givenBack(others, mine, before)).toEqual({ ...others, failures: others.failures - 1 })
    }
  })
})

describe('passwords', () => {
  const good = (password: string, name = 'ada') => expect(passwordFault(password, name), password).toBeNull()
  const bad = (password: string, name = 'ada') =>
    expect(passwordFault(password, name), password).not.toBeNull()

  test.each([
    'seven wet hedgehogs sing',
    'Vv8#kqp2ZmX0',
    'tür auf, katze rein',
    'kjwqpzvnxbtr',
    '東京の雨は静かに降り続いている',
    'x9-Lq7.fJ2w pT',
  ])('%s is good: no kind of character is asked for', (password) => good(password))

  test.each([
    'password1234',
    'Passw0rd!!!!',
    'P@ssw0rd2026',
    'qwertyuiop12',
    'qwertzuiopü1',
    '123456789012',
    '210987654321',
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    'Summer2026!!',
    'TradingBot2026',
    'metatrader12345',
    'letmeinletmein',
    '1qay2wsx3edc',
    '01.01.199001',
    'iloveyou1234',
    'adminadmin123',
    'aaaaAdmin1993!!!!',
  ])('%s is among the first to be tried', (password) => bad(password))

  test('Q1: 12 to 128 characters as a person counts them', () => {
    bad('kjwqpzvnxbt')
    good('kjwqpzvnxbtr')
    const long = Array.from({ length: 43 }, (_, n) => String.fromCodePoint(0x4e00 + n * 7)).join('-z')
    good([...long].slice(0, 128).join(''))
    bad(`${[...long].slice(0, 127).join('')}xy`)
    bad('👍👍👍👍👍👍') // twelve units of a string, six characters
  })

  test('Q2: the name is not in it, however it is written; a name of two letters is everywhere', () => {
    bad('wet hedgehog Lovelace sings', 'lovelace')
    bad('wet hedgehog l0v3l4ce sings', 'Lovelace')
    good('wet hedgehogs and a dog', 'al')
  })

  test('Q3: whatever pattern is made of runs, rows, years and one word is refused', () => {
    const piece = fc.oneof(
      fc.constantFrom('password', 'Admin', 'qwerty', 'Trading', 'asdfgh', 'summer', '123456', '2026', '!!!!'),
      fc.integer({ min: 1_900, max: 2_099 }).map(String),
      fc.constantFrom(...'abcdefghij').map((one) => one.repeat(4)),
    )
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), (pieces) => {
        expect(passwordFault(pieces.join('').padEnd(12, '1'), 'ada')).not.toBeNull()
      }),
    )
  })

  test('Q3: fifteen random letters and digits are always good', () => {
    const letter = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')
    fc.assert(
      fc.property(fc.uniqueArray(letter, { minLength: 15, maxLength: 15 }), (letters) => {
        // Words and runs come by chance; no chance makes fifteen different letters one of the first to be tried.
        expect(passwordFault(`${letters.join('-')}`, 'ada lovelace')).toBeNull()
      }),
    )
  })

  test('a password is judged in time, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'binary' }), fc.string(), (password, name) => {
        const fault = passwordFault(password, name)
        expect(fault === null || fault.length > 5).toBe(true)
      }),
    )
  })
})

test('L1: a session ends half an hour after its last request, and at its end', () => {
  fc.assert(
    fc.property(fc.nat(13 * 60), fc.nat(13 * 60), (seen_min, now_min) => {
      const times = { last_seen_at: seen_min * MINUTE, expires_at: 12 * 60 * MINUTE, ended_at: null }
      const now = now_min * MINUTE
      expect(isAlive(times, now)).toBe(now_min < seen_min + 30 && now_min < 12 * 60)
      expect(isAlive({ ...times, ended_at: 0 }, now)).toBe(false)
      expect(idleEnd(times)).toBeLessThanOrEqual(times.expires_at)
    }),
  )
})
