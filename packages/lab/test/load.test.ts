// The load tools without a load: who may be loaded, what is misuse, and when "0 lost, 0 doubled" may be said.
import { describe, expect, test } from 'vitest'
import { freshLogins, withTarget } from '../src/load/target.ts'
import { auditCommands, auditTicks, linesOf } from '../src/load/verdict.ts'
import { loopbackUrl, Misuse, readArguments } from '../src/support/arguments.ts'

describe('whom a load may reach', () => {
  test.each(['http://127.0.0.1:9905', 'http://localhost:9905', 'http://[::1]:9905', 'http://127.8.0.1'])(
    '%s is this machine',
    (url) => {
      expect(loopbackUrl(url).href).toContain('http://')
    },
  )

  test.each([
    'http://192.168.1.5:9905',
    'http://example.com',
    'http://127.0.0.1.example.com',
    'http://0.0.0.0:9905',
    'http://localhost@example.com',
  ])('%s is refused with a sentence', (url) => {
    expect(() => loopbackUrl(url)).toThrow(/another machine.*127\.0\.0\.1/)
  })

  test.each(['nonsense', 'https://127.0.0.1:9905'])('%s is misuse', (url) => {
    expect(() => loopbackUrl(url)).toThrow(Misuse)
  })

  test('a running server needs a key, and the sentence says where to get one', async () => {
    const given = { url: 'http://127.0.0.1:9905', key: '' }
    await expect(withTarget(given, async () => {})).rejects.toThrow(/ngtb key create/)
  })
})

describe('arguments', () => {
  const wanted = {
    tool: 'npm run load',
    numbers: { seconds: { default: 30, min: 1, max: 100, about: 'how long' } },
    texts: { url: 'where' },
    flags: { json: 'as JSON' },
  } as const

  test('defaults, and what is given', () => {
    expect(readArguments([], wanted).numbers.seconds).toBe(30)
    const given = readArguments(['--seconds', '5', '--json', '--url=http://x'], wanted)
    expect(given).toEqual({ numbers: { seconds: 5 }, texts: { url: 'http://x' }, flags: { json: true } })
  })

  test.each([['--seconds', '0'], ['--seconds', 'ten'], ['--seconds', ''], ['--sekunden', '5'], ['5']])(
    '%s %s is misuse',
    (...argv) => {
      expect(() => readArguments(argv, wanted)).toThrow(Misuse)
    },
  )
})

describe('commands', () => {
  const executed: Record<string, number> = { a: 1, b: 1, twice: 2, never: 0, refused: 0, late: 1 }
  const executions = (id: string) => executed[id] ?? 0

  test('settled once each: nothing lost, nothing doubled', () => {
    const statuses = new Map([
      ['a', 'completed'],
      ['refused', 'failed'],
    ])
    expect(auditCommands(['a', 'refused'], statuses, executions)).toEqual({ lost: [], doubled: [] })
  })

  test('L1: not in the ledger, not settled, or settled without an execution is lost', () => {
    const statuses = new Map([
      ['b', 'executing'],
      ['never', 'completed'],
    ])
    expect(auditCommands(['a', 'b', 'never'], statuses, executions).lost).toEqual(['a', 'b', 'never'])
  })

  test('L2: two executions, one of a failed command, or a command of nobody is doubled', () => {
    const statuses = new Map([
      ['twice', 'completed'],
      ['late', 'failed'],
      ['stranger', 'completed'],
    ])
    expect(auditCommands(['twice', 'late'], statuses, executions).doubled).toEqual([
      'twice',
      'late',
      'stranger',
    ])
  })
})

test('L3: a tick too few here and one too many there do not cancel out', () => {
  const sent = new Map([
    ['EURUSD', 100],
    ['GBPUSD', 100],
    ['USDJPY', 5],
  ])
  const stored = new Map([
    ['EURUSD', 99],
    ['GBPUSD', 101],
  ])
  expect(auditTicks(sent, stored)).toEqual({ lost: 6, doubled: 1 })
  expect(auditTicks(sent, sent)).toEqual({ lost: 0, doubled: 0 })
})

test('the verdict is the last line', () => {
  const latency_ms = { stored: { count: 1, p50: 1, p99: 2, worst: 2 } }
  const lines = linesOf({
    held: true,
    sentence: 'held: 0 lost, 0 doubled',
    counts: { ticks_sent: 9 },
    latency_ms,
  })
  expect(lines.split('\n').at(-1)).toBe('held: 0 lost, 0 doubled')
  expect(lines).toMatch(/ticks sent +9/)
})

test('logins of a run are its own, and logins at all', () => {
  const [first = 0, second = 0] = freshLogins(2, 1_700_000_000_000)
  expect(second).toBe(first + 1)
  expect(freshLogins(200, 1_700_000_000_100).some((login) => login === first)).toBe(false)
  expect(Number.isSafeInteger(second)).toBe(true)
})
