// What a person may do: by role, by second factor, by a fresh word; and that it is told of him (W1–W4).
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemIds } from '../src/platform/ids.ts'
import { verifyAudit } from '../src/services/audit.ts'
import { PERSON_DOORS } from './support/doors.ts'
import { Browser, type House, houseOfPeople, PASSWORD, person } from './support/people.ts'

const LOGIN = '4242'
const COMMANDS = `/api/v1/accounts/${LOGIN}/commands`
const order = (volume: number, type = 'OPEN_TRADE') => ({
  type,
  payload: { symbol: 'EURUSD', order_type: 'BUY', volume },
  command_id: systemIds.uuid(),
})

let house: House
beforeEach(async () => {
  house = await houseOfPeople()
  await house.t.enrol(LOGIN)
})
afterEach(async () => {
  // Whatever people did, the ledger is the fold of its events (P13).
  expect((await verifyAudit(house.t.store, systemIds)).problems).toEqual([])
  await house.t.stop()
})

const later = () => house.pass(5 * 60_000)

describe('by role (W1, W2)', () => {
  test('a viewer reads and does nothing else', async () => {
    const vera = await person(house, 'vera', 'viewer')
    expect((await vera.ask('GET', COMMANDS)).status).toBe(200)
    expect((await vera.ask('POST', COMMANDS, order(0.1))).body.code).toBe('NGTB_SCOPE')
    expect((await vera.ask('POST', COMMANDS, { type: 'CLOSE_ALL', command_id: 'x' })).status).toBe(403)
    for (const path of ['/api/v1/keys', '/api/v1/people', '/api/v1/audit'])
      expect((await vera.ask('GET', path)).body.code).toBe('NGTB_SCOPE')
  })

  test('a trader trades once his second factor is set; then in a session of another token', async () => {
    const { token } = await house.t.server.services.people.invite('tom', 'trader', 'test')
    const tom = new Browser(house, 'tom')
    await tom.setup(token)
    expect((await tom.ask('GET', COMMANDS)).status).toBe(200)
    expect((await tom.ask('POST', COMMANDS, order(0.1))).body.code).toBe('NGTB_ENROL_TOTP')
    const before = tom.cookie
    await tom.enrol()
    expect(tom.cookie).not.toBe(before)
    const made = await tom.ask('POST', COMMANDS, order(0.1))
    expect(made.status).toBe(201)
    const { events } = (await tom.ask('GET', `${COMMANDS}/${made.body.command_id}`)).body
    expect(events[0]).toMatchObject({ kind: 'command.created', actor: 'person:tom' })
    expect((await tom.ask('GET', '/api/v1/keys')).body.code).toBe('NGTB_SCOPE')
  })

  test('another role ends the sessions, and the next login has it', async () => {
    const tom = await person(house, 'tom', 'trader')
    const { person_id } = (await tom.ask('GET', '/api/v1/session')).body.person
    await house.t.server.services.people.change(person_id, { role: 'viewer' }, 'test')
    expect((await tom.ask('GET', '/api/v1/session')).status).toBe(401)
    house.pass(30_000)
    expect((await tom.login({ code: tom.code() })).body.scopes).toEqual(['commands:read'])
    expect((await tom.ask('POST', COMMANDS, order(0.1))).body.code).toBe('NGTB_SCOPE')
  })
})

describe('a fresh word (W3)', () => {
  test('is needed for CLOSE_ALL, lasts five minutes, and a wrong one is a failed attempt', async () => {
    const tom = await person(house, 'tom', 'trader')
    later()
    const close = () => tom.ask('POST', COMMANDS, { type: 'CLOSE_ALL', command_id: systemIds.uuid() })
    const confirm = (body: object) => tom.ask('POST', '/api/v1/session/confirm', body)
    expect((await close()).body.code).toBe('NGTB_CONFIRM')
    expect((await confirm({ password: 'wrong' })).body.code).toBe('NGTB_LOGIN')
    expect((await confirm({})).body.code).toBe('NGTB_BODY_INVALID')
    const code = tom.code()
    expect((await confirm({ code })).body.confirmed_until).not.toBeNull()
    expect((await close()).status).toBe(201)
    expect((await confirm({ code })).body.code).toBe('NGTB_LOGIN')
    later()
    expect((await close()).body.code).toBe('NGTB_CONFIRM')
    expect((await confirm({ password: PASSWORD })).status).toBe(200)
    expect((await close()).status).toBe(201)
  })

  test('is needed from the policy’s volume on, in a batch, too; never of a key', async () => {
    const [ada, tom] = [await person(house, 'ada', 'admin'), await person(house, 'tom', 'trader')]
    expect((await tom.ask('GET', '/api/v1/policy')).body).toEqual({ confirm_volume: null })
    expect((await tom.ask('PUT', '/api/v1/policy', { confirm_volume: 9 })).body.code).toBe('NGTB_SCOPE')
    expect((await ada.ask('PUT', '/api/v1/policy', { confirm_volume: 2 })).status).toBe(200)
    later()
    const code = async (body: object, path = COMMANDS) => (await tom.ask('POST', path, body)).body.code
    expect(await code(order(1.99))).toBeUndefined()
    expect(await code(order(2))).toBe('NGTB_CONFIRM')
    expect(await code({ ...order(2), type: undefined, command_type: 'OPEN_TRADE' })).toBe('NGTB_CONFIRM')
    expect(await code({ ...order(2), type: 'PLACE_PENDING' })).toBe('NGTB_CONFIRM')
    expect(await code({ commands: [order(1), order(3)] }, `${COMMANDS}/batch`)).toBe('NGTB_CONFIRM')
    const key = await house.t.key(['commands:open'])
    expect((await house.t.call('webui', 'POST', COMMANDS, { key, body: order(5) })).status).toBe(201)
    expect((await ada.ask('PUT', '/api/v1/policy', { confirm_volume: null })).body.code).toBe('NGTB_CONFIRM')
  })

  test('is needed for keys and people', async () => {
    const ada = await person(house, 'ada', 'admin')
    const key = { scopes: ['commands:read'] }
    expect((await ada.ask('POST', '/api/v1/keys', key)).status).toBe(201)
    later()
    const { person_id } = (await ada.ask('GET', '/api/v1/session')).body.person
    for (const [method, path, body] of [
      ['POST', '/api/v1/keys', key],
      ['POST', '/api/v1/people', { name: 'new', role: 'viewer' }],
      ['PATCH', `/api/v1/people/${person_id}`, { role: 'viewer' }],
      ['POST', `/api/v1/people/${person_id}/invite`, undefined],
      ['POST', '/api/v1/session/totp', undefined],
    ] as const)
      expect((await ada.ask(method, path, body)).body.code, path).toBe('NGTB_CONFIRM')
  })
})

describe('an admin and people', () => {
  test('invites, sees and changes them; a name is there once', async () => {
    const ada = await person(house, 'ada', 'admin')
    const made = await ada.ask('POST', '/api/v1/people', { name: 'Tom', role: 'trader' })
    expect(made.status).toBe(201)
    expect(made.body.link).toMatch(/^http:\/\/127\.0\.0\.1\/#\/setup\?token=[\w-]{43}$/)
    expect((await ada.ask('POST', '/api/v1/people', { name: 'tOM', role: 'admin' })).body.code).toBe(
      'NGTB_PERSON_EXISTS',
    )
    const listed = (await ada.ask('GET', '/api/v1/people?limit=1')).body
    expect(listed.items).toMatchObject([{ name: 'ada', totp: true }])
    const rest = (await ada.ask('GET', `/api/v1/people?cursor=${listed.next_cursor}`)).body
    expect(rest).toMatchObject({ items: [{ name: 'Tom', totp: false }], next_cursor: null })
    expect(JSON.stringify([listed, rest])).not.toMatch(/hash|secret|argon2/)
    const { person_id } = made.body.person
    expect((await ada.ask('PATCH', `/api/v1/people/${person_id}`, { disabled: true })).body.disabled).toBe(
      true,
    )
    const token = new URL(made.body.link).hash.split('token=')[1] ?? ''
    expect((await new Browser(house, 'Tom').setup(token)).body.code).toBe('NGTB_LINK_SPENT')
  })

  test('the last admin stays one (W4), whoever asks; a second one frees him', async () => {
    const ada = await person(house, 'ada', 'admin')
    const { person_id } = (await ada.ask('GET', '/api/v1/session')).body.person
    const path = `/api/v1/people/${person_id}`
    for (const body of [{ role: 'trader' }, { disabled: true }])
      expect((await ada.ask('PATCH', path, body)).body.code).toBe('NGTB_LAST_ADMIN')
    expect((await ada.ask('POST', `${path}/invite`)).body.code).toBe('NGTB_LAST_ADMIN')
    // Somebody who was invited can not log in yet, and is none.
    await house.t.server.services.people.invite('grace', 'admin', 'test')
    expect((await ada.ask('PATCH', path, { role: 'viewer' })).body.code).toBe('NGTB_LAST_ADMIN')
    const joan = await person(house, 'joan', 'admin')
    expect((await joan.ask('PATCH', path, { role: 'viewer' })).body.role).toBe('viewer')
  })

  test('two admins who disable each other at the same time: one stays', async () => {
    const [ada, joan] = [await person(house, 'ada', 'admin'), await person(house, 'joan', 'admin')]
    const id = async (of: Browser) => (await of.ask('GET', '/api/v1/session')).body.person.person_id
    const [a, j] = [await id(ada), await id(joan)]
    const { people } = house.t.server.services
    const outcomes = await Promise.allSettled([
      people.change(j, { disabled: true }, 'person:ada'),
      people.change(a, { disabled: true }, 'person:joan'),
    ])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await house.t.store.admins()).toHaveLength(1)
  })

  test('a reset takes password, factor and sessions away, and its link brings a person back', async () => {
    const [ada, tom] = [await person(house, 'ada', 'admin'), await person(house, 'tom', 'trader')]
    const { person_id } = (await tom.ask('GET', '/api/v1/session')).body.person
    const { link } = (await ada.ask('POST', `/api/v1/people/${person_id}/invite`)).body
    expect((await tom.ask('GET', '/api/v1/session')).status).toBe(401)
    expect((await tom.login()).body.code).toBe('NGTB_LOGIN')
    const back = await tom.setup(link.split('token=')[1], undefined, 'nine dry badgers whistle')
    expect(back.body).toMatchObject({
      person: { name: 'tom', role: 'trader', totp: false },
      must_enrol: true,
    })
  })

  test('a key of one account has nothing to do with people', async () => {
    const key = await house.t.key(['admin'], LOGIN)
    const call = (method: 'GET' | 'POST' | 'PUT', path: string, body?: object) =>
      house.t.call('webui', method, path, { key, ...(body ? { body } : {}) })
    expect((await call('GET', '/api/v1/people')).body.code).toBe('NGTB_SCOPE')
    expect((await call('POST', '/api/v1/people', { name: 'x', role: 'admin' })).body.code).toBe('NGTB_SCOPE')
    expect((await call('PUT', '/api/v1/policy', { confirm_volume: 1 })).body.code).toBe('NGTB_SCOPE')
  })
})

test('each door of a person refuses who is nobody, and what it can not read, in words', async () => {
  const vera = await person(house, 'vera', 'viewer')
  for (const { endpoint } of PERSON_DOORS) {
    const path = endpoint.path.replace(/:\w+/, 'nothing')
    const nobody = await new Browser(house, 'x').ask(endpoint.method, path, endpoint.body ? {} : undefined)
    if (endpoint.access === 'session') expect(nobody.body.code, path).toBe('NGTB_SESSION')
    if (!endpoint.body) continue
    for (const body of [{}, [], { password: 7 }, { unknown: 1 }, '{']) {
      const answer = await vera.ask(endpoint.method, path, body)
      expect(answer.status, `${path} ${JSON.stringify(body)}`).toBe(400)
      expect(answer.body.code, path).toMatch(/^NGTB_BODY_/)
    }
  }
})

test('every act of a person is an event of the system’s chain, by his name', async () => {
  const tom = await person(house, 'tom', 'viewer')
  await tom.login({ password: 'wrong' })
  await tom.login()
  await tom.ask('POST', '/api/v1/session/confirm', { password: PASSWORD })
  await tom.ask('DELETE', '/api/v1/session')
  const { items } = await house.t.store.auditOf(0, { limit: 100, after: null }, {})
  const told = items.reverse().filter(({ kind }) => /^(person|session)\./.test(kind))
  expect(told.map(({ kind, actor }) => `${kind} ${actor}`)).toEqual([
    'person.invited test',
    'person.link test',
    'person.joined person:tom',
    'person.login_failed person:tom',
    'session.ended person:tom',
    'person.logged_in person:tom',
    'person.confirmed person:tom',
    'session.ended person:tom',
  ])
  expect(JSON.stringify(items)).not.toMatch(/argon2|hedgehogs/)
})
