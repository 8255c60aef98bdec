// Who may speak for an account (O1–O4, P9, P14), as a table and over any history of connects.
import { limits } from '@ngtb/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  isOwner,
  type Journal,
  judgeConnect,
  NEW_OWNERSHIP,
  type Ownership,
  ownerLeaseUntil,
  recordedBefore,
  riskClosed,
} from '../src/index.ts'

const NOW = 1_700_000_000_000
const A = 'aaaaaaaa-0000-4000-8000-000000000000'
const B = 'bbbbbbbb-0000-4000-8000-000000000000'
const owned = (fields: Partial<Ownership> = {}): Ownership => ({
  ...NEW_OWNERSHIP,
  protocol: 2,
  owner_journal_id: A,
  owner_seen_at: NOW,
  ...fields,
})
const journal = (fields: Partial<Journal> = {}): Journal => ({
  journal_id: A,
  epoch: 5,
  previous_epoch: 4,
  confirmed: true,
  ...fields,
})
const hello = (journal_id: string, last_epoch: number, highest_command_no = 10) => ({
  journal_id,
  last_epoch,
  highest_command_no,
})
const HEADS = { epoch: 5, command_no: 10 }

describe('judgeConnect', () => {
  test('O1: another journal waits until the lease ends, to the millisecond', () => {
    const ask = (now: number) => judgeConnect(hello(B, 0), null, owned(), HEADS, now)
    expect(ask(NOW)).toEqual({ kind: 'other_owner', retry_after_ms: limits.owner_lease_ms })
    expect(ask(NOW + limits.owner_lease_ms - 1).kind).toBe('other_owner')
    expect(ask(NOW + limits.owner_lease_ms)).toEqual({ kind: 'accepted', epoch: 6, went_back: false })
  })
  test('O1: after a clean goodbye nobody waits', () => {
    const left = owned({ owner_seen_at: null })
    expect(ownerLeaseUntil(left)).toBeNull()
    expect(judgeConnect(hello(B, 0), null, left, HEADS, NOW).kind).toBe('accepted')
  })
  test('O2: the owner itself connects anew at any time, one epoch higher', () => {
    expect(judgeConnect(hello(A, 5), journal(), owned(), HEADS, NOW)).toEqual({
      kind: 'accepted',
      epoch: 6,
      went_back: false,
    })
  })
  test('O3: a journal that is behind is a copy or an old image', () => {
    for (const last_epoch of [0, 3, 4])
      expect(judgeConnect(hello(A, last_epoch), journal(), owned(), HEADS, NOW)).toEqual({ kind: 'copy' })
  })
  test('O3: a journal that is ahead shows that the ledger went back, and the epoch goes on above it', () => {
    expect(judgeConnect(hello(A, 9), journal(), owned(), HEADS, NOW)).toEqual({
      kind: 'accepted',
      epoch: 10,
      went_back: true,
    })
    expect(judgeConnect(hello(B, 7), null, NEW_OWNERSHIP, HEADS, NOW)).toMatchObject({ went_back: true })
  })
  test('O3: so does a higher command_no, in the journal or in the terminal’s history', () => {
    expect(judgeConnect(hello(B, 0, 11), null, NEW_OWNERSHIP, HEADS, NOW)).toMatchObject({ went_back: true })
    expect(judgeConnect(hello(B, 0, 10), null, NEW_OWNERSHIP, HEADS, NOW)).toMatchObject({ went_back: false })
  })
  test('O4: a lost answer may be asked for again, until somebody spoke under the new epoch', () => {
    const unheard = journal({ confirmed: false })
    expect(judgeConnect(hello(A, 4), unheard, owned(), HEADS, NOW)).toMatchObject({
      kind: 'accepted',
      epoch: 6,
    })
    expect(judgeConnect(hello(A, 3), unheard, owned(), HEADS, NOW)).toEqual({ kind: 'copy' })
    expect(judgeConnect(hello(A, 4), journal(), owned(), HEADS, NOW)).toEqual({ kind: 'copy' })
  })
  test('O4: a hello that comes late, after the next one’s answer was heard, spoils nothing', () => {
    // 1. hello(4) is on its way for long. 2. hello(4) again: 5, recorded. 3. The first arrives: 6, heard by nobody.
    const given_five = journal({
      epoch: 5,
      previous_epoch: recordedBefore(hello(A, 4), journal({ epoch: 4 })),
    })
    const unheard = { ...given_five, confirmed: false }
    expect(judgeConnect(hello(A, 4), unheard, owned(), HEADS, NOW)).toMatchObject({ epoch: 6 })
    const given_six = { ...unheard, epoch: 6, previous_epoch: recordedBefore(hello(A, 4), unheard) }
    // 4. It was told that its epoch is not the newest, and asks with the one that it has.
    const heads = { ...HEADS, epoch: 6 }
    expect(judgeConnect(hello(A, 5), given_six, owned(), heads, NOW)).toMatchObject({ epoch: 7 })
    expect(recordedBefore(hello(A, 5), given_six)).toBe(4)
    expect(judgeConnect(hello(A, 3), given_six, owned(), heads, NOW)).toEqual({ kind: 'copy' })
  })
})

test('P9: the owner is one journal with the newest epoch', () => {
  expect(isOwner({ journal_id: A, epoch: 5 }, owned(), HEADS)).toBe(true)
  expect(isOwner({ journal_id: A, epoch: 4 }, owned(), HEADS)).toBe(false)
  expect(isOwner({ journal_id: A, epoch: 6 }, owned(), HEADS)).toBe(false)
  expect(isOwner({ journal_id: B, epoch: 5 }, owned(), HEADS)).toBe(false)
})

describe('P14: why opening is closed', () => {
  const cases: [string, Ownership, boolean, boolean][] = [
    ['a calm native account', owned(), false, false],
    ['contended until later', owned({ contended_until: NOW + 1 }), false, true],
    ['contended until now', owned({ contended_until: NOW }), false, false],
    ['replaying', owned({ replaying: true }), false, true],
    ['drifted', owned(), true, true],
    ['a plain client proves none of this', owned({ protocol: 1, contended_until: NOW + 1 }), true, false],
    ['nobody ever connected', NEW_OWNERSHIP, true, false],
  ]
  for (const [name, ownership, drifted, closed] of cases)
    test(`${name}: ${closed ? 'closed' : 'open'}`, () => {
      expect(riskClosed(ownership, drifted, NOW) !== null).toBe(closed)
    })
})

test('over any history: one owner at a time, and epochs only rise', () => {
  const move = fc.record({
    who: fc.constantFrom(A, B),
    wait: fc.nat(20_000),
    /** `late`: an older hello of the same journal arrives instead, and nobody hears its answer. */
    fate: fc.constantFrom('heard', 'recorded', 'lost', 'late'),
  })
  fc.assert(
    fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
      let now = NOW
      let ownership = NEW_OWNERSHIP
      let epoch = 0
      const ledger = new Map<string, Journal>()
      const remembered = new Map<string, number>()
      const sent = new Map<string, number>()
      for (const { who, wait, fate } of moves) {
        now += wait
        const lease = ownerLeaseUntil(ownership)
        const last_epoch = (fate === 'late' ? sent.get(who) : undefined) ?? remembered.get(who) ?? 0
        if (fate !== 'late') sent.set(who, last_epoch)
        const known = ledger.get(who) ?? null
        const asked = hello(who, last_epoch, 0)
        const verdict = judgeConnect(asked, known, ownership, { epoch, command_no: 0 }, now)
        const alive = lease !== null && now < lease && ownership.owner_journal_id !== who
        expect(verdict.kind === 'other_owner').toBe(alive)
        if (verdict.kind !== 'accepted') continue
        expect(verdict.epoch).toBeGreaterThan(epoch)
        epoch = verdict.epoch
        ownership = { ...ownership, owner_journal_id: who, owner_seen_at: now }
        const previous_epoch = recordedBefore(asked, known)
        ledger.set(who, { journal_id: who, epoch, previous_epoch, confirmed: fate === 'heard' })
        if (fate === 'heard' || fate === 'recorded') remembered.set(who, epoch)
        // O3, O4: an honest journal is never taken for a copy, whatever answers were lost.
        expect(verdict.went_back).toBe(false)
      }
      for (const { who } of moves.slice(-1)) {
        const asked = hello(who, remembered.get(who) ?? 0, 0)
        const verdict = judgeConnect(
          asked,
          ledger.get(who) ?? null,
          ownership,
          { epoch, command_no: 0 },
          now + 1e6,
        )
        expect(verdict.kind).toBe('accepted')
      }
    }),
    { numRuns: 300 },
  )
})
