// The rules of the fold are frozen (fold-command.ts, U1–U3): events that lie in ledgers mean the same for ever. What
// a kind always means is told by nothing else, so these lives are written down, and are not made by today’s code.
import { describe, expect, test } from 'vitest'
import {
  foldAccount,
  foldCommand,
  foldTrade,
  type Image,
  newAccountImage,
  SubjectFold,
} from '../src/index.ts'

type Told = [at: number, kind: string, data?: Record<string, unknown>, actor?: string]

const events = (subject: string | null, told: readonly Told[]) =>
  told.map(([at, kind, data = {}, actor = 'ea']) => ({ at, kind, actor, subject, data }))

const commandAfter = (...told: Told[]): Image | null =>
  events('c1', [[10, 'command.created', { command_no: 1, type: 'CLOSE_ALL' }, 'key:k'], ...told]).reduce(
    foldCommand,
    null,
  )
const tradeAfter = (...told: Told[]): Image | null =>
  events('5', [[10, 'trade.opened', { symbol: 'EURUSD', volume: 0.1, source: 'sync' }], ...told]).reduce(
    foldTrade,
    null,
  )

const DELIVERED: Told = [20, 'command.delivered', { status: 'executing', attempt: 1, lease_expires_at: 25 }]
const EMPTY = { error: null, retcode: null, safe_to_retry: null, note: null }

describe('a command', () => {
  test('begins', () => {
    expect(commandAfter()).toEqual({
      command_no: 1,
      type: 'CLOSE_ALL',
      status: 'pending',
      origin: 'key:k',
      created_at: 10,
      available_at: 10,
      attempt: 0,
      retry_count: 0,
      lease_expires_at: null,
      sent_at: null,
      completed_at: null,
      response: null,
      ...EMPTY,
      ticket: null,
      journal_id: null,
      epoch: null,
      strategy_no: null,
      evidence: null,
      superseded_by: null,
    })
  })

  test('a delivery forgets the journal and the note of the one before', () => {
    const image = commandAfter(
      [15, 'command.noted', { note: 'x', set: { journal_id: 'j', epoch: 3 } }],
      DELIVERED,
    )
    expect(image).toMatchObject({ sent_at: 20, note: null, journal_id: null, epoch: null, attempt: 1 })
  })

  test.each(['completed', 'position_seen', 'refused', 'superseded', 'person_completed', 'person_denied'])(
    '%s ends the lease, and what was said of its failures',
    (kind) => {
      const before: Told = [21, 'command.noted', { error: 'e', retcode: 1, safe_to_retry: true, note: 'n' }]
      expect(commandAfter(DELIVERED, before, [30, `command.${kind}`, { status: 's' }])).toMatchObject({
        status: 's',
        completed_at: 30,
        lease_expires_at: null,
        ...EMPTY,
      })
    },
  )

  test.each(['expired', 'cancelled'])('%s is its end', (kind) => {
    const image = commandAfter([30, `command.${kind}`, { status: kind, error: 'why' }])
    expect(image).toMatchObject({ status: kind, completed_at: 30, error: 'why' })
  })

  test.each(['attempt_failed', 'lease_expired', 'outcome_unknown'])('%s ends the lease alone', (kind) => {
    const image = commandAfter(DELIVERED, [30, `command.${kind}`, { status: 's', set: { retry_count: 1 } }])
    const note = kind === 'outcome_unknown' ? 'outcome_unknown' : null
    expect(image).toMatchObject({ lease_expires_at: null, completed_at: null, retry_count: 1, note })
  })

  test('what is said beside it, moments in parts of a millisecond, and fields of nobody change nothing', () => {
    const beside: Told[] = [
      [30, 'command.contradicted', { said: 'failed', status: 'failed' }],
      [31, 'command.orphaned', { status: 'completed' }],
      [32, 'command.noted', { lists_without: 4, password: 'x' }],
    ]
    expect(commandAfter(...beside)).toEqual(commandAfter())
    expect(commandAfter([30, 'command.noted', { expires_at: 99.75 }])).toMatchObject({ expires_at: 99 })
  })
})

describe('a trade', () => {
  test('begins open, and tells its result at its end', () => {
    const moving = tradeAfter([20, 'trade.updated', { source: 'sync', set: { profit: 3 } }])
    expect(moving).toMatchObject({ status: 'open', created_at: 10, source: 'sync', profit: null, sl: null })
    const closed = tradeAfter([
      20,
      'trade.closed',
      { source: 'closed', close_price: 2, profit: 3, closed_by: 'event' },
    ])
    expect(closed).toMatchObject({
      status: 'closed',
      close_price: 2,
      profit: 3,
      closed_by: 'event',
      source: 'sync',
    })
  })

  test('a list’s changes, a wish, a link; the end of a wish; one that was closed by absence and is there', () => {
    const wished: Told = [20, 'trade.wanted', { wanted_sl: 1.5, wanted_tp: null }]
    const changed: Told = [
      30,
      'trade.updated',
      { changed: { sl: { from: null, to: 1.5 }, volume: { from: 0.1, to: 0.05 } } },
    ]
    const linked: Told = [40, 'trade.linked', { command_id: 'c1' }]
    expect(tradeAfter(wished, changed, linked)).toMatchObject({
      sl: 1.5,
      volume: 0.05,
      wanted_sl: 1.5,
      command_id: 'c1',
    })
    const gone: Told = [50, 'trade.closed', { closed_by: 'absence' }]
    expect(tradeAfter(wished, gone)).toMatchObject({ wanted_sl: null, status: 'closed' })
    const back = tradeAfter(gone, [60, 'trade.reopened', { source: 'sync' }])
    expect(back).toMatchObject({ status: 'open', closed_by: null, close_price: null, close_reason: null })
    expect(tradeAfter(gone, [60, 'trade.contradicted', { said: 'open' }])).toEqual(tradeAfter(gone))
  })
})

test('an account: owner, numbers, generations, keys, a ledger that went back', () => {
  const image = newAccountImage()
  const told: Told[] = [
    [1, 'connection.owned', { journal_id: 'j', epoch: 4 }],
    [2, 'connection.connected', { session_id: 's', broker: 'B', protocol: 2 }],
    [3, 'connection.connected', { before: 'failed' }],
    [4, 'account.strategy', { strategy_magic: 9e6, strategy_no: 1 }],
    [5, 'command.created', { command_no: 3, type: 'CLOSE_ALL', payload: { symbol: 'EURUSD' } }],
    [6, 'account.went_back', { incarnation: 2, command_no: 40 }],
    [7, 'key.created', { key_id: 'k', account_id: 1, scopes: ['admin'], label: 'l', expires_at: null }],
    [8, 'key.rotated', { key_id: 'k', replaced_by: 'k2', dies_at: 99.5 }],
    [9, 'key.revoked', { key_id: 'k' }],
  ]
  for (const event of events(null, told)) foldAccount(image, event)
  expect(image).toMatchObject({
    epoch: 4,
    protocol: 2,
    owner_journal_id: 'j',
    broker: 'B',
    incarnation: 2,
    command_no: 40,
    replaying: true,
  })
  expect([...image.journals, ...image.strategies]).toEqual([
    ['j', 4],
    [9e6, 1],
  ])
  expect([...(image.generations?.values() ?? [])]).toEqual([3])
  expect(image.keys.get('k')).toMatchObject({
    expires_at: 99,
    replaced_by: 'k2',
    revoked_at: 9,
    created_at: 7,
  })
  for (const event of events(null, [
    [10, 'account.replayed', { incarnation: 2 }],
    [11, 'connection.connected', { session_id: 't', broker: 'C', protocol: 1 }],
  ]))
    foldAccount(image, event)
  expect(image).toMatchObject({ replaying: false, protocol: 1, owner_journal_id: null, broker: 'C' })
})

test('a name that is both a command’s and a ticket folds as two rows', () => {
  const fold = new SubjectFold()
  const told = events('5', [
    [1, 'command.created', { command_no: 1 }],
    [2, 'trade.opened', { symbol: 'EURUSD' }],
    [3, 'key.revoked'],
  ])
  expect(told.map((event) => fold.add(event))).toEqual([true, true, false])
  expect([fold.command?.status, fold.trade?.status]).toEqual(['pending', 'open'])
})
