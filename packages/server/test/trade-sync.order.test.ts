// P8 over a real socket: a list that was on its way while something newer was heard does not undo it.
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Scene } from './support/client.ts'
import { behindProxy, isCommit, type PgProxy } from './support/proxy.ts'
import { freshDatabase } from './support/server.ts'
import { until } from './support/wait.ts'

let s: Scene
let proxy: PgProxy
let arrived = 0
beforeEach(async () => {
  const behind = await behindProxy(await freshDatabase())
  proxy = behind.proxy
  s = await Scene.open({ database: behind.database })
  arrived = 0
  s.t.server.planes.trades.server.prependListener('request', () => void arrived++)
})
afterEach(() => s.stop())

const row = (ticket: number, fields = {}) => ({
  ticket,
  symbol: 'EURUSD',
  direction: 'BUY',
  volume: 0.1,
  open_price: 1.09,
  ...fields,
})

/** A sync whose head has arrived and whose body has not. */
async function slowSync(
  trades: unknown[],
): Promise<() => Promise<{ status: number; body: { reconciliation: Record<string, unknown> } }>> {
  const address = s.t.server.planes.trades.server.address()
  if (typeof address !== 'object' || address === null) throw new Error('not listening')
  const body = JSON.stringify({ trades })
  const socket: Socket = connect(address.port, '127.0.0.1')
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes
  })
  const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  socket.write(
    `POST /api/trades/sync HTTP/1.1\r\nhost: 127.0.0.1\r\nx-api-key: ${s.ea}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 3)}`,
  )
  const before = arrived
  await until(() => arrived > before || text !== '')
  return async () => {
    socket.write(body.slice(3))
    await ended
    const [head = '', answer = ''] = text.split('\r\n\r\n')
    return {
      status: Number(head.split(' ')[1]),
      body: JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)),
    }
  }
}

test('P8: a trade opened while the list was on its way is not closed by it, but by the next', async () => {
  await s.event('opened', row(1))
  const finish = await slowSync([row(1)])
  await s.event('opened', row(2))
  const { status, body } = await finish()
  expect({ status, closed: body.reconciliation.closed_trades }).toEqual({ status: 200, closed: 0 })
  expect(await s.trades()).toMatchObject({ 1: { status: 'open' }, 2: { status: 'open' } })
  expect((await s.sync([row(1)])).body.reconciliation.closed_trades).toBe(1)
})

test('P8: a trade closed while the list was on its way is not reopened by it, and nothing is called drifted', async () => {
  await s.event('opened', row(1))
  const finish = await slowSync([row(1)])
  await s.event('closed', { ticket: 1, close_price: 1.1, profit: 1 })
  expect((await finish()).body.reconciliation.changes).toEqual([])
  expect(await s.trades()).toMatchObject({ 1: { status: 'closed' } })
  expect((await s.system()).connections.details[0].drifted).toBe(false)
})

test('P8: stops modified while the list was on its way are not turned back by it', async () => {
  await s.event('opened', row(1, { sl: 1.08 }))
  const finish = await slowSync([row(1, { sl: 1.08 })])
  await s.event('modified', { ticket: 1, sl: 1.085 })
  await finish()
  expect(await s.trades()).toMatchObject({ 1: { sl: 1.085 } })
  await s.sync([row(1, { sl: 1.086 })])
  expect(await s.trades()).toMatchObject({ 1: { sl: 1.086 } })
})

test('P8: the order of arrival outlives a picture that was lost with the database', async () => {
  await s.event('opened', row(1))
  await s.event('opened', row(4))
  const finish = await slowSync([row(1), row(4)])
  await s.event('opened', row(2))
  await s.event('closed', { ticket: 4, close_price: 1.1, profit: 1 })
  const cut = proxy.cut('ngtb commit', 'request', isCommit)
  expect((await s.log('lost')).status).toBe(503)
  await cut
  expect((await finish()).body.reconciliation).toMatchObject({ closed_trades: 0, changes: [] })
  expect(await s.trades()).toMatchObject({
    1: { status: 'open' },
    2: { status: 'open' },
    4: { status: 'closed' },
  })
  expect((await s.sync([row(2)])).body.reconciliation.closed_trades).toBe(1)
})

test('P8: a list whose own step had to be repeated judges as if it had not', async () => {
  await s.event('opened', row(1))
  await s.event('opened', row(2))
  const cut = proxy.cut('ngtb commit', 'request', isCommit)
  expect((await s.sync([row(1)])).status).toBe(503)
  await cut
  expect((await s.sync([row(1)])).body.reconciliation.closed_trades).toBe(1)
})
