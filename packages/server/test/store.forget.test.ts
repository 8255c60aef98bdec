// What grows without end leaves by its setting, some rows at a time; what is good stays. One contract, two ledgers.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { silentLog } from '../src/platform/log.ts'
import { systemTimers } from '../src/platform/timers.ts'
import type { Forgettable, PersonSessionRow, Store } from '../src/ports.ts'
import { newPerson } from '../src/services/people-rows.ts'
import { Retention } from '../src/workers/retention.ts'
import { BACKENDS, type Backend, newBackend } from './support/backends.ts'
import { addAccounts, NOW, newAccount, pictureOf, stepOn } from './support/ledger.ts'

const DAY = 86_400_000
const sessionOf = (session_id: string, ended_at: number | null, expires_at: number): PersonSessionRow => ({
  ...{ session_id, person_id: 'p', token_hash: session_id, previous_hash: null, previous_until: null },
  ...{ csrf_token: 'c', created_at: 0, last_seen_at: 0, expires_at, confirmed_until: null },
  ...{ address: '::1', agent: 'a', ended_at },
})
const linkOf = (token_hash: string, spent_at: number | null, expires_at: number) => ({
  ...{ token_hash, person_id: null, created_by: 'test', created_at: 0, expires_at, spent_at },
})

describe.each(Object.keys(BACKENDS))('%s', (name) => {
  let backend: Backend
  let store: Store
  beforeAll(async () => {
    backend = await newBackend(name)
    store = backend.open()
    await addAccounts(store, newAccount(1))
    const people = stepOn(await pictureOf(store, 0))
    people.savePerson(newPerson('p', 'Ada', 'admin', 0))
    // Ended long ago, over long ago, ended now, good.
    people.savePersonSession(sessionOf('ended', NOW - 9 * DAY, NOW + DAY))
    people.savePersonSession(sessionOf('over', null, NOW - 8 * DAY))
    people.savePersonSession(sessionOf('fresh', NOW, NOW + DAY))
    people.savePersonSession(sessionOf('good', null, NOW + DAY))
    people.saveInvitation(linkOf('spent', NOW - 9 * DAY, NOW + DAY))
    people.saveInvitation(linkOf('past', null, NOW - 8 * DAY))
    people.saveInvitation(linkOf('open', null, NOW + DAY))
    await store.commit(people.changeSet())
    const logs = stepOn(await pictureOf(store, 1))
    for (const days of [9, 8, 8, 1])
      logs.log({ level: 'info', message: `${days}`, details: null, received_at: NOW - days * DAY })
    logs.saveConnection({})
    await store.commit(logs.changeSet())
  })
  afterAll(async () => {
    await store.close()
    await backend.drop()
  })

  const messages = async () =>
    (await store.logs(1, { limit: 10, after: null }, {})).items.map(({ message }) => message)
  const round = (keep: Partial<Record<Forgettable, number>>) =>
    new Retention({
      ...{ store, clock: { now: () => NOW }, timers: systemTimers, log: silentLog },
      ...{ keep_days: 0, keep },
    }).round()

  test('never more at once than was asked for', async () => {
    expect(await store.forgetOld('ea_log', NOW - 7 * DAY, 2)).toBe(2)
    expect(await messages()).toHaveLength(2)
    expect(await store.forgetOld('ea_log', NOW - 100 * DAY, 2)).toBe(0)
  })

  test('0 days keep all; else what is over leaves, and what is good stays', async () => {
    await round({ ea_log: 0, person_session: 0, invitation: 0 })
    expect(await messages()).toHaveLength(2)
    expect(await store.personSession('ended')).not.toBeNull()
    await round({ ea_log: 7, person_session: 7, invitation: 7, interaction_minute: 7 })
    expect(await messages()).toEqual(['1'])
    const sessions = await Promise.all(
      ['ended', 'over', 'fresh', 'good'].map((id) => store.personSession(id)),
    )
    expect(sessions.map((row) => row?.session_id ?? null)).toEqual([null, null, 'fresh', 'good'])
    const links = await Promise.all(['spent', 'past', 'open'].map((id) => store.invitation(id)))
    expect(links.map((row) => row?.token_hash ?? null)).toEqual([null, null, 'open'])
  })
})
