// One contract, two ledgers: alerts, what is to be delivered, settings, the cursor and whose turn it is.

import type { Alert } from '@ngtb/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Delivery, Store } from '../src/ports.ts'
import { messageOf } from '../src/services/alert-messages.ts'
import type { Step } from '../src/services/step.ts'
import { BACKENDS, type Backend, newBackend } from './support/backends.ts'
import { addAccounts, NOW, newAccount, pictureOf, stepOn } from './support/ledger.ts'

const alert = (alert_id: string, name: string, fields: Partial<Alert> = {}): Alert => ({
  ...{ alert_id, name, rule: 'drift', account_id: 0, severity: 'warning', text: 'it is so', notice: false },
  ...{ raised_by: 'server', raised_at: NOW, last_at: NOW, count: 1, acknowledged_at: null },
  ...{ acknowledged_by: null, note: null, cleared_at: null, cleared_by: null },
  ...fields,
})

const delivery = (id: string, of: Alert | null, fields: Partial<Delivery> = {}): Delivery => ({
  ...{ delivery_id: id, alert_id: of?.alert_id ?? null, channel: 'webhook', tiding: 'raised' },
  message: messageOf(id, of ?? alert('none', 'none'), 'raised', null, NOW),
  ...{ state: 'waiting', attempts: 0, created_at: NOW, next_at: NOW, done_at: null, error: null },
  ...{ claimed_by: null, claimed_until: null },
  ...fields,
})

describe.each(Object.keys(BACKENDS))('%s', (name) => {
  let backend: Backend
  let a: Store
  let b: Store
  beforeEach(async () => {
    backend = await newBackend(name)
    a = backend.open()
    b = backend.open()
  })
  afterEach(async () => {
    await a.close()
    await b.close()
    await backend.drop()
  })

  async function write(record: (step: Step) => void): Promise<void> {
    const step = stepOn(await pictureOf(a, 0))
    record(step)
    await a.commit(step.changeSet())
  }

  test('an alert comes back as it was written; the newest image counts; of one name one is open', async () => {
    const one = alert('a1', 'n1')
    await write((step) => step.saveAlerting('alerts', one, { ...one, count: 2 }))
    expect(await b.openAlerts()).toEqual([{ ...one, count: 2, alert_no: 1 }])
    await expect(write((step) => step.saveAlerting('alerts', alert('a2', 'n1')))).rejects.toThrow()
    const cleared = { ...one, cleared_at: NOW + 5, cleared_by: 'person:ada', note: 'fixed' }
    // Cleared and raised anew in one step.
    await write((step) => step.saveAlerting('alerts', cleared, alert('a2', 'n1')))
    expect((await b.openAlerts()).map(({ alert_id }) => alert_id)).toEqual(['a2'])
    expect(await b.alert('a1')).toMatchObject(cleared)
    expect(await b.alert('nobody')).toBeNull()
  })

  test('lists: newest first, by page, by state, severity, rule and account', async () => {
    await addAccounts(a, newAccount(1))
    await write((step) =>
      step.saveAlerting(
        'alerts',
        alert('a1', 'n1', { acknowledged_at: NOW, acknowledged_by: 'x' }),
        alert('a2', 'n2', { severity: 'critical', account_id: 1 }),
        alert('a3', 'n3', { rule: 'disk', cleared_at: NOW, cleared_by: 'x' }),
      ),
    )
    const ids = async (where: Parameters<Store['alerts']>[1]) =>
      (await b.alerts({ limit: 10, after: null }, where)).items.map(({ alert_id }) => alert_id)
    expect(await ids({ state: 'all' })).toEqual(['a3', 'a2', 'a1'])
    expect(await ids({ state: 'open' })).toEqual(['a2', 'a1'])
    expect(await ids({ state: 'active' })).toEqual(['a2'])
    expect(await ids({ state: 'acknowledged' })).toEqual(['a1'])
    expect(await ids({ state: 'cleared' })).toEqual(['a3'])
    expect(await ids({ state: 'all', severity: 'critical' })).toEqual(['a2'])
    expect(await ids({ state: 'all', rule: 'disk' })).toEqual(['a3'])
    expect(await ids({ state: 'all', account_id: 1 })).toEqual(['a2'])
    const first = await b.alerts({ limit: 2, after: null }, { state: 'all' })
    const rest = await b.alerts({ limit: 2, after: first.next }, { state: 'all' })
    expect([...first.items, ...rest.items].map(({ alert_id }) => alert_id)).toEqual(['a3', 'a2', 'a1'])
    expect(rest.next).toBeNull()
  })

  test('a message is claimed by one, in its order, and not again until the claim is over', async () => {
    const [one, two] = [alert('a1', 'n1'), alert('a2', 'n2')]
    await write((step) => {
      step.saveAlerting('alerts', one, two)
      step.saveAlerting('deliveries', delivery('d1', one), delivery('d2', one, { tiding: 'cleared' }))
      step.saveAlerting('deliveries', delivery('d3', two), delivery('d4', null, { channel: 'log' }))
      step.saveAlerting('deliveries', delivery('d5', two, { next_at: NOW + 1_000 }))
    })
    const claim = (store: Store, by: string, at: number) =>
      store
        .claimDeliveries('webhook', by, at, at + 100, 10)
        .then((rows) => rows.map((row) => row.delivery_id))
    // d2 is over d1's alert: it waits for d1. d5 is not due.
    const both = await Promise.all([claim(a, 'A', NOW), claim(b, 'B', NOW)])
    expect(both.flat().sort()).toEqual(['d1', 'd3'])
    expect(await claim(b, 'C', NOW + 99)).toEqual([])
    expect(await claim(b, 'C', NOW + 100)).toEqual(['d1', 'd3'])
    const end = { attempts: 1, next_at: null, done_at: NOW, error: null, state: 'done' } as const
    expect(await a.endAttempt('d1', 'A', end)).toBe(false)
    expect(await b.endAttempt('d1', 'C', end)).toBe(true)
    const again = { ...end, state: 'waiting', next_at: NOW + 500, done_at: null, error: 'no answer' } as const
    expect(await b.endAttempt('d3', 'C', again)).toBe(true)
    expect(await claim(a, 'A', NOW + 200)).toEqual(['d2'])
    expect(await a.nextDelivery('webhook')).toBe(NOW + 300)
    expect(await a.nextDelivery('email')).toBeNull()
    expect((await a.deliveriesOf('a1')).map(({ state }) => state)).toEqual(['done', 'waiting'])
    const [queue] = (await a.channelQueues(0)).filter(({ channel }) => channel === 'webhook')
    expect(queue).toEqual({ channel: 'webhook', waiting: 3, given_up: 0, error: 'no answer' })
    expect((await a.deliveriesOf('a1'))[0]?.message).toEqual(delivery('d1', one).message)
  })

  test('settings, marks and the cursor are the newest that were written', async () => {
    await addAccounts(a, newAccount(1))
    const mark = { account_id: 1, peak_equity: 10.5, day: 20_000, day_equity: 9, balance_deal: '77' }
    await write((step) => {
      step.saveAlerting('alert_settings', { account_id: 1, settings: { failures: 5, channels: null } })
      step.saveAlerting('alert_marks', mark, { ...mark, peak_equity: 11 })
      step.saveAlerting('alert_cursors', { name: 'events', seq: 5_000_000_000 })
    })
    expect(await b.alertSettings()).toEqual([{ account_id: 1, settings: { failures: 5, channels: null } }])
    expect(await b.alertMarks()).toEqual([{ ...mark, peak_equity: 11 }])
    expect(await b.alertCursor('events')).toBe(5_000_000_000)
    expect(await b.alertCursor('other')).toBeNull()
  })

  test('what happened is read by its kinds, and the reading ends where it looked', async () => {
    await write((step) => {
      for (const kind of ['x.a', 'x.b', 'x.a', 'x.c']) step.audit(kind, 'test', null, {})
    })
    const newest = await b.newestSeq()
    const two = await b.happenedAfter(0, ['x.a', 'x.c'], 2)
    expect(two.events.map(({ kind }) => kind)).toEqual(['x.a', 'x.a'])
    const rest = await b.happenedAfter(two.upto, ['x.a', 'x.c'], 2)
    expect(rest.events.map(({ kind }) => kind)).toEqual(['x.c'])
    expect(rest.upto).toBe(newest)
    expect(await b.happenedAfter(newest, ['x.a'], 2)).toEqual({ events: [], upto: newest })
  })

  test('a turn has one holder until it is over', async () => {
    expect(await a.takeTurn('telegram', 'A', NOW, NOW + 10)).toBe(true)
    expect(await b.takeTurn('telegram', 'B', NOW + 9, NOW + 20)).toBe(false)
    expect(await a.takeTurn('telegram', 'A', NOW + 9, NOW + 20)).toBe(true)
    expect(await b.takeTurn('telegram', 'B', NOW + 20, NOW + 30)).toBe(true)
  })

  test('what was cleared long ago is forgotten with its messages; what is open stays', async () => {
    const old = alert('a1', 'n1', { cleared_at: NOW, cleared_by: 'x' })
    const open = alert('a2', 'n2')
    await write((step) => {
      step.saveAlerting('alerts', old, open)
      step.saveAlerting('deliveries', delivery('d1', old), delivery('d2', open), delivery('d3', null))
    })
    await a.forgetAlerts(NOW + 1)
    expect((await b.alerts({ limit: 10, after: null }, { state: 'all' })).items).toMatchObject([open])
    expect(await b.deliveriesOf('a1')).toEqual([])
    expect(await b.deliveriesOf('a2')).toHaveLength(1)
  })
})
