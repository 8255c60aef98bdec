// A person's session: the token beside the cookie, refusals for a person to read, and one session for all accounts.
import { afterEach, expect, test } from 'vitest'
import { createClient, isRefusal, openSession } from '../src/index.ts'
import { type Peer, startPeer } from './support/peer.ts'

let peer: Peer
afterEach(() => peer.stop())

const VIEW = { session_id: 's1', csrf_token: 'token-1', scopes: ['admin'], must_enrol: false }
const answers = (match: string, body: unknown = VIEW, status = 200) =>
  peer.meets(match, { do: 'answer', status, body })
const problem = (code: string, status: number) => ({ code, status, detail: `because of ${code}` })

test('nothing is asked before the first call', async () => {
  peer = await startPeer()
  expect(openSession({ url: peer.url }).view).toBeNull()
  expect(peer.seen).toEqual([])
})

test('P1: what writes carries the newest csrf token, what reads carries none', async () => {
  peer = await startPeer()
  const session = openSession({ url: peer.url })
  answers('POST /api/v1/login')
  expect(await session.login({ name: 'ada', password: 'p' })).toEqual(VIEW)
  expect(session.view).toEqual(VIEW)
  answers('POST /api/v1/session/confirm', { ...VIEW, csrf_token: 'token-2' })
  await session.confirm({ password: 'p' })
  answers('PUT /api/v1/policy', { confirm_volume: 2 })
  await session.setPolicy({ confirm_volume: 2 })
  answers('GET /api/v1/policy', { confirm_volume: 2 })
  expect(await session.policy()).toEqual({ confirm_volume: 2 })
  expect(peer.seen.map(({ method, headers }) => [method, headers['x-csrf-token']])).toEqual([
    ['POST', undefined],
    ['POST', 'token-1'],
    ['PUT', 'token-2'],
    ['GET', undefined],
  ])
  expect(peer.seen.every(({ headers }) => headers.authorization === undefined)).toBe(true)
})

test('P2: a refused login says why, and is not repeated', async () => {
  peer = await startPeer()
  answers('POST /api/v1/login', problem('NGTB_CODE_NEEDED', 401), 401)
  const refused = await openSession({ url: peer.url })
    .login({ name: 'ada', password: 'p' })
    .catch((error: unknown) => error)
  expect(isRefusal(refused, 'NGTB_CODE_NEEDED')).toBe(true)
  expect(peer.seen).toHaveLength(1)
})

test('P2: a write that gets a 503 is not repeated, a read is', async () => {
  peer = await startPeer()
  const session = openSession({ url: peer.url, initial_delay_ms: 1, max_delay_ms: 2 })
  answers('POST /api/v1/people', problem('NGTB_DATABASE_DOWN', 503), 503)
  await expect(session.invite('bob', 'viewer')).rejects.toMatchObject({ status: 503 })
  expect(peer.seen).toHaveLength(1)
  answers('GET /api/v1/session', problem('NGTB_DATABASE_DOWN', 503), 503)
  answers('GET /api/v1/session')
  expect(await session.current()).toEqual(VIEW)
  expect(peer.seen).toHaveLength(3)
})

test('a refused confirmation leaves the session as it was', async () => {
  peer = await startPeer()
  const session = openSession({ url: peer.url })
  answers('GET /api/v1/session')
  await session.current()
  answers('POST /api/v1/session/confirm', problem('NGTB_LOGIN', 401), 401)
  await expect(session.confirm({ code: '000000' })).rejects.toThrow(/NGTB_LOGIN/)
  expect(session.view).toEqual(VIEW)
})

test('after logging out nothing is known of it, and no token goes out', async () => {
  peer = await startPeer()
  const session = openSession({ url: peer.url })
  answers('GET /api/v1/session')
  await session.current()
  answers('DELETE /api/v1/session', '', 204)
  await session.logout()
  expect(session.view).toBeNull()
  answers('POST /api/v1/login')
  await session.login({ name: 'ada', password: 'p' })
  expect(peer.seen.map(({ headers }) => headers['x-csrf-token'])).toEqual([undefined, 'token-1', undefined])
})

test('one session serves the clients of all accounts, with its token', async () => {
  peer = await startPeer({ logins: ['7', '8'] })
  const session = openSession({ url: peer.url })
  answers('GET /api/v1/session')
  await session.current()
  expect((await session.accounts().all()).map(({ account_number }) => account_number)).toEqual(['7', '8'])
  await createClient({ session, account: '7' }).closeAll()
  await createClient({ session, account: '8' }).closeAll()
  const wrote = peer.seen.filter(({ method }) => method === 'POST')
  expect(wrote.map(({ path }) => path)).toEqual([
    '/api/v1/accounts/7/commands',
    '/api/v1/accounts/8/commands',
  ])
  expect(wrote.map(({ headers }) => headers['x-csrf-token'])).toEqual(['token-1', 'token-1'])
})

test('ids go into paths as one piece', async () => {
  peer = await startPeer()
  answers('DELETE', '', 204)
  await openSession({ url: peer.url }).endSession('a/../b')
  expect(peer.seen[0]?.path).toBe('/api/v1/sessions/a%2F..%2Fb')
})
