// What the settings say of keys, browsers and limits.
import { describe, expect, test } from 'vitest'
import {
  agentName,
  confirmVolumeOf,
  isLogin,
  keyStanding,
  limitsForm,
  limitsOf,
  serverCode,
  stopsWith,
} from '../src/live/settings-words.ts'

const NOW = Date.parse('2026-11-28T10:00:00Z')

describe('a key', () => {
  const standing = (revoked_at: string | null, expires_at: string | null) =>
    keyStanding({ revoked_at, expires_at }, NOW)

  test('is good, ends soon, has ended, or was revoked, which says more than its end', () => {
    expect(standing(null, null)).toEqual({ word: 'good', tone: 'ok', alive: true })
    expect(standing(null, '2026-12-05T10:00:00Z').word).toBe('good')
    expect(standing(null, '2026-12-05T09:59:59Z')).toMatchObject({ word: 'ends soon', tone: 'watch' })
    expect(standing(null, '2026-11-28T10:00:00Z')).toMatchObject({ word: 'ended', alive: false })
    expect(standing('2026-11-27T10:00:00Z', null)).toMatchObject({ word: 'revoked', alive: false })
    expect(standing('2026-11-27T10:00:00Z', '2026-11-26T10:00:00Z').word).toBe('revoked')
  })

  test('an EA’s: what is open stays, and nobody closes it from here', () => {
    const [first, second] = stopsWith({ scopes: ['ea:session'], account_number: '4711' })
    expect(first).toContain('The EA of account 4711 can no longer speak')
    expect(second).toContain('stays open at the broker')
  })

  test('a program’s: only what its scopes let it do', () => {
    const of = (...scopes: string[]) => stopsWith({ scopes, account_number: null }).join(' ')
    expect(of('commands:read')).not.toMatch(/opened|closed or changed|administers/)
    expect(of('commands:read')).toContain('NGTB_KEY_INVALID')
    expect(of('commands:close')).toContain('closed or changed with it on any account')
    expect(of('commands:close')).not.toContain('opened with it')
    expect(of('admin')).toMatch(/administers.*opened.*closed/)
  })
})

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0', 'Firefox on Linux'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36 Edg/131.0',
    'Edge on Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile Safari/604.1',
    'Safari on iOS',
  ],
  [
    'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36',
    'Chrome on Android',
  ],
  ['curl/8.9.1', 'curl'],
  ['', 'a program without a name'],
])('%s', (agent, name) => {
  expect(agentName(agent)).toBe(name)
})

describe('limits', () => {
  const NONE = {
    max_volume: '',
    max_open_positions: '',
    max_openings_per_minute: '',
    symbols: '',
    close_only: false,
  }

  test('an empty field is no limit, and a form says what the server said', () => {
    expect(limitsOf(NONE)).toEqual({
      body: {
        ...{ max_volume: null, max_open_positions: null, max_openings_per_minute: null },
        ...{ symbols: null, close_only: false },
      },
    })
    const view = {
      ...{ account_id: 1, account_number: '1', max_volume: 0.5, max_open_positions: 0 },
      ...{ max_openings_per_minute: null, symbols: ['EURUSD', 'GBPUSD'], close_only: true },
      ...{ changed_at: null, changed_by: null, now: { open_positions: 0, openings_last_minute: 0 } },
    }
    expect(limitsOf(limitsForm(view))).toEqual({
      body: {
        ...{ max_volume: 0.5, max_open_positions: 0, max_openings_per_minute: null },
        ...{ symbols: ['EURUSD', 'GBPUSD'], close_only: true },
      },
    })
  })

  test('symbols by comma, space or line, each once', () => {
    expect(limitsOf({ ...NONE, symbols: ' EURUSD, GBPUSD\nEURUSD;XAUUSD ' })).toMatchObject({
      body: { symbols: ['EURUSD', 'GBPUSD', 'XAUUSD'] },
    })
  })

  test('what is wrong is said where it is, and nothing is sent', () => {
    const wrong = { ...NONE, max_volume: '0', max_open_positions: '1.5', max_openings_per_minute: 'many' }
    const told = limitsOf(wrong)
    expect(told).not.toHaveProperty('body')
    expect(told).toMatchObject({
      faults: {
        max_volume: expect.stringContaining('close only'),
        max_open_positions: expect.stringContaining('whole'),
        max_openings_per_minute: expect.stringContaining('many is no number'),
      },
    })
    expect(limitsOf({ ...NONE, max_volume: '1e9' })).toHaveProperty('faults.max_volume')
    expect(limitsOf({ ...NONE, max_open_positions: '-1' })).toHaveProperty('faults.max_open_positions')
  })
})

test('the volume that is confirmed: a number above zero, empty for never, nothing for what is none', () => {
  expect(['', ' ', '2', '0.01', '0', '-1', 'x', '1e12'].map(confirmVolumeOf)).toEqual([
    ...[null, null, 2, 0.01],
    ...[undefined, undefined, undefined, undefined],
  ])
})

test('a login is a number without a leading zero; the code is URL and key', () => {
  expect(['4711', ' 4711 ', '0', '04', '4x', '', '9'.repeat(20)].map(isLogin)).toEqual([
    ...[true, true],
    ...[false, false, false, false, false],
  ])
  expect(serverCode('http://127.0.0.1:9900', 'ngt_live_a_b')).toBe('http://127.0.0.1:9900#ngt_live_a_b')
})
