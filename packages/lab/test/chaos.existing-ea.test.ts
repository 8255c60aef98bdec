// The audit of a login with existing EAs names what contradicts a promise: a good day first, then one thing planted.
import { expect, test } from 'vitest'
import type { LedgerCommand } from '../src/chaos/audit/evidence.ts'
import { auditExisting, type Shown, shapeOf } from '../src/chaos/existing-ea/audit.ts'
import { PLANTS } from '../src/chaos/existing-ea/plants.ts'
import { ticksIn } from '../src/chaos/existing-ea/wire.ts'
import { misplanted } from '../src/support/mutant.ts'

const payload = { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1, sl: 1.07, tp: 1.11 }
const shape = shapeOf('EURUSD', 'BUY', 1.07, 1.11)
const command = (over: Partial<LedgerCommand> = {}): LedgerCommand => ({
  command_id: 'c1',
  command_no: 1,
  type: 'OPEN_TRADE',
  payload,
  status: 'completed',
  attempt: 1,
  evidence: 'answer',
  error: null,
  retcode: null,
  ticket: '7',
  expires_at: null,
  strategy_no: 0,
  ...over,
})
const position = { ticket: '7', symbol: 'EURUSD', direction: 'BUY', volume: 0.1, open_price: 1.09 } as const
const good: Shown = {
  login: '1',
  intents: [{ key: 'k1', type: 'OPEN_TRADE', payload, answer: { http: 201, command_id: 'c1', code: null } }],
  commands: [command()],
  trades: [{ ...position, status: 'open', sl: 1.07, tp: 1.11 }],
  positions: [{ ...position, open_time_ms: 1, sl: 1.07, tp: 1.11, magic: '999888' }],
  openings: [{ ticket: '7', shape }],
  levels: new Set(),
  handed: new Map([['c1', 1]]),
  audit_problems: [],
  ticks: { acknowledged: 10, unheard: 3, stored: 12 },
}
const wrong = (over: Partial<Shown>) => auditExisting({ ...good, ...over }).map(({ rule }) => rule)
const other = (type: string, more: Record<string, unknown> = {}, over: Partial<LedgerCommand> = {}) =>
  command({ command_id: 'c2', command_no: 2, type, payload: more, ticket: null, ...over })
const and = (one: LedgerCommand) => ({ commands: [command(), one] })

test('a good day', () => expect(wrong({})).toEqual([]))

const bad: [string, Partial<Shown>, string][] = [
  ['an OPEN left twice', { handed: new Map([['c1', 2]]) }, 'double'],
  ['a second attempt', { commands: [command({ attempt: 2 })] }, 'double'],
  ['two positions of one intent', { openings: [...good.openings, { ticket: '8', shape }] }, 'double'],
  [
    'a position that nobody wanted',
    { openings: [...good.openings, { ticket: '8', shape: 'x' }] },
    'invented',
  ],
  ['an acknowledged intent without a row', { commands: [], openings: [] }, 'lost'],
  ['a command that waits', and(other('MODIFY_TRADE', {}, { status: 'pending' })), 'stuck'],
  ['an unknown without a reason', and(other('MODIFY_TRADE', {}, { status: 'timeout' })), 'stuck'],
  ['an unknown close', and(other('CLOSE_TRADE', {}, { status: 'timeout', error: 'x' })), 'stuck'],
  ['another ticket', { commands: [command({ ticket: '9' })] }, 'wrong_status'],
  ['failed, and there', { commands: [command({ status: 'failed' })] }, 'wrong_status'],
  ['unknown, and there', { commands: [command({ status: 'timeout', error: 'x' })] }, 'wrong_status'],
  ['closed, and there', and(other('CLOSE_TRADE', { ticket: '7' })), 'wrong_status'],
  ['all closed, and one is there', and(other('CLOSE_ALL')), 'wrong_status'],
  ['levels that nobody ordered', and(other('MODIFY_TRADE', { ticket: '7', sl: 1, tp: 2 })), 'wrong_status'],
  ['a table without it', { trades: [] }, 'trade_table'],
  ['a broken chain', { audit_problems: ['event 3'] }, 'audit'],
  ['ticks that are missing', { ticks: { acknowledged: 10, unheard: 3, stored: 9 } }, 'ticks'],
  ['ticks from nowhere', { ticks: { acknowledged: 10, unheard: 3, stored: 14 } }, 'ticks'],
]
test.each(bad)('%s', (_name, over, rule) => expect(wrong(over)).toEqual([rule]))

test('an OPEN that is unknown and left nothing says why, and may stay so', () => {
  const unknown = command({ status: 'timeout', ticket: null, error: 'the EA did not answer' })
  expect(wrong({ commands: [unknown], openings: [], trades: [], positions: [] })).toEqual([])
})

test('what is to be planted still stands in the sources', () => {
  const bugs = Object.values(PLANTS).flatMap((plant) => plant.bugs)
  expect(bugs.map((bug) => misplanted(bug))).toEqual(bugs.map(() => null))
})

test('ticks of a body are counted', () => {
  expect(ticksIn(Buffer.from('{"ticks":[{"bid":1,"ask":2},{"bid":1}],"positions":[]}'))).toBe(2)
})
