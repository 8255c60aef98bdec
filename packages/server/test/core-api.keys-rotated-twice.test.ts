// A key rotated twice, and one that has an end: a rotation gives no more than there was.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from './support/server.ts'

let t: TestServer
let admin: string
beforeAll(async () => {
  t = await testServer()
  admin = await t.key(['admin'])
})
afterAll(() => t.stop())

const make = async (body: object) =>
  (await t.call('webui', 'POST', '/api/v1/keys', { key: admin, body: { scopes: ['admin'], ...body } })).body
const rotate = async (key_id: string) =>
  (await t.call('webui', 'POST', `/api/v1/keys/${key_id}/rotate`, { key: admin, body: {} })).body
const works = async (key: string) =>
  (await t.call('webui', 'GET', '/api/v1/accounts', { key })).status === 200

test('security: rotated twice, the first replacement is gone and two keys are alive at most', async () => {
  const first = await make({})
  const second = await rotate(first.key_id)
  const third = await rotate(first.key_id)
  expect(await works(second.api_key)).toBe(false)
  expect(await works(first.api_key)).toBe(true)
  expect(await works(third.api_key)).toBe(true)
  expect(await works(first.api_key)).toBe(false)
})

test('security: an unused replacement that is rotated gives way; the key in use ends with the newest one’s first use', async () => {
  const first = await make({})
  expect(await works(first.api_key)).toBe(true)
  const second = await rotate(first.key_id)
  const third = await rotate(second.key_id)
  expect(await works(second.api_key)).toBe(false)
  expect(await works(first.api_key)).toBe(true)
  expect(await works(third.api_key)).toBe(true)
  expect(await works(first.api_key)).toBe(false)
})

test('security: a rotated key ends when the old one would have', async () => {
  const first = await make({ expires_in_s: 3_600 })
  const second = await rotate(first.key_id)
  expect(second.expires_at).toBe(first.expires_at)
})
