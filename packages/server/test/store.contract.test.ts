// One contract, two ledgers: what the memory store must do as PostgreSQL does it (P1, P2, P11, P13; L1–L3, G2, G4).
// The simulation is as good as this: what holds over memory is said of PostgreSQL.
import { brokenLink } from '@ngtb/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemIds } from '../src/platform/ids.ts'
import { type Page, type PageRequest, type Store, type TickBatch, VersionConflict } from '../src/ports.ts'
import { BACKENDS, type Backend, newBackend } from './support/backends.ts'
import { addAccounts, NOW, newAccount, newCommand, openTrade, pictureOf, stepOn } from './support/ledger.ts'

describe.each(Object.keys(BACKENDS))('%s', (name) => {
  let backend: Backend
  let a: Store
  let b: Store

  beforeEach(async () => {
    backend = await newBackend(name)
    a = backend.open()
    b = backend.open()
    await addAccounts(a, newAccount(1), newAccount(2))
  })
  afterEach(async () => {
    await a.close()
    await b.close()
    await backend.drop()
  })

  const audited = async (store: Store, account_id = 1, n = 0) => {
    const step = stepOn(await pictureOf(store, account_id))
    step.audit('test.step', 'test', null, { n })
    return step.changeSet()
  }
  const outcome = (commit: Promise<void>) =>
    commit.then(
      () => 'written',
      (error: Error) => (error instanceof VersionConflict ? 'conflict' : error.name),
    )

  test('L2: what a step wrote is what the next picture shows', async () => {
    const state = await pictureOf(a, 1)
    const step = stepOn(state)
    const command = step.saveCommand(newCommand(1, step.nextCommandNo()))
    step.saveAttempt({
      account_id: 1,
      command_id: command.command_id,
      attempt: 1,
      delivered_at: NOW,
      channel: 'poll',
      lease_expires_at: NOW + 5,
      answered_at: null,
      outcome: null,
      journal_id: null,
      epoch: null,
    })
    step.saveTrade({ ...openTrade(1, '9223372036854775807'), volume: 0.1 })
    step.saveConnection({ balance: 12.5, protocol: 2, settle_ms: 4_000 })
    step.saveSpec('EURUSD', { symbol: 'EURUSD', digits: 5 })
    const journal_id = systemIds.uuid()
    const epochs = { epoch: 3, previous_epoch: 2, confirmed: true }
    step.saveJournal({ journal_id, ...epochs, first_seen_at: NOW, last_seen_at: NOW })
    step.saveGeneration({ scope: '* *', symbol: null, strategy_no: null, command_no: 1 })
    const lost = { status: 'completed', response: { ticket: '7' }, evidence: 'journal' } as const
    step.saveOrphan({ command_id: 'lost', command_no: 9, ...lost, journal_id, received_at: NOW })
    step.saveStrategy(5_000_000, 1_048_575)
    step.audit('test.step', 'test', command.command_id, { nested: { list: [1, 'two', null] } })
    await a.commit(step.changeSet())
    const seen = await b.load(1)
    expect(seen).toMatchObject({
      account: { version: 1, command_no: 1 },
      connection: { balance: 12.5, protocol: 2, settle_ms: 4_000 },
      commands: [{ command_id: 'c1', status: 'pending', created_at: NOW }],
      attempts: [{ attempt: 1, lease_expires_at: NOW + 5 }],
      trades: [{ ticket: '9223372036854775807', volume: 0.1, heard_no: 0 }],
      journals: [{ journal_id, epoch: 3, confirmed: true }],
      generations: [{ scope: '* *', symbol: null, command_no: 1 }],
      orphans: [{ command_id: 'lost', command_no: 9, response: { ticket: '7' } }],
      strategies: [{ strategy_magic: 5_000_000, strategy_no: 1_048_575 }],
    })
    expect(seen?.specs.get('EURUSD')).toEqual({ symbol: 'EURUSD', digits: 5 })
    const chain = await b.auditChain(1, 0, 10)
    expect(brokenLink(chain, systemIds.sha256)).toBeNull()
    expect(chain.find(({ kind }) => kind === 'test.step')?.data).toEqual({
      nested: { list: [1, 'two', null] },
    })
    expect(await b.versions([2, 1])).toEqual([
      { account_id: 1, version: 1, audit_no: chain.length, rev: 1 },
      { account_id: 2, version: 0, audit_no: 0, rev: 0 },
    ])
  })

  test('L1: of two servers on one picture the second writes nothing and hears of a conflict', async () => {
    const [first, second] = [await audited(a), await audited(b)]
    expect(await outcome(a.commit(first))).toBe('written')
    expect(await outcome(b.commit(second))).toBe('conflict')
    expect(await a.auditChain(1, 0, 10)).toHaveLength(1)
  })

  test('L3: a name that is taken for new and is not refuses the whole step', async () => {
    const first = stepOn(await pictureOf(a, 1))
    first.takeForNew('c1')
    first.saveCommand(newCommand(1, first.nextCommandNo()))
    await a.commit(first.changeSet())
    const second = stepOn(await pictureOf(b, 1))
    second.takeForNew('c1')
    second.audit('test.step', 'test', null, {})
    expect(await outcome(b.commit(second.changeSet()))).toBe('conflict')
    expect((await pictureOf(a, 1)).account.version).toBe(1)
  })

  test('L3: a ticket that is taken for new and is not refuses the whole step', async () => {
    const first = stepOn(await pictureOf(a, 1))
    first.takeTicketForNew('9007199254740993')
    first.saveTrade(openTrade(1, '9007199254740993'))
    await a.commit(first.changeSet())
    const second = stepOn(await pictureOf(b, 1))
    second.takeTicketForNew('9007199254740992')
    second.takeTicketForNew('9007199254740993')
    second.audit('test.step', 'test', null, {})
    expect(await outcome(b.commit(second.changeSet()))).toBe('conflict')
    const other = stepOn(await pictureOf(b, 2))
    other.takeTicketForNew('9007199254740993')
    other.audit('test.step', 'test', null, {})
    expect(await outcome(b.commit(other.changeSet()))).toBe('written')
  })

  test('G2: a group is committed in its order, and a stale step takes its successors with it', async () => {
    const mine = await pictureOf(a, 1)
    const changes = [1, 2, 3].map((n) => {
      const step = stepOn(mine)
      step.audit('test.step', 'test', null, { n })
      return step.changeSet()
    })
    expect(await Promise.all(changes.map((change) => outcome(a.commit(change))))).toEqual(
      Array(3).fill('written'),
    )
    const events = await a.auditChain(1, 0, 10)
    expect(events.map(({ data }) => data.n)).toEqual([1, 2, 3])
    expect(brokenLink(events, systemIds.sha256)).toBeNull()
    await b.commit(await audited(b))
    const stale = [4, 5].map((n) => {
      const step = stepOn(mine)
      step.audit('test.step', 'test', null, { n })
      return outcome(a.commit(step.changeSet()))
    })
    expect(await Promise.all([...stale, outcome(a.commit(await audited(a, 2)))])).toEqual([
      'conflict',
      'conflict',
      'written',
    ])
  })

  test('G4: what the ledger refuses takes nobody else with it', async () => {
    const state = await pictureOf(a, 1)
    const first = stepOn(state)
    first.saveCommand(newCommand(1, first.nextCommandNo()))
    const change = first.changeSet()
    const twice = stepOn(state)
    twice.saveCommand(newCommand(1, 1, { command_id: 'another-with-the-number-of-the-first' }))
    const other = await audited(a, 2)
    const outcomes = await Promise.all([
      outcome(a.commit(change)),
      outcome(a.commit(twice.changeSet())),
      outcome(a.commit(other)),
    ])
    expect(outcomes[0]).toBe('written')
    expect(['written', 'conflict']).not.toContain(outcomes[1])
    expect(outcomes[2]).toBe('written')
  })

  test('lists: newest first, by pages, each row once', async () => {
    const state = await pictureOf(a, 1)
    for (let n = 1; n <= 7; n++) {
      const step = stepOn(state)
      step.saveCommand(newCommand(1, step.nextCommandNo()))
      step.saveTrade(openTrade(1, String(100 - n)))
      step.audit('test.step', 'test', `c${n}`, { n })
      step.log({ level: 'INFO', message: `line ${n}`, details: null, received_at: NOW })
      await a.commit(step.changeSet())
    }
    const walk = async <T>(page: (after: PageRequest['after']) => Promise<Page<T>>) => {
      const all: T[] = []
      let after: PageRequest['after'] = null
      do {
        const { items, next } = await page(after)
        all.push(...items)
        after = next
      } while (after !== null)
      return all
    }
    const commands = await walk((after) => b.commands(1, { limit: 3, after }, {}))
    expect(commands.map(({ command_no }) => command_no)).toEqual([7, 6, 5, 4, 3, 2, 1])
    const trades = await walk((after) => b.trades(1, { limit: 2, after }, { status: 'open' }))
    expect(trades.map(({ ticket }) => ticket)).toEqual(['99', '98', '97', '96', '95', '94', '93'])
    const events = await walk((after) => b.auditOf(1, { limit: 4, after }, { kind: 'test.step' }))
    expect(events.map(({ subject }) => subject)).toEqual(['c7', 'c6', 'c5', 'c4', 'c3', 'c2', 'c1'])
    const logs = await walk((after) => b.logs(1, { limit: 5, after }, { search: 'LINE' }))
    expect(logs).toHaveLength(7)
    const told = await b.eventsAfter(0, 100)
    const seqs = told.map((event) => ('audit' in event ? event.audit.seq : event.log.seq))
    expect(seqs).toEqual([...seqs].sort((x, y) => x - y))
    expect(seqs.at(-1)).toBe(await b.newestSeq())
  })

  test('the newest moment is the newest of any account, whichever was written last', async () => {
    const at = async (account_id: number, now: number) => {
      const step = stepOn(await pictureOf(a, account_id), now)
      step.audit('test.step', 'test', null, {})
      return step.changeSet()
    }
    // What a server that died had under way is committed behind the next one's, whose clock was ahead.
    const [of_the_dead, ahead] = [await at(2, NOW), await at(1, NOW + 3_600_000)]
    await a.commit(ahead)
    await b.commit(of_the_dead)
    expect(await b.newestMoment()).toBe(NOW + 3_600_000)
  })

  test('P11: a batch is stored once, whoever sends it again', async () => {
    const tick = { symbol: 'EURUSD', time_ms: NOW, bid: 1.1, ask: 1.2, volume: 1 }
    const batch = { account_id: 1, batch_id: 'b1', numbers: null, ticks: [tick, tick], received_at: NOW }
    const fresh = async (store: Store, batches: TickBatch[]) =>
      (await store.ingest(batches)).map((outcome) => outcome.fresh)
    expect(await fresh(a, [batch, batch, { ...batch, account_id: 2 }])).toEqual([true, false, true])
    expect(await fresh(b, [batch])).toEqual([false])
    const page = { limit: 10, after: null }
    expect((await b.ticks(1, 'EURUSD', NOW, NOW + 1, page)).items).toHaveLength(2)
    expect([...(await b.tickCounts())].sort()).toEqual([
      [1, { ticks: 2, lost: 0 }],
      [2, { ticks: 2, lost: 0 }],
    ])
    expect(await b.newestMoment()).toBeGreaterThanOrEqual(NOW)
  })

  test('P11: numbers of a run go on; a gap is told and kept, and numbers that were given are refused', async () => {
    const tick = { symbol: 'EURUSD', time_ms: NOW, bid: 1.1, ask: 1.2, volume: 1 }
    const batch = (first_seq: number, batch_id = `r:${first_seq}`, run = 'r'): TickBatch => ({
      ...{ account_id: 1, batch_id, numbers: { run, first_seq, opened: null } },
      ...{ ticks: [tick, tick], received_at: NOW + first_seq },
    })
    const kept = { fresh: true, lost: null, expected_seq: null, fenced: false }
    const known = { ...kept, fresh: false }
    const gap = { run: 'r', first_seq: 5, last_seq: 9 }
    expect(await a.ingest([batch(1), batch(3), batch(1), batch(10), batch(4, 'x')])).toEqual([
      kept,
      kept,
      known,
      { ...kept, lost: gap },
      { ...known, expected_seq: 12 },
    ])
    expect(await b.ingest([batch(10), batch(11, 'y'), batch(12), batch(1, 'z', 'another')])).toEqual([
      known,
      { ...known, expected_seq: 12 },
      kept,
      kept,
    ])
    // The answer was lost, and more ticks were put under the same name: what is not stored is not acknowledged (P1).
    const grown = { ...batch(12), ticks: [tick, tick, tick] }
    expect(await b.ingest([grown])).toEqual([{ ...known, expected_seq: 14 }])
    // What was refused is not known: with the right numbers it is stored.
    expect(await b.ingest([batch(14, 'x')])).toEqual([kept])
    // A line has the run for itself, once what was under way is settled.
    const line = await b.openTickRun(1, 'r', NOW)
    expect(line).toEqual({ next_seq: 16, opened: 1 })
    const over = (opened: number, first_seq: number): TickBatch => ({
      ...batch(first_seq),
      numbers: { run: 'r', first_seq, opened },
    })
    expect(await a.ingest([over(1, 16)])).toEqual([kept])
    expect(await a.openTickRun(1, 'r', NOW)).toEqual({ next_seq: 18, opened: 2 })
    expect(await b.ingest([over(1, 18), over(2, 18)])).toEqual([{ ...known, fenced: true }, kept])
    expect(await b.tickLosses(1, 10)).toEqual([{ ...gap, account_id: 1, received_at: NOW + 10 }])
    expect((await b.tickCounts()).get(1)).toEqual({ ticks: 16, lost: 5 })
  })

  test('days of ticks leave whole; batches of long ago are not known any more', async () => {
    const at = (day: number) => ({
      symbol: 'EURUSD',
      time_ms: day * 86_400_000,
      bid: 1.1,
      ask: 1.2,
      volume: 1,
    })
    const batch = (batch_id: string, day: number, received_at: number): TickBatch => ({
      ...{ account_id: 1, batch_id, numbers: null, ticks: [at(day)], received_at },
    })
    await a.ingest([batch('a', 18_000, NOW), batch('b', 18_001, NOW + 5)])
    expect(await b.tickDays()).toEqual([18_000, 18_001])
    await b.dropTickDay(18_000)
    await b.dropTickDay(17_000)
    expect(await a.tickDays()).toEqual([18_001])
    expect((await a.ticks(1, 'EURUSD', 0, 4e12, { limit: 10, after: null })).items).toHaveLength(1)
    expect(await a.forgetTickBatches(NOW + 5, 100)).toBe(1)
    const fresh = (await a.ingest([batch('a', 18_001, NOW), batch('b', 18_001, NOW)])).map((one) => one.fresh)
    expect(fresh).toEqual([true, false])
  })

  test('P1: a closed store refuses to write', async () => {
    const change = await audited(a)
    await a.close()
    await expect(a.commit(change)).rejects.toMatchObject({ code: 'NGTB_STOPPING' })
    a = backend.open()
    expect(await a.auditChain(1, 0, 10)).toEqual([])
  })
})
