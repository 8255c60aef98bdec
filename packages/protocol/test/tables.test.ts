// The tables of the protocol against the contract: retcodes, commands, priorities, errors, endpoints, limits.
import { describe, expect, test } from 'vitest'
import {
  COMMAND_TYPES,
  COMMANDS,
  CommandPriority,
  commandEndpoints,
  type Endpoint,
  ERRORS,
  isCommandType,
  limits,
  logEndpoints,
  managementEndpoints,
  PLAIN_TYPES,
  RETCODES,
  Refusal,
  retcodeClass,
  retcodeName,
  tickEndpoints,
  toPriority,
  toRetcode,
  tradeEndpoints,
} from '../src/index.ts'

describe('retcodes (contract §5.6)', () => {
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n)
  const classes = {
    done: [10009, 10010, 10025],
    transient: [10004, 10020, 10021, 10024],
    refused: [
      10006,
      10007,
      ...range(10013, 10019),
      10022,
      10023,
      10026,
      10027,
      10029,
      10030,
      ...range(10032, 10036),
      10038,
      ...range(10040, 10046),
    ],
    ambiguous: [10008, 10011, 10012, 10028, 10031, 10039],
  } as const
  for (const [kind, codes] of Object.entries(classes))
    test(`${kind}: ${codes.length} codes`, () => {
      for (const code of codes) expect([code, retcodeClass(code)]).toEqual([code, kind])
    })
  test('the table holds these and no others; what is not listed is ambiguous', () => {
    expect([...RETCODES.keys()].sort()).toEqual(Object.values(classes).flat().sort())
    for (const code of [0, 1, 4756, 10005, 10037, 10047, -1, 1.5]) {
      expect(retcodeClass(code)).toBe('ambiguous')
      expect(retcodeName(code)).toBeNull()
    }
  })
  test('names are MetaTrader’s, each once', () => {
    const names = [...RETCODES.values()].map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^TRADE_RETCODE_[A-Z_]+$/)
    expect(retcodeName(10019)).toBe('TRADE_RETCODE_NO_MONEY')
  })
  test('toRetcode takes what an int column can hold, else null', () => {
    for (const code of [0, 10009, 2 ** 31 - 1]) expect(toRetcode(code)).toBe(code)
    for (const code of [-1, 1.5, 2 ** 31, 1e300, Number.NaN, '10009', null, undefined, {}])
      expect(toRetcode(code)).toBeNull()
  })
})

describe('commands (contract §4 table)', () => {
  test('type, priority, idempotent, reduces risk, time to live', () => {
    const rows = COMMAND_TYPES.map((type) => {
      const { priority, idempotent, reduces_risk, ttl_ms } = COMMANDS[type]
      return [type, CommandPriority[priority], idempotent, reduces_risk, ttl_ms]
    })
    expect(rows).toEqual([
      ['OPEN_TRADE', 5, false, false, 'default_timeout'],
      ['MODIFY_TRADE', 10, true, true, 30_000],
      ['CLOSE_TRADE', 10, true, true, 300_000],
      ['CLOSE_ALL', 99, true, true, null],
      ['PLACE_PENDING', 5, false, false, 30_000],
      ['MODIFY_PENDING', 10, true, true, 30_000],
      ['CANCEL_PENDING', 10, true, true, 300_000],
      ['CLOSE_PARTIAL', 10, true, true, 60_000],
      ['CLOSE_BY', 10, true, true, 60_000],
      ['SUBSCRIBE_SYMBOLS', 1, true, true, 60_000],
      ['REQUEST_HISTORY', 1, true, true, 60_000],
      ['REQUEST_SYNC', 5, true, true, 60_000],
      ['PROBE', 10, true, true, 60_000],
    ])
  })

  test('a plain client is handed the published four; an OPEN is never sent again', () => {
    expect(PLAIN_TYPES).toEqual(['OPEN_TRADE', 'MODIFY_TRADE', 'CLOSE_TRADE', 'CLOSE_ALL'])
    for (const type of COMMAND_TYPES)
      expect([type, COMMANDS[type].resend === 'never']).toEqual([type, !COMMANDS[type].idempotent])
    expect(COMMANDS.OPEN_TRADE.native_ttl_ms).toBe(5_000)
  })

  test('only our own names are types', () => {
    for (const type of ['constructor', '__proto__', 'open_trade', '']) expect(isCommandType(type)).toBe(false)
  })
})

test('priorities by name in any case, by number, by nothing else', () => {
  for (const [name, number] of Object.entries(CommandPriority)) {
    expect(toPriority(name)).toBe(number)
    expect(toPriority(name.toLowerCase())).toBe(number)
    expect(toPriority(number)).toBe(number)
  }
  for (const value of [
    '',
    'URGENT',
    '__proto__',
    'toString',
    7,
    0,
    -1,
    99.5,
    '99',
    null,
    undefined,
    Number.NaN,
    {},
  ])
    expect(toPriority(value)).toBeNull()
})

describe('errors', () => {
  const rows = Object.entries(ERRORS)
  test('numbers are unique and rise, codes are ours, HTTP is a refusal', () => {
    const numbers = rows.map(([, { number }]) => number)
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
    for (const [code, { http }] of rows) {
      expect(code).toMatch(/^NGTB_[A-Z_]+$/)
      expect(http).toBeGreaterThanOrEqual(400)
      expect(http).toBeLessThan(600)
    }
  })
  test('each says what happened and what to change', () => {
    for (const [, { title, hint }] of rows) {
      expect(title.length).toBeGreaterThan(10)
      expect(title).not.toMatch(/\.$/)
      expect(hint).toMatch(/\.$/)
    }
  })
  test('a refusal carries its row; 503 says when to come back', () => {
    expect(new Refusal('NGTB_TRADE_UNKNOWN')).toMatchObject({
      message: 'There is no such trade',
      http: 404,
      retry_after_s: undefined,
    })
    expect(new Refusal('NGTB_DATABASE_AWAY', 'gone')).toMatchObject({
      message: 'gone',
      http: 503,
      retry_after_s: 1,
    })
    expect(new Refusal('NGTB_RATE', undefined, { retry_after_s: 7 }).retry_after_s).toBe(7)
  })
})

describe('endpoints (contract §3)', () => {
  const planes: Record<string, Record<string, Endpoint>> = {
    command: commandEndpoints,
    ticks: tickEndpoints,
    trades: tradeEndpoints,
    logs: logEndpoints,
    management: managementEndpoints,
  }
  const published = {
    command: [
      'POST /api/connect',
      'POST /api/heartbeat',
      'POST /api/get_commands',
      'POST /api/command_response',
      'POST /api/disconnect',
      'GET /api/status',
      'GET /api/command/:command_id/status',
    ],
    ticks: ['POST /api/ticks/batch'],
    trades: [
      'POST /api/trades/sync',
      'POST /api/trades/opened',
      'POST /api/trades/closed',
      'POST /api/trades/modified',
      'POST /api/trades/sync/force',
    ],
    logs: ['POST /api/log'],
    management: ['GET /health', 'GET /api/system/status', 'GET /api/command/:command_id/status'],
  }
  const routes = (plane: string) =>
    Object.values(planes[plane] ?? {}).map(({ method, path }) => `${method} ${path}`)
  for (const [plane, wanted] of Object.entries(published))
    test(`${plane}: every published endpoint is there, none twice`, () => {
      expect(routes(plane)).toEqual(expect.arrayContaining(wanted))
      expect(new Set(routes(plane)).size).toBe(routes(plane).length)
    })
  test('body limits: the tick door up to 64 MiB, every other at most 8 MiB', () => {
    for (const [plane, table] of Object.entries(planes))
      for (const { body_bytes_max = limits.body_bytes_max } of Object.values(table))
        expect(body_bytes_max).toBeLessThanOrEqual((plane === 'ticks' ? 64 : 8) * 1024 * 1024)
  })
  test('a POST that changes something on /api/v1 needs more than a reading key', () => {
    for (const { method, path, access } of Object.values(managementEndpoints as Record<string, Endpoint>))
      if (method !== 'GET' && path.startsWith('/api/v1')) expect(access).not.toContain('commands:read')
  })
})

test('limits: numbers, positive, and related', () => {
  for (const value of Object.values(limits)) expect(value).toBeGreaterThan(0)
  expect(limits.page_size_default).toBeLessThanOrEqual(limits.page_size_max)
  expect(limits.commands_reserved_for_safety).toBeLessThan(limits.commands_unsettled_per_account_max)
  expect(limits.comment_length_max).toBe(31)
})
