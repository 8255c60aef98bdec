// First connects at the same instant, and an arming whose step was lost.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from './support/server.ts'

let t: TestServer
beforeAll(async () => {
  t = await testServer({ env: { NGTB_ENROLLMENT: 'first-connect' } })
})
afterAll(() => t.stop())

const connect = (account: number) => t.call('command', 'POST', '/api/connect', { body: { account } })
const keysIn = (answers: { body: { api_key?: string } }[]) => answers.filter((answer) => answer.body.api_key)

test('of many first connects at once, one gets a key', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => connect(5150)))
  expect(answers.every((answer) => answer.status === 200)).toBe(true)
  expect(keysIn(answers)).toHaveLength(1)
  expect((await connect(5150)).body.api_key).toBeUndefined()
})

test('an arming serves one re-issue, however many ask; the next arming serves again', async () => {
  const admin = await t.key(['admin'])
  for (const round of [1, 2]) {
    const armed = await t.call('webui', 'POST', '/api/v1/enrolments', { key: admin, body: { account: 5150 } })
    expect(armed.status, `round ${round}`).toBe(201)
    const answers = await Promise.all(Array.from({ length: 10 }, () => connect(5150)))
    expect(keysIn(answers)).toHaveLength(1)
    expect((await connect(5150)).body.api_key).toBeUndefined()
  }
})
