import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from './support/server.ts'

let t: TestServer
beforeAll(async () => {
  t = await testServer()
})
afterAll(() => t.stop())

test('P2: create, deliver, answer, settle', async () => {
  const ea = await t.enrol(12345678)
  const admin = await t.key(['admin'])
  const body = { type: 'OPEN_TRADE', payload: { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 } }
  const path = '/api/v1/accounts/12345678/commands'
  const created = await t.call('webui', 'POST', path, {
    key: admin,
    body,
    headers: { 'idempotency-key': 'k1' },
  })
  expect(created.status).toBe(201)
  const again = await t.call('webui', 'POST', path, {
    key: admin,
    body,
    headers: { 'idempotency-key': 'k1' },
  })
  expect(again).toMatchObject({ status: 200, body: { replayed: true, command_id: created.body.command_id } })
  const polled = await t.call('command', 'POST', '/api/get_commands', { key: ea, body: {} })
  expect(polled.body.commands).toEqual([
    { id: created.body.command_id, type: 'OPEN_TRADE', symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 },
  ])
  const answered = await t.call('command', 'POST', '/api/command_response', {
    key: ea,
    body: {
      command_id: created.body.command_id,
      status: 'completed',
      response: { ticket: 5, open_price: 1.1 },
    },
  })
  expect(answered.status).toBe(200)
  const shown = await t.call('webui', 'GET', `${path}/${created.body.command_id}`, { key: admin })
  expect(shown.body).toMatchObject({ status: 'completed', attempt: 1 })
  expect(shown.body.events.map((event: { kind: string }) => event.kind)).toEqual([
    'command.created',
    'command.delivered',
    'command.completed',
  ])
})
