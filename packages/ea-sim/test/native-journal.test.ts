// The journal: what was written is read back, what can't be read is never taken as absent (K11, F20).

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decodeJournal,
  encodeRecord,
  type JournalRecord,
  JournalState,
  MemoryJournal,
  openedFrom,
} from '../src/index.ts'
import { compactedRecords, worthCompacting } from '../src/model/native/compaction.ts'
import { open, wire } from './native-commands.ts'
import { SETTLE_MS, World } from './native-world.ts'

const at = { mono_ms: 1, wall_ms: 2 }
const record = (command_no: number): JournalRecord => ({ kind: 'seen', command_no, at })

/** A day's journal with every kind of record in it. */
function used(): World {
  const world = new World({
    trade: {
      decide: ({ command_id }) =>
        command_id === 'c9' ? { kind: 'refuse', retcode: 10004 } : { kind: 'normal' },
    },
  })
  world.connect()
  world.give(open(1))
  world.give(open(2, { generation: 9 }))
  world.give(open(3, { ttl_ms: 0 }))
  world.give(wire('CLOSE_ALL', 4, { ttl_ms: null, strategy_no: null }))
  world.deliver([], { generations: [{ symbol: null, strategy_no: 5, command_no: 4 }] })
  world.give(open(9, { ttl_ms: 200 }))
  world.run(SETTLE_MS + 500)
  const about = { probe_command_id: 'lost', probe_command_no: 5, probe_type: 'OPEN_TRADE', probe_payload: {} }
  world.give(wire('PROBE', 10, about))
  world.run(1_500)
  return world
}

test('a day has every kind of record, and replays to the same state', () => {
  const world = used()
  const { records, damage } = decodeJournal(world.store.text())
  expect(damage).toBe('none')
  expect(new Set(records.map(({ kind }) => kind))).toEqual(
    new Set([
      'opened',
      'epoch',
      'incarnation',
      'intent',
      'done',
      'rejected',
      'expired',
      'sub',
      'generation',
      'try',
      'tombstone',
      'seen',
      'acked',
    ]),
  )
  const replayed = openedFrom(world.store.text()).journal.state
  expect(replayed.finals()).toEqual(world.ea.journal.finals())
  expect(replayed.highest_command_no).toBe(world.ea.journal.highest_command_no)
  expect([...replayed.generations]).toEqual([...world.ea.journal.generations])
})

test('any text survives: emoji, control characters, lone surrogates', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (error) => {
      const one: JournalRecord = {
        kind: 'sub',
        command_id: 'c',
        target: 'order',
        ticket: '7',
        state: 'done',
        retcode: 0,
        error,
        at,
      }
      const line = encodeRecord(one)
      expect(/^[\x20-\x7e]+\n$/.test(line)).toBe(true)
      expect(decodeJournal(line).records).toEqual([JSON.parse(JSON.stringify(one))])
    }),
  )
})

describe('torn', () => {
  test('at every byte of the last record: the rest is whole, and the doubt is told', () => {
    const whole = [record(1), record(2)].map(encodeRecord).join('')
    const last = encodeRecord(record(3))
    for (let bytes = 1; bytes < last.length - 1; bytes++) {
      const { records, damage, ends_with_newline } = decodeJournal(whole + last.slice(0, bytes))
      expect(records).toEqual([record(1), record(2)])
      expect([damage, ends_with_newline]).toEqual(['torn', false])
    }
    // Only its newline is missing: the record itself is whole.
    expect(decodeJournal(whole + last.slice(0, -1))).toMatchObject({
      records: [{}, {}, { command_no: 3 }],
      damage: 'none',
    })
  })

  test('at every byte of any record of a day, the process gone: at most one execution, a true answer', () => {
    const point = fc.record({ append: fc.nat(6), part: fc.double({ min: 0, max: 1, noNaN: true }) })
    fc.assert(
      fc.property(point, ({ append, part }) => {
        const world = new World()
        world.connect()
        world.command_no = 1
        let left = append
        world.beforeEffect = (effect) => {
          if (effect.kind === 'append' && left-- === 0) world.tear = (bytes) => Math.floor(part * bytes)
        }
        world.surviving(() => world.give(open(1, { ttl_ms: 60_000 })))
        world.surviving(() => world.give(open(1, { ttl_ms: 60_000, attempt: 2 })))
        world.surviving(() => world.run(SETTLE_MS * 2))
        world.surviving(() => world.run(SETTLE_MS * 2))
        const executions = world.executions('c1')
        expect(executions).toBeLessThanOrEqual(1)
        expect(world.final('c1').status).toBe(executions === 1 ? 'completed' : 'failed')
      }),
    )
  })
})

describe('damaged', () => {
  test('every bit of every byte: no record is misread, and the doubt is told', () => {
    const journal = new MemoryJournal([record(1), record(2), record(3)].map(encodeRecord).join(''))
    const text = journal.text()
    for (let byte = 0; byte < text.length; byte++)
      for (let bit = 0; bit < 8; bit++) {
        const flipped = new MemoryJournal(text)
        flipped.flip(byte, bit)
        const { records, damage } = decodeJournal(flipped.text())
        for (const one of records) expect([1, 2, 3]).toContain((one as { command_no: number }).command_no)
        // The last newline, or a digit's case, may be lost without losing a record.
        if (records.length < 3) expect(damage).not.toBe('none')
      }
  })

  test('a record that stands for the damage ends it; new damage is told again', () => {
    const whole = encodeRecord(record(1))
    const broken = encodeRecord(record(2)).replace('2', '3')
    const mark = encodeRecord({ kind: 'unproven', reason: 'damaged', boot_id: 'b', at })
    expect(decodeJournal(whole + broken + whole).damage).toBe('damaged')
    expect(decodeJournal(whole + broken + whole + mark).damage).toBe('none')
    expect(decodeJournal(whole + broken + mark + broken + whole).damage).toBe('damaged')
  })
})

describe('compaction', () => {
  test('the same answers, counters, generations and doubts; old and acknowledged finals go', () => {
    const state = new JournalState()
    const world = used()
    const now = world.now()
    for (const one of decodeJournal(world.store.text()).records) state.apply(one)
    const command = { ...open(99), attempt: 1, priority: 5 }
    state.apply({ kind: 'intent', command, maybe: false, at: now })
    state.apply({ kind: 'try', command_id: 'c99', try_no: 3, at: now })
    const records = compactedRecords(state, now)
    const again = new JournalState()
    for (const one of records) again.apply(one)
    expect(again.finals()).toEqual(state.finals())
    expect(again.inDoubt()).toEqual(state.inDoubt())
    expect(again.inDoubt()).toHaveLength(1)
    expect(again.entry('c99')?.tries).toBe(3)
    expect([...again.generations]).toEqual([...state.generations])
    for (const field of [
      'journal_id',
      'binding',
      'last_epoch',
      'incarnation',
      'highest_command_no',
      'unproven_to',
    ] as const)
      expect(again[field]).toEqual(state[field])
    expect([...again.entries.values()].map(({ acked }) => acked)).toEqual(
      [...state.entries.values()].map(({ acked }) => acked),
    )
  })

  test('finals stay 30 days and longer while unacknowledged; the newest 10,000 whatever the clock says', () => {
    const state = new JournalState()
    const binding = { login: '1', trade_server: 'a', folder: 'b' }
    state.apply({ kind: 'opened', journal_id: 'j', boot_id: 'b', highest_command_no: 0, ...binding, at })
    const final = (no: number, wall_ms: number): JournalRecord => ({
      kind: 'expired',
      command_id: `c${no}`,
      command_no: no,
      attempt: 1,
      type: 'OPEN_TRADE',
      ticket: null,
      response: {},
      at: { mono_ms: 0, wall_ms },
    })
    for (let no = 1; no <= 10_010; no++) state.apply(final(no, no <= 5 ? 0 : 100 * 86_400_000))
    state.apply({ kind: 'acked', command_ids: Array.from({ length: 10_009 }, (_, nth) => `c${nth + 2}`), at })
    const kept = compactedRecords(state, { mono_ms: 0, wall_ms: 101 * 86_400_000 })
    const ids = kept.flatMap((one) => (one.kind === 'expired' ? [one.command_no] : []))
    expect(ids).toHaveLength(10_006)
    expect(ids.slice(0, 3)).toEqual([1, 6, 7])
    expect(
      compactedRecords(state, { mono_ms: 0, wall_ms: 200 * 86_400_000 }).filter(
        ({ kind }) => kind === 'expired',
      ),
    ).toHaveLength(10_001)
  })

  test('the EA does it by itself when most lines say nothing, and knows the same afterwards', () => {
    const world = new World()
    world.connect()
    world.give(open(1))
    for (let nth = 0; nth < 21_000; nth++) world.ea.journal.apply(record(1))
    expect(worthCompacting(world.ea.journal)).toBe(true)
    world.work()
    expect(world.effects.some(({ kind }) => kind === 'rewrite_journal')).toBe(true)
    expect(world.store.text().split('\n').length).toBeLessThan(10)
    world.crash()
    world.connect()
    world.give(open(1, { attempt: 2 }))
    expect(world.executions('c1')).toBe(1)
    expect(world.final('c1')).toMatchObject({ status: 'completed', attempt: 2 })
  })
})
