// Measurements over time: both ledgers make the same points of them.
import { ACCOUNT_SAMPLE, SYSTEM_SAMPLE } from '@ngtb/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AccountSample, Store, SystemSample } from '../src/ports.ts'
import { BACKENDS, type Backend, newBackend } from './support/backends.ts'
import { NOW } from './support/ledger.ts'

const MINUTE = 60_000
const BEGIN = Math.floor(NOW / MINUTE) * MINUTE
const empty = (rules: object) => Object.fromEntries(Object.keys(rules).map((name) => [name, null]))
const account = (account_id: number, minute: number, fields: Partial<AccountSample>) =>
  ({ ...empty(ACCOUNT_SAMPLE), account_id, at: BEGIN + minute * MINUTE, ...fields }) as AccountSample
const system = (server: string, minute: number, fields: Partial<SystemSample> = {}) =>
  ({ ...empty(SYSTEM_SAMPLE), server, at: BEGIN + minute * MINUTE, ...fields }) as SystemSample
const minutes = (from: number, to: number, step = 1) => ({
  from: BEGIN + from * MINUTE,
  to: BEGIN + to * MINUTE,
  step_ms: step * MINUTE,
})

describe.each(Object.keys(BACKENDS))('%s', (name) => {
  let backend: Backend
  let store: Store

  beforeAll(async () => {
    backend = await newBackend(name)
    store = backend.open()
    for (let minute = 0; minute < 4; minute++) {
      const fields = {
        connected: minute % 2,
        health_score: 10 * minute,
        command_latency_p99_ms: [5, 40, 7, null][minute] ?? null,
        balance: minute === 1 ? null : 100 + minute,
      }
      const accounts = [account(1, minute, fields), account(2, minute, { balance: 7 })]
      await store.saveSamples(accounts, system('a:1', minute, { ticks_per_s: 10, event_loop_p99_ms: minute }))
    }
    await store.saveSamples([], system('b:1', 1, { ticks_per_s: 30, database_bytes: 2 ** 41 }))
  })
  afterAll(async () => {
    await store.close()
    await backend.drop()
  })

  test('a point a sample: as it was measured, of this account alone, in order', async () => {
    const points = await store.accountHistory(1, minutes(0, 4))
    expect(points.map(({ at }) => (at - BEGIN) / MINUTE)).toEqual([0, 1, 2, 3])
    expect(points[1]).toMatchObject({ connected: 1, health_score: 10, balance: null, equity: null })
    expect(await store.accountHistory(1, minutes(1, 2))).toHaveLength(1)
    expect(await store.accountHistory(3, minutes(0, 4))).toEqual([])
  })

  test('T2: the mean, the largest, the newest that is known', async () => {
    const points = await store.accountHistory(1, minutes(0, 4, 2))
    expect(points).toMatchObject([
      { at: BEGIN, connected: 0.5, health_score: 5, command_latency_p99_ms: 40, balance: 100 },
      { at: BEGIN + 2 * MINUTE, connected: 0.5, health_score: 25, command_latency_p99_ms: 7, balance: 103 },
    ])
  })

  test('T2: rates of several servers are added, what is the same for all is not', async () => {
    expect(await store.systemHistory(minutes(0, 4))).toMatchObject([
      { ticks_per_s: 10, event_loop_p99_ms: 0, database_bytes: null },
      { ticks_per_s: 40, event_loop_p99_ms: 1, database_bytes: 2 ** 41 },
      { ticks_per_s: 10, event_loop_p99_ms: 2 },
      { ticks_per_s: 10, event_loop_p99_ms: 3 },
    ])
  })

  test('a sample that comes twice is one; old ones are forgotten', async () => {
    await store.saveSamples([account(2, 3, { balance: 8 })], system('a:1', 3, { ticks_per_s: 11 }))
    expect(await store.accountHistory(2, minutes(3, 4))).toMatchObject([{ balance: 8 }])
    await store.forgetSamples(BEGIN + 2 * MINUTE)
    expect(await store.accountHistory(1, minutes(0, 4))).toHaveLength(2)
    expect(await store.systemHistory(minutes(0, 4))).toMatchObject([{ ticks_per_s: 10 }, { ticks_per_s: 11 }])
  })
})
