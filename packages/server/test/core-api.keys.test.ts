// Keys over the management API: shown once, rotated, revoked, expired (security: Machines).
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../src/platform/clock.ts'
import { rowsOf, UNLIMITED } from './support/doors.ts'
import { type TestServer, testServer } from './support/server.ts'

let t: TestServer
let admin: string
/** Time that passed without anybody waiting. */
let ahead_ms = 0
beforeEach(async () => {
  ahead_ms = 0
  const clock = systemClock()
  t = await testServer({ env: UNLIMITED, clock: { now: () => clock.now() + ahead_ms } })
  admin = await t.key(['admin'])
})
afterEach(() => t.stop())

const make = async (body: Record<string, unknown>) =>
  (await t.call('webui', 'POST', '/api/v1/keys', { key: admin, body })).body
const rotate = (key_id: string, body: unknown = {}) =>
  t.call('webui', 'POST', `/api/v1/keys/${key_id}/rotate`, { key: admin, body })
const revoke = (key_id: string) => t.call('webui', 'DELETE', `/api/v1/keys/${key_id}`, { key: admin })
const works = async (key: string) =>
  (await t.call('webui', 'GET', '/api/v1/accounts', { key })).status === 200

describe('create', () => {
  test('the secret is in this answer, and nowhere else', async () => {
    const made = await make({ scopes: ['commands:read'], label: 'reader' })
    expect(made.api_key).toMatch(/^ngt_[a-z]+_[a-z0-9]{12}_[A-Za-z0-9_-]{43}$/)
    expect(await works(made.api_key)).toBe(true)
    const secret = made.api_key.split('_').slice(3).join('_')
    const { body } = await t.call('webui', 'GET', '/api/v1/keys', { key: admin })
    expect(JSON.stringify(body)).not.toContain(secret)
    expect(body.items.find(({ key_id }: { key_id: string }) => key_id === made.key_id)).toMatchObject({
      label: 'reader',
    })
    for (const table of ['api_key', 'audit_event', 'ea_log'])
      expect(
        await rowsOf(t, `select 1 from ${table} r where to_jsonb(r)::text like $1`, [`%${secret}%`]),
      ).toEqual([])
  })
  test.each([
    [{ scopes: ['ea:session'] }],
    [{ scopes: ['ea:session', 'admin'] }],
    [{ scopes: [] }],
    [{ scopes: ['root'] }],
    [{ scopes: ['admin'], expires_in_s: 1 }],
    [{ scopes: ['admin'], account: '31337' }],
  ])('%j is refused', async (body) => {
    const answer = await t.call('webui', 'POST', '/api/v1/keys', { key: admin, body })
    expect([400, 404]).toContain(answer.status)
  })
  test('an EA key of an account opens the EA doors, and never the management API', async () => {
    await t.enrol('4242')
    const made = await make({ scopes: ['ea:session'], account: '4242' })
    expect(
      (await t.call('command', 'POST', '/api/get_commands', { key: made.api_key, body: {} })).status,
    ).toBe(200)
    expect(await works(made.api_key)).toBe(false)
  })
  test('it ends when it expires', async () => {
    const made = await make({ scopes: ['commands:read'], expires_in_s: 60 })
    expect(await works(made.api_key)).toBe(true)
    ahead_ms = 61_000
    expect(await works(made.api_key)).toBe(false)
  })
})

describe('rotate', () => {
  test('both live; the first use of the new one ends the old', async () => {
    const old = await make({ scopes: ['commands:read'], label: 'mine' })
    const { status, body: young } = await rotate(old.key_id)
    expect(status).toBe(201)
    expect(young).toMatchObject({ scopes: ['commands:read'], label: 'mine' })
    expect(young.key_id).not.toBe(old.key_id)
    expect(await works(old.api_key)).toBe(true)
    expect(await works(old.api_key)).toBe(true)
    expect(await works(young.api_key)).toBe(true)
    expect(await works(old.api_key)).toBe(false)
    expect(await works(young.api_key)).toBe(true)
  })
  test.each([
    [{}, 24 * 3600],
    [{ grace_s: 90 }, 90],
  ])('with %j the old one dies after the grace at the latest', async (body, grace_s) => {
    const old = await make({ scopes: ['commands:read'] })
    await rotate(old.key_id, body)
    ahead_ms = grace_s * 1000 - 5_000
    expect(await works(old.api_key)).toBe(true)
    ahead_ms = grace_s * 1000 + 5_000
    expect(await works(old.api_key)).toBe(false)
  })
  test('grace 0: the old one is dead at once', async () => {
    const old = await make({ scopes: ['commands:read'] })
    expect(await works(old.api_key)).toBe(true)
    await rotate(old.key_id, { grace_s: 0 })
    ahead_ms += 1
    expect(await works(old.api_key)).toBe(false)
  })
  test('a revoked key is not rotated; an unknown one is a 404', async () => {
    const made = await make({ scopes: ['commands:read'] })
    await revoke(made.key_id)
    expect((await rotate(made.key_id)).status).toBe(404)
    expect((await rotate('aaaaaaaaaaaa')).status).toBe(404)
  })
})

describe('revoke', () => {
  test('is immediate, also for a key that was used a moment ago', async () => {
    const made = await make({ scopes: ['commands:read'] })
    expect(await works(made.api_key)).toBe(true)
    const gone = await revoke(made.key_id)
    expect(gone.status).toBe(200)
    expect(gone.body.revoked_at).toMatch(/Z$/)
    expect(gone.body).not.toHaveProperty('api_key')
    expect(await works(made.api_key)).toBe(false)
    expect((await revoke(made.key_id)).body.revoked_at).toBe(gone.body.revoked_at)
  })
  test('at the same moment as a rotation: it stays revoked', async () => {
    const { keys } = t.server.services
    for (let round = 0; round < 10; round++) {
      const made = await make({ scopes: ['commands:read'] })
      // Both look at the key before either has written.
      await Promise.all([1, 2, 3].map(() => t.store.key(made.key_id)))
      await Promise.allSettled([keys.revoke(made.key_id, 'test'), keys.rotate(made.key_id, 'test')])
      expect(await works(made.api_key)).toBe(false)
    }
  })
  test('an EA whose key is revoked is out', async () => {
    const key = await t.enrol('4242')
    const { items } = (await t.call('webui', 'GET', '/api/v1/keys', { key: admin })).body
    const { key_id } = items.find(({ scopes }: { scopes: string[] }) => scopes.includes('ea:session'))
    await revoke(key_id)
    const answer = await t.call('command', 'POST', '/api/get_commands', { key, body: {} })
    expect(answer).toMatchObject({ status: 403, body: { error: 'NGTB_EA_KEY_INVALID' } })
  })
})

test('P13: each of these is in the audit, without a secret', async () => {
  const made = await make({ scopes: ['commands:read'] })
  const { body: young } = await rotate(made.key_id)
  await works(young.api_key)
  await revoke(young.key_id)
  const { body } = await t.call('webui', 'GET', '/api/v1/audit', { key: admin })
  const kinds = body.items.map(({ kind, subject }: { kind: string; subject: string }) => `${kind} ${subject}`)
  expect(kinds.slice(0, 5)).toEqual([
    `key.revoked ${young.key_id}`,
    `key.revoked ${made.key_id}`,
    `key.rotated ${made.key_id}`,
    `key.created ${young.key_id}`,
    `key.created ${made.key_id}`,
  ])
})
