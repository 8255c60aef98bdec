import { describe, expect, test } from 'vitest'
import { differ } from '../src/conform/ea/mirror.ts'
import { Telling } from '../src/conform/ea/told.ts'

const order = (ticket: string, more = {}) => ({
  action: 'close',
  ticket,
  volume: 0.1,
  magic: '12',
  sl: 0,
  result: { retcode: 10009, order: '5', comment: 'its own words' },
  ...more,
})
const answer = (command_id: string, ticket: string, more = {}) => ({
  command_id,
  attempt: 1,
  mono_ms: 77,
  status: 'completed',
  evidence: 'journal',
  response: { ticket, retcode: 10009, profit: 1.5, ...more },
})

function told(ids: readonly [string, string], has_choice = false, more = {}, sent = {}) {
  const [command, ticket] = ids
  const telling = new Telling(has_choice)
  telling.connect({ account: '1', journal_id: command })
  telling.order(order(ticket, sent))
  telling.answer(answer(command, ticket, more))
  return telling.told
}

describe('the mirror of two EAs', () => {
  test('T1, T3: other ids, other tickets and another broker are the same deed', () => {
    expect(differ(told(['a', '16218652']), told(['b', '5000000002'], false, { profit: 0 }))).toEqual([])
  })

  test('T2: an answer that was said again counts once', () => {
    const telling = new Telling(false)
    telling.connect({ journal_id: 'x', account: '1' })
    telling.order(order('7'))
    telling.answer(answer('a', '7', { retcode: 10004 }))
    telling.answer({ ...answer('a', '7'), attempt: 2 })
    expect(differ(telling.told, told(['a', '7']))).toEqual([])
  })

  test.each([
    ['another ticket', { ticket: '8' }, {}],
    ['another retcode', { retcode: 10008 }, {}],
    ['a field more', { already_closed: true }, {}],
    ['another volume', {}, { volume: 0.2 }],
    ['another tag', {}, { magic: '13' }],
    ['a stop', {}, { sl: 1.1 }],
  ])('%s is found', (_what, more, sent) => {
    const differences = differ(told(['a', '7']), told(['a', '7'], false, more, sent))
    expect(differences.join('\n')).toMatch(/simulated .*\n.*shipped /s)
  })

  test('T4: where the dialogue leaves a choice, how the EA knows is its own business', () => {
    const asked = told(['a', '7'], true, { retcode: 10036 })
    expect(differ(asked, told(['a', '7'], true))).toEqual([])
    expect(differ(asked, told(['a', '7'], true, { already_closed: true }))).not.toEqual([])
  })
})
