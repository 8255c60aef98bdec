// A person's session: what it needs of the browser, how it ends, and what it takes a second word for.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import WebSocket from 'ws'
import { type Browser, type House, houseOfPeople, ORIGIN, PASSWORD, person } from './support/people.ts'

let house: House
beforeEach(async () => {
  house = await houseOfPeople()
})
afterEach(() => house.t.stop())

const SESSION = '/api/v1/session'

describe('the cookie proves nothing of who asks (C2)', () => {
  let vera: Browser
  beforeEach(async () => {
    vera = await person(house, 'vera', 'viewer')
  })
  const code = async (headers: Record<string, string>) =>
    (await vera.ask('POST', `${SESSION}/totp`, undefined, headers)).body.code

  test('what changes something carries the session’s own token, from a page of ours', async () => {
    expect(await code({ 'x-csrf-token': '' })).toBe('NGTB_CSRF')
    expect(await code({ 'x-csrf-token': 'A'.repeat(43) })).toBe('NGTB_CSRF')
    expect(await code({ origin: '' })).toBe('NGTB_CSRF')
    expect(await code({ origin: 'http://evil.example' })).toBe('NGTB_HOST')
    expect(await code({ origin: 'http://127.0.0.1:8080' })).toBe('NGTB_HOST')
    expect(await code({ origin: '', 'sec-fetch-site': 'same-site' })).toBe('NGTB_CSRF')
    expect(await code({ origin: '', 'sec-fetch-site': 'same-origin' })).toBeUndefined()
  })

  test('another’s token is not one’s own', async () => {
    const other = await person(house, 'victor', 'viewer')
    expect(await code({ 'x-csrf-token': other.csrf })).toBe('NGTB_CSRF')
  })

  test('by a name that is not ours nothing is read either', async () => {
    const { body } = await vera.ask('GET', SESSION, undefined, { host: 'evil.example', origin: '' })
    expect(body.code).toBe('NGTB_HOST')
  })

  test('where a key is given, the cookie does not count', async () => {
    const key = await house.t.key(['commands:read'])
    const read = (path: string) => vera.ask('GET', path, undefined, { authorization: `Bearer ${key}` })
    expect((await read('/api/v1/accounts')).status).toBe(200)
    expect((await read(SESSION)).body.code).toBe('NGTB_SESSION')
    const bad = await vera.ask('GET', '/api/v1/accounts', undefined, { authorization: 'Bearer nonsense' })
    expect(bad.body.code).toBe('NGTB_KEY_INVALID')
  })

  test('EA endpoints never take it', async () => {
    const headers = { cookie: vera.cookie, 'x-csrf-token': vera.csrf, origin: ORIGIN }
    const poll = await house.t.call('command', 'POST', '/api/get_commands', { headers, body: {} })
    expect(poll).toMatchObject({ status: 403, body: { error: 'NGTB_EA_KEY_MISSING' } })
  })
})

describe('its end', () => {
  test('half an hour without a request, twelve hours in any case', async () => {
    const vera = await person(house, 'vera', 'viewer')
    house.pass(29 * 60_000)
    expect((await vera.ask('GET', SESSION)).status).toBe(200)
    house.pass(30 * 60_000)
    expect((await vera.ask('GET', SESSION)).body.code).toBe('NGTB_SESSION')
    await vera.login()
    for (let n = 0; n < 12 * 4 - 1; n++) {
      house.pass(15 * 60_000)
      expect((await vera.ask('GET', SESSION)).status).toBe(200)
    }
    house.pass(15 * 60_000)
    expect((await vera.ask('GET', SESSION)).status).toBe(401)
  })

  test('logged out is logged out, for the copied cookie, too', async () => {
    const vera = await person(house, 'vera', 'viewer')
    const copy = vera.cookie
    expect((await vera.ask('DELETE', SESSION)).status).toBe(204)
    expect((await vera.ask('GET', SESSION, undefined, { cookie: copy })).status).toBe(401)
  })

  test('another password ends the others; the own one goes on with another token', async () => {
    const vera = await person(house, 'vera', 'viewer')
    const other = await person(house, 'other', 'viewer')
    await other.ask('POST', '/api/v1/login', { name: 'vera', password: PASSWORD })
    const change = (old_password: string, password = 'nine dry badgers whistle') =>
      vera.ask('POST', `${SESSION}/password`, { old_password, password })
    expect((await change('wrong')).body.code).toBe('NGTB_LOGIN')
    expect((await change(PASSWORD, 'password1234')).body.code).toBe('NGTB_PASSWORD')
    const before = vera.cookie
    expect((await change(PASSWORD)).status).toBe(204)
    expect(vera.cookie).not.toBe(before)
    expect((await vera.ask('GET', SESSION)).status).toBe(200)
    expect((await other.ask('GET', SESSION)).status).toBe(401)
    // What was under way with the token before is answered, and soon no more.
    expect((await vera.ask('GET', SESSION, undefined, { cookie: before })).status).toBe(200)
    house.pass(31_000)
    expect((await vera.ask('GET', SESSION, undefined, { cookie: before })).status).toBe(401)
  })

  test('one ends a session of one’s own; another’s does not exist; an admin ends any (P15)', async () => {
    const vera = await person(house, 'vera', 'viewer')
    const victor = await person(house, 'victor', 'viewer')
    const admin = await person(house, 'ada', 'admin')
    const id = async (of: Browser) => (await of.ask('GET', SESSION)).body.session_id as string
    const theirs = await id(victor)
    const end = (by: Browser, session_id: string) => by.ask('DELETE', `/api/v1/sessions/${session_id}`)
    const nameless = ({ body }: { body: object }) => ({ ...body, request_id: '' })
    const unknown = await end(vera, '00000000-0000-4000-8000-000000000000')
    expect(unknown.body.code).toBe('NGTB_SESSION_UNKNOWN')
    expect(nameless(await end(vera, theirs))).toEqual(nameless(unknown))
    const person_id = (await victor.ask('GET', SESSION)).body.person.person_id
    expect((await vera.ask('GET', `/api/v1/sessions?person=${person_id}`)).body.code).toBe('NGTB_SCOPE')
    expect((await vera.ask('GET', '/api/v1/sessions?person=all')).body.code).toBe('NGTB_SCOPE')
    expect((await vera.ask('GET', '/api/v1/sessions')).body.items).toMatchObject([
      { name: 'vera', current: true, agent: 'a test', address: '127.0.0.1' },
    ])
    expect((await admin.ask('GET', '/api/v1/sessions?person=all')).body.items).toHaveLength(3)
    expect((await end(admin, theirs)).status).toBe(204)
    expect((await victor.ask('GET', SESSION)).status).toBe(401)
  })
})

describe('/ws', () => {
  const open = (browser: Browser, headers: Record<string, string> = {}) => {
    const { port } = house.t.server.planes.webui.server.address() as { port: number }
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, {
      headers: { cookie: browser.cookie, origin: `http://127.0.0.1:${port}`, ...headers },
    })
    const seen = { closed: null as null | [number, string], refused: 0, said: [] as string[] }
    socket.on('message', (data) => seen.said.push(JSON.parse(String(data)).type))
    socket.on('close', (code, reason) => {
      seen.closed = [code, String(reason)]
    })
    socket.on('error', () => {})
    socket.on('unexpected-response', (_request, reply) => {
      seen.refused = reply.statusCode ?? 0
      socket.terminate()
    })
    const opened = new Promise((resolve) => socket.once('open', resolve))
    return { socket, seen, opened }
  }

  test('takes the cookie from our own page only', async () => {
    const vera = await person(house, 'vera', 'viewer')
    for (const origin of ['http://evil.example', 'null']) {
      const { seen } = open(vera, { origin })
      await vi.waitFor(() => expect(seen.refused).toBe(403))
    }
    const { socket, seen, opened } = open(vera)
    await opened
    socket.send(JSON.stringify({ type: 'subscribe', topics: ['trade'] }))
    await vi.waitFor(() => expect(seen.said).toContain('subscribed'))
    socket.terminate()
  })

  test('a session that was revoked loses its socket at once; one with a new token keeps it', async () => {
    const [vera, tom] = [await person(house, 'vera', 'viewer'), await person(house, 'tom', 'viewer')]
    const [gone, stays] = [open(vera), open(tom)]
    for (const { socket, seen, opened } of [gone, stays]) {
      await opened
      socket.send(JSON.stringify({ type: 'subscribe', topics: ['trade'] }))
      await vi.waitFor(() => expect(seen.said).toContain('subscribed'))
    }
    await tom.ask('POST', `${SESSION}/confirm`, { password: PASSWORD })
    const { session_id } = (await vera.ask('GET', SESSION)).body
    await house.t.server.services.people.sessions.revoke(session_id, null, 'test')
    await vi.waitFor(() => expect(gone.seen.closed).toEqual([4401, 'NGTB_SESSION']))
    house.pass(60_000)
    stays.socket.send(JSON.stringify({ type: 'subscribe', topics: ['log'] }))
    await vi.waitFor(() => expect(stays.seen.said).toHaveLength(2))
    expect(stays.seen.said[1]).toBe('subscribed')
    stays.socket.terminate()
  })
})
