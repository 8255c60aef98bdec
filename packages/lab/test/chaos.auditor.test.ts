// The auditor names what contradicts a promise: a good day first, then the same day with one thing planted in it.
import { tagOf } from '@ngtb/protocol'
import { expect, test } from 'vitest'
import { audit } from '../src/chaos/audit/auditor.ts'
import type {
  BrokerEffect,
  BrokerPosition,
  Evidence,
  Intent,
  LedgerCommand,
  LedgerTrade,
  WaitingOrder,
} from '../src/chaos/audit/evidence.ts'

const command = (command_no: number, type: string, over: Partial<LedgerCommand> = {}): LedgerCommand => ({
  command_id: `c${command_no}`,
  command_no,
  type,
  payload: {},
  status: 'completed',
  attempt: 1,
  evidence: 'journal',
  error: null,
  retcode: null,
  ticket: null,
  expires_at: null,
  strategy_no: 0,
  ...over,
})

const intent = (command_no: number, type: string): Intent => ({
  key: `k${command_no}`,
  type,
  payload: {},
  answer: { http: 201, command_id: `c${command_no}`, code: null },
})

const tag = (command_no: number) => tagOf({ strategy_no: 0, command_no })

const effect = (command_no: number, kind: string, ticket: string): BrokerEffect => ({
  command_id: `c${command_no}`,
  kind,
  ticket,
  magic: tag(command_no),
})

const position = (ticket: string, magic: string): BrokerPosition => ({
  ticket,
  symbol: 'EURUSD',
  direction: 'BUY',
  volume: 0.1,
  open_price: 1.1,
  open_time_ms: 1,
  sl: 1.05,
  tp: 0,
  magic,
})

const trade = (ticket: string, over: Partial<LedgerTrade> = {}): LedgerTrade => ({
  ticket,
  status: 'open',
  symbol: 'EURUSD',
  direction: 'BUY',
  volume: 0.1,
  open_price: 1.1,
  sl: 1.05,
  tp: null,
  ...over,
})

const waiting = (ticket: string, over: Partial<WaitingOrder> = {}): WaitingOrder => ({
  ticket,
  symbol: 'EURUSD',
  volume: 0.1,
  price: 1.08,
  sl: 0,
  tp: 1.12,
  ...over,
})

/** Two positions opened, one of them modified and closed, an order placed and cancelled, one OPEN expired. */
const GOOD: Evidence = {
  login: '1001',
  native: true,
  intents: [
    intent(1, 'OPEN_TRADE'),
    intent(2, 'OPEN_TRADE'),
    intent(3, 'MODIFY_TRADE'),
    intent(4, 'CLOSE_TRADE'),
    intent(5, 'PLACE_PENDING'),
    intent(6, 'CANCEL_PENDING'),
    intent(7, 'OPEN_TRADE'),
    { key: 'unheard', type: 'OPEN_TRADE', payload: {}, answer: null },
    { key: 'refused', type: 'CLOSE_BY', payload: {}, answer: { http: 422, command_id: null, code: 'X' } },
  ],
  commands: [
    command(1, 'OPEN_TRADE', { ticket: '11', expires_at: 5_000 }),
    command(2, 'OPEN_TRADE', { ticket: '12', expires_at: 5_000 }),
    command(3, 'MODIFY_TRADE', { payload: { ticket: '11' }, ticket: '11' }),
    command(4, 'CLOSE_TRADE', { payload: { ticket: '12' }, ticket: '12' }),
    command(5, 'PLACE_PENDING', { ticket: '13' }),
    command(6, 'CANCEL_PENDING', { payload: { ticket: '13' } }),
    command(7, 'OPEN_TRADE', { status: 'expired', attempt: 0, evidence: null }),
  ],
  trades: [trade('11'), trade('12', { status: 'closed' })],
  orders: [],
  books: {
    positions: [position('11', tag(1))],
    pending: [],
    effects: [
      effect(1, 'opened', '11'),
      effect(2, 'opened', '12'),
      effect(3, 'modified', '11'),
      effect(4, 'closed', '12'),
      effect(5, 'placed', '13'),
      effect(6, 'order_gone', '13'),
    ],
    orders: [{ command_id: 'c1', action: 'open', at: 4_900 }],
  },
  went_back: false,
  taken_back: [],
  audit_problems: [],
  ticks: { acknowledged: 100, stored: 100 },
  late_ms_max: 200,
}

/** The good day with some rows in another place. */
const day = (over: {
  intents?: Intent[]
  commands?: LedgerCommand[]
  trades?: LedgerTrade[]
  effects?: BrokerEffect[]
  positions?: BrokerPosition[]
  pending?: WaitingOrder[]
  orders?: WaitingOrder[]
  rest?: Partial<Evidence>
}): Evidence => ({
  ...GOOD,
  intents: [...GOOD.intents, ...(over.intents ?? [])],
  commands: [
    ...GOOD.commands.filter(({ command_no }) => !over.commands?.some((one) => one.command_no === command_no)),
    ...(over.commands ?? []),
  ],
  trades: over.trades ?? GOOD.trades,
  orders: over.orders ?? GOOD.orders,
  books: {
    ...GOOD.books,
    effects: [...GOOD.books.effects, ...(over.effects ?? [])],
    positions: over.positions ?? GOOD.books.positions,
    pending: over.pending ?? [],
  },
  ...over.rest,
})

test('a good day has no violations', () => {
  expect(audit(GOOD)).toEqual([])
})

const found = (evidence: Evidence) =>
  audit(evidence).map(({ rule, subject, what }) => `${rule} ${subject}: ${what}`)

test.each<[string, Evidence, RegExp]>([
  ['an OPEN executed twice', day({ effects: [effect(2, 'opened', '14')] }), /^double c2: opened 2 times/],
  [
    'one tag on two orders, under another name',
    day({ effects: [{ ...effect(1, 'opened', '14'), command_id: 'c2' }] }),
    /^double .*the tag is on 2 of them/,
  ],
  [
    'a position closed twice by one command',
    day({ effects: [effect(4, 'closed', '12')] }),
    /^double c4: closed 12 2 times/,
  ],
  ['a modify sent twice', day({ effects: [effect(3, 'modified', '11')] }), /^double c3: modified 11 2 times/],
  ['an acknowledged intent that is not there', day({ intents: [intent(9, 'OPEN_TRADE')] }), /^lost k9: /],
  [
    'an acknowledged intent that became another command',
    day({ commands: [command(6, 'CLOSE_ALL')] }),
    /^lost k6: .*is a CLOSE_ALL/,
  ],
  [
    'a command still waiting',
    day({ commands: [command(8, 'REQUEST_SYNC', { status: 'pending' })] }),
    /^stuck c8: /,
  ],
  [
    'an unknown outcome at a native EA',
    day({ commands: [command(8, 'OPEN_TRADE', { status: 'timeout' })] }),
    /^stuck c8: /,
  ],
  [
    'a lie: failed, though it was executed',
    day({ commands: [command(1, 'OPEN_TRADE', { status: 'failed', evidence: 'settled' })] }),
    /^wrong_status c1: OPEN_TRADE: it is failed \(settled\), but opened 11/,
  ],
  [
    'a lie that was taken back',
    day({ rest: { taken_back: [{ command_id: 'c1', said: 'failed' }] } }),
    /^wrong_status c1: it was said to be failed, and was done after all/,
  ],
  [
    'a lie: expired, though it was executed',
    day({ commands: [command(5, 'PLACE_PENDING', { status: 'expired' })] }),
    /^wrong_status c5: /,
  ],
  [
    'a lie: completed, though nothing happened',
    day({ commands: [command(8, 'OPEN_TRADE', { ticket: '99' })] }),
    /^wrong_status c8: .*nothing was opened/,
  ],
  [
    'completed with another ticket',
    day({ commands: [command(1, 'OPEN_TRADE', { ticket: '12' })] }),
    /^wrong_status c1: .*ticket 12, but opened 11/,
  ],
  [
    'a close that is completed while the position is open',
    day({ commands: [command(8, 'CLOSE_TRADE', { payload: { ticket: '11' } })] }),
    /^wrong_status c8: .*position 11 is open/,
  ],
  [
    'a cancel that is completed while the order is pending',
    day({ pending: [waiting('13')], orders: [waiting('13')] }),
    /^wrong_status c6: /,
  ],
  [
    'a modify that is completed without an order or a look',
    day({ commands: [command(8, 'MODIFY_TRADE', { payload: { ticket: '11' } })] }),
    /^wrong_status c8: .*nothing happened/,
  ],
  [
    'a modify with nothing to change, of which the broker knows nothing',
    day({ commands: [command(8, 'MODIFY_TRADE', { payload: { ticket: '11' }, retcode: 10025 })] }),
    /^wrong_status c8: .*nothing happened/,
  ],
  [
    'a stop that left something of its scope open',
    day({ commands: [command(8, 'CLOSE_ALL', { strategy_no: null })] }),
    /^wrong_status c8: .*scope 11 are open/,
  ],
  ['an effect that nobody wanted', day({ effects: [effect(77, 'opened', '14')] }), /^invented c77: /],
  [
    'a close that opened something',
    day({ effects: [effect(4, 'opened', '14')] }),
    /^invented c4: a CLOSE_TRADE opened 14/,
  ],
  [
    'a position that the table does not know',
    day({ trades: [trade('12', { status: 'closed' })] }),
    /^trade_table 11: .*not in the table/,
  ],
  [
    'a trade that is open in the table alone',
    day({ trades: [trade('11'), trade('12')] }),
    /^trade_table 12: .*gone at the broker/,
  ],
  [
    'a false close',
    day({ trades: [trade('11', { status: 'closed' })] }),
    /^trade_table 11: .*closed in the table/,
  ],
  [
    'another volume in the table',
    day({ trades: [trade('11', { volume: 0.2 })] }),
    /^trade_table 11: its volume is 0.1/,
  ],
  [
    'a stop loss that nobody confirmed',
    day({ trades: [trade('11', { sl: 1.06 })] }),
    /^trade_table 11: its sl is 1.05/,
  ],
  [
    'an order that the table does not know',
    day({ pending: [waiting('15')] }),
    /^order_table 15: it waits at the broker, and not/,
  ],
  [
    'an order that waits in the table alone',
    day({ orders: [waiting('15')] }),
    /^order_table 15: .*gone at the broker/,
  ],
  [
    'another price of an order',
    day({ pending: [waiting('15')], orders: [waiting('15', { price: 1.09 })] }),
    /^order_table 15: its price is 1.08/,
  ],
  ['a broken chain', day({ rest: { audit_problems: ['event 7 is missing'] } }), /^audit 1001: event 7/],
  [
    'an OPEN after its deadline',
    day({ rest: { books: { ...GOOD.books, orders: [{ command_id: 'c1', action: 'open', at: 5_201 }] } } }),
    /^late c1: its order came 201 ms/,
  ],
  ['a lost tick', day({ rest: { ticks: { acknowledged: 100, stored: 99 } } }), /^ticks 1001: /],
])('%s is named', (_what, evidence, expected) => {
  expect(found(evidence)).toContainEqual(expect.stringMatching(expected))
})

test('what is no violation: a completed close by a look, a stop that failed in part, an unknown OPEN of a plain EA', () => {
  const fine = day({
    pending: [waiting('15')],
    orders: [waiting('15', { sl: null })],
    commands: [
      command(8, 'MODIFY_TRADE', { payload: { ticket: '11' }, evidence: 'state' }),
      command(9, 'CLOSE_ALL', { status: 'failed' }),
    ],
    effects: [effect(9, 'closed', '20'), effect(9, 'closed', '21')],
  })
  expect(found(fine)).toEqual([])
  const orders = [...GOOD.books.orders, { command_id: 'c8', action: 'modify', at: 4_950 }]
  const unchanged = day({
    commands: [command(8, 'MODIFY_TRADE', { payload: { ticket: '11' }, retcode: 10025 })],
    rest: { books: { ...GOOD.books, orders } },
  })
  expect(found(unchanged)).toEqual([])
  const went_back = { taken_back: [{ command_id: 'c1', said: 'expired' }], went_back: true }
  const again = day({
    commands: [command(9, 'OPEN_TRADE', { command_id: 'c1', ticket: '11' })],
    rest: went_back,
  })
  expect(found(again).filter((text) => text.includes('wrong_status'))).toEqual([])
  const plain = day({ commands: [command(8, 'OPEN_TRADE', { status: 'timeout' })], rest: { native: false } })
  expect(found(plain)).toEqual([])
})
