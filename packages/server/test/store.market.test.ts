// What both ledgers must do alike with pending orders and bars: the simulation is as good as this.
import type { Order } from '@ngtb/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../src/ports.ts'
import { MemoryLedger } from '../src/storage/memory/ledger.ts'
import { createMemoryStore } from '../src/storage/memory/store.ts'
import { addAccounts, NOW, newAccount, openStore, pictureOf, stepOn } from './support/ledger.ts'
import { freshDatabase } from './support/server.ts'

const OPEN: Record<string, () => Promise<{ store: Store; drop(): Promise<void> }>> = {
  memory: async () => ({ store: createMemoryStore({ ledger: new MemoryLedger() }), drop: async () => {} }),
  async PostgreSQL() {
    const database = await freshDatabase()
    return { store: openStore(database.url), drop: () => database.drop() }
  },
}

const order = (ticket: string, more: Partial<Order> = {}): Order => ({
  ...{ account_id: 1, ticket, type: 'ORDER_TYPE_BUY_LIMIT', state: 'ORDER_STATE_PLACED', reason: null },
  ...{
    symbol: 'EURUSD',
    volume: 0.3,
    volume_left: 0.1,
    price: 1.1,
    stop_limit_price: null,
    sl: null,
    tp: 1.2,
  },
  ...{ expiration_ms: NOW + 5, magic: '7', comment: 'c', position: null, time_ms: NOW, done_time_ms: null },
  ...{ over_by: null, made_by: 'command', command_id: 'c1', ended_by: null, ended_command_id: null },
  ...{ broker_offset_min: 120, created_at: NOW, updated_at: NOW },
  ...more,
})
const bar = (minute: number, more: object = {}) => ({
  ...{ time_ms: NOW + minute * 60_000, open: 1, high: 3, low: 1, close: 2 },
  ...{ tick_volume: 5, real_volume: 0.5, spread: 1, complete: true },
  ...more,
})

describe.each(Object.keys(OPEN))('%s', (name) => {
  let store: Store
  let drop: () => Promise<void>
  beforeEach(async () => {
    ;({ store, drop } = await (OPEN[name] as (typeof OPEN)[string])())
    await addAccounts(store, newAccount(1), newAccount(2))
  })
  afterEach(async () => {
    await store.close()
    await drop()
  })

  const save = async (...orders: Order[]) => {
    const step = stepOn(await pictureOf(store, 1))
    for (const one of orders) step.saveOrder(one)
    await store.commit(step.changeSet())
  }
  const tickets = async (where: Parameters<Store['orders']>[2], page: object = {}) => {
    const { items, next } = await store.orders(1, { limit: 10, after: null, ...page }, where)
    return { tickets: items.map(({ ticket }) => ticket), next }
  }

  test('orders: every field comes back, the newest image counts, and what waits is at hand', async () => {
    const over = {
      over_by: 'event',
      state: 'ORDER_STATE_FILLED',
      done_time_ms: NOW + 9,
      position: '5',
    } as const
    const largest = order('9223372036854775807', { symbol: 'GBPUSD' })
    await save(order('5'), order('6'), largest)
    await save(order('5', { ...over, volume_left: 0 }))
    expect(await store.ordersAmong(1, ['5', '5', '77'])).toEqual([order('5', { ...over, volume_left: 0 })])
    expect(await store.ordersAmong(2, ['5'])).toEqual([])
    expect((await store.load(1))?.orders).toEqual([order('6'), largest])
    expect(await tickets({ status: 'all' })).toEqual({ tickets: [largest.ticket, '6', '5'], next: null })
    expect((await tickets({ status: 'over' })).tickets).toEqual(['5'])
    expect((await tickets({ status: 'waiting', symbol: 'EURUSD' })).tickets).toEqual(['6'])
    expect(await tickets({ status: 'all' }, { limit: 2 })).toEqual({
      tickets: [largest.ticket, '6'],
      next: ['6'],
    })
    expect((await tickets({ status: 'all' }, { after: ['6'] })).tickets).toEqual(['5'])
    expect(await store.newestOrderEnd(1, NOW + 10)).toBe(NOW + 9)
    expect(await store.newestOrderEnd(1, NOW + 9)).toBe(null)
    expect(await store.newestOrderEnd(2, NOW + 10)).toBe(null)
    const told = await store.snapshot(async (at) => ({
      among: (await at.ordersAmong(1, ['6', 'no ticket'])).length,
      untold: (await at.untold(1, 10)).orders,
    }))
    expect(told).toEqual({ among: 1, untold: ['5', '6', largest.ticket] })
  })

  test('bars: stored once by their beginning; a correction replaces, what is still forming does not', async () => {
    const series = { account_id: 1, symbol: 'EURUSD', timeframe: 'M1' } as const
    const put = (bars: ReturnType<typeof bar>[], more: object = {}) =>
      store.saveBars({ ...series, bars, received_at: NOW, ...more })
    const read = async (from: number, to: number, page: object = {}) =>
      (await store.bars(series, from, to, { limit: 10, after: null, ...page })).items
    expect(await put([bar(2), bar(0), bar(1, { complete: false })])).toBe(3)
    expect(await put([bar(2), bar(0), bar(1, { close: 2.5 })], { received_at: NOW + 7 })).toBe(1)
    expect(await put([bar(0, { complete: false, close: 1.5 }), bar(2, { high: 4 })])).toBe(1)
    expect(await put([bar(0)], { timeframe: 'H1' })).toBe(1)
    expect(await put([bar(0)], { account_id: 2 })).toBe(1)
    const all = [
      { ...bar(0), received_at: NOW },
      { ...bar(1, { close: 2.5 }), received_at: NOW + 7 },
      { ...bar(2, { high: 4 }), received_at: NOW },
    ]
    expect(await read(0, NOW * 2)).toEqual(all)
    expect(await read(NOW + 60_000, NOW + 120_000)).toEqual([all[1]])
    expect(await store.bars(series, 0, NOW * 2, { limit: 2, after: null })).toEqual({
      items: all.slice(0, 2),
      next: [NOW + 60_000],
    })
    expect(await read(0, NOW * 2, { after: [NOW + 60_000] })).toEqual([all[2]])
  })
})
