// One contract, two ledgers: people, their sessions, invitations and the policy.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type InvitationRow,
  type PersonRow,
  type PersonSessionRow,
  type Store,
  VersionConflict,
} from '../src/ports.ts'
import { newPerson } from '../src/services/people-rows.ts'
import type { Step } from '../src/services/step.ts'
import { BACKENDS, type Backend, newBackend } from './support/backends.ts'
import { NOW, pictureOf, stepOn } from './support/ledger.ts'

const person = (person_id: string, name: string, fields: Partial<PersonRow> = {}): PersonRow => ({
  ...newPerson(person_id, name, 'viewer', NOW),
  ...fields,
})

const session = (session_id: string, person_id: string, fields: Partial<PersonSessionRow> = {}) => ({
  ...{
    session_id,
    person_id,
    token_hash: `hash of ${session_id}`,
    previous_hash: null,
    previous_until: null,
  },
  ...{ csrf_token: 'c', created_at: NOW, last_seen_at: NOW, expires_at: NOW + 1_000, confirmed_until: null },
  ...{ address: '::1', agent: 'a', ended_at: null },
  ...fields,
})

const link = (token_hash: string, person_id: string | null, fields: Partial<InvitationRow> = {}) => ({
  ...{ token_hash, person_id, created_by: 'test', created_at: NOW, expires_at: NOW + 5, spent_at: null },
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

  test('a person comes back as he was written, by id and by name; the newest image counts', async () => {
    const ada = person('p1', 'Ada', {
      ...{ role: 'admin', password_hash: '$argon2id$x', totp_secret: 'S', totp_offered: 'O' },
      ...{
        totp_step: 56_666_666,
        recovery_hashes: ['h1', 'h2'],
        last_login_at: NOW + 1,
        disabled_at: NOW + 2,
      },
    })
    await write((step) => step.savePerson(person('p1', 'Ada')))
    await write((step) => {
      step.savePerson({ ...ada, role: 'trader' })
      step.savePerson(ada)
    })
    expect(await b.person('p1')).toEqual(ada)
    expect(await b.personByName('ada')).toEqual(ada)
    expect(await b.personByName('Ada')).toBeNull()
    expect(await b.person('p2')).toBeNull()
    expect(await b.snapshot((at) => at.allPeople())).toEqual([ada])
  })

  test('a list is by name, in one order everywhere, page by page', async () => {
    const names = ['zoë', 'Ada', 'éva', 'Bob', 'ada-2', '东']
    await write((step) => {
      for (const [n, one] of names.entries()) step.savePerson(person(`p${n}`, one))
    })
    const seen: string[] = []
    let after: (string | number)[] | null = null
    do {
      const page = await b.people({ limit: 2, after })
      seen.push(...page.items.map((row) => row.name))
      after = page.next
    } while (after !== null)
    expect(seen).toEqual(['Ada', 'ada-2', 'Bob', 'zoë', 'éva', '东'])
  })

  test('admins are those who can log in as such', async () => {
    const admin = { role: 'admin', password_hash: 'x' } as const
    await write((step) => {
      step.savePerson(person('p1', 'good', admin))
      step.savePerson(person('p2', 'invited', { role: 'admin' }))
      step.savePerson(person('p3', 'disabled', { ...admin, disabled_at: NOW }))
      step.savePerson(person('p4', 'trader', { ...admin, role: 'trader' }))
    })
    expect((await b.admins()).map((row) => row.person_id)).toEqual(['p1'])
  })

  test('a name is one person’s; a session and a link are somebody’s', async () => {
    await write((step) => step.savePerson(person('p1', 'ada')))
    await expect(write((step) => step.savePerson(person('p2', 'ADA')))).rejects.toThrow()
    await expect(write((step) => step.savePersonSession(session('s', 'nobody')))).rejects.toThrow()
    await expect(write((step) => step.saveInvitation(link('l', 'nobody')))).rejects.toThrow()
    expect((await b.people({ limit: 9, after: null })).items).toHaveLength(1)
  })

  test('a session is found by its token and by the one before; of a person, the alive, newest first', async () => {
    const old = session('s1', 'p1', {
      previous_hash: 'before',
      previous_until: NOW + 9,
      confirmed_until: NOW,
    })
    const newer = session('s2', 'p1', { created_at: NOW + 1 })
    await write((step) => {
      for (const id of ['p1', 'p2']) step.savePerson(person(id, id))
      step.savePersonSession(old)
      step.savePersonSession(newer)
      step.savePersonSession(session('s3', 'p1', { ended_at: NOW }))
      step.savePersonSession(session('s4', 'p2'))
      step.savePersonSession(session('s5', 'p1', { expires_at: NOW }))
    })
    expect(await b.personSession('hash of s1')).toEqual(old)
    expect(await b.personSession('before')).toEqual(old)
    expect(await b.personSession('nothing')).toBeNull()
    expect(await b.personSessionById('s2')).toEqual(newer)
    expect((await b.personSessionById('s3'))?.ended_at).toBe(NOW)
    expect(await b.personSessions('p1', NOW)).toEqual([newer, old])
    expect((await b.personSessions(null, NOW)).map((row) => row.session_id)).toEqual(['s2', 's1', 's4'])
    await a.touchPersonSession('s1', NOW + 7)
    await a.touchPersonSession('s1', NOW + 3)
    expect(await b.personSessionById('s1')).toEqual({ ...old, last_seen_at: NOW + 7 })
  })

  test('a link is found by its hash; of somebody, and of nobody yet, those that are not spent', async () => {
    await write((step) => {
      step.savePerson(person('p1', 'ada'))
      step.saveInvitation(link('l1', 'p1', { created_at: NOW + 1 }))
      step.saveInvitation(link('l2', 'p1'))
      step.saveInvitation(link('l3', null))
      step.saveInvitation(link('l4', null, { spent_at: NOW }))
    })
    const hashes = async (person_id: string | null) =>
      (await b.invitationsOf(person_id)).map((row) => row.token_hash)
    expect(await b.invitation('l4')).toEqual(link('l4', null, { spent_at: NOW }))
    expect(await b.invitation('l9')).toBeNull()
    expect(await hashes('p1')).toEqual(['l2', 'l1'])
    expect(await hashes(null)).toEqual(['l3'])
  })

  test('a policy is the last word, and null is one', async () => {
    expect(await a.policies()).toEqual([])
    for (const value of [0.5, null]) await write((step) => step.savePolicy({ name: 'confirm_volume', value }))
    expect(await b.policies()).toEqual([{ name: 'confirm_volume', value: null }])
    expect(await b.snapshot((at) => at.allPolicies())).toEqual([{ name: 'confirm_volume', value: null }])
  })

  test('L1: a step that another server overtook writes nobody', async () => {
    const [first, second] = [stepOn(await pictureOf(a, 0)), stepOn(await pictureOf(b, 0))]
    first.savePerson(person('p1', 'ada'))
    second.savePerson(person('p2', 'eve'))
    await a.commit(first.changeSet())
    await expect(b.commit(second.changeSet())).rejects.toThrow(VersionConflict)
    expect(await a.person('p2')).toBeNull()
  })
})
