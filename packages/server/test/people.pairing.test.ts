// What an admin's page pairs an EA with, and what a one-time link says of itself.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '../src/config.ts'
import { systemIds } from '../src/platform/ids.ts'
import { addresses } from '../src/services/addresses.ts'
import { verifyAudit } from '../src/services/audit.ts'
import { Browser, type House, houseOfPeople, PASSWORD, person } from './support/people.ts'

let house: House
beforeEach(async () => {
  house = await houseOfPeople()
})
afterEach(() => house.t.stop())

describe('what a one-time link is for', () => {
  const look = (token: string) => new Browser(house, '').ask('POST', '/api/v1/setup/link', { token })

  test('the first admin chooses a name, who was invited has one; looking spends nothing', async () => {
    const { people } = house.t.server.services
    const first = await people.firstLink()
    expect(await look(first?.token ?? '')).toMatchObject({
      status: 200,
      body: { kind: 'first_admin', name: null, role: 'admin' },
    })
    const { token } = await people.invite('Grace', 'trader', 'cli')
    for (let n = 0; n < 6; n++)
      expect((await look(token)).body).toMatchObject({ kind: 'invitation', name: 'Grace', role: 'trader' })
    expect((await new Browser(house, 'grace').setup(token)).status).toBe(201)
    expect(await look(token)).toMatchObject({ status: 410, body: { code: 'NGTB_LINK_SPENT' } })
  })

  test('a link of somebody who was disabled, or of a first admin who is there, is spent; guesses are throttled', async () => {
    const { people } = house.t.server.services
    const first = await people.firstLink()
    await person(house, 'ada', 'admin')
    expect((await look(first?.token ?? '')).body.code).toBe('NGTB_LINK_SPENT')
    const { token, person: eve } = await people.invite('eve', 'viewer', 'cli')
    await people.change(eve.person_id, { disabled: true }, 'cli')
    expect((await look(token)).body.code).toBe('NGTB_LINK_SPENT')
    for (let n = 0; n < 3; n++) await look('nonsense')
    expect((await look('nonsense')).body.code).toBe('NGTB_LOGIN_LATER')
  })
})

describe('pairing', () => {
  const pair = (browser: Browser, body: Record<string, unknown>) =>
    browser.ask('POST', '/api/v1/pairings', body)
  const connect = async (key: string) =>
    (await house.t.call('command', 'POST', '/api/connect', { key, body: { account: '4711' } })).status

  test('one key and the URLs; pairing again exchanges it, and the old works until the new is used', async () => {
    const ada = await person(house, 'ada', 'admin')
    const one = await pair(ada, { account: '4711', broker: 'Somebroker', host: 'vps.example' })
    expect(one).toMatchObject({
      status: 201,
      body: {
        account_number: '4711',
        replaced: null,
        ways: [{ host: 'vps.example' }, { host: '127.0.0.1' }],
      },
    })
    const [{ server_url, urls }] = one.body.ways
    expect(urls).toHaveLength(4)
    expect(urls[0]).toBe(server_url)
    const two = await pair(ada, { account: '4711' })
    expect(two.body.replaced).toBe(one.body.key_id)
    expect(await connect(two.body.api_key)).toBe(200)
    expect(await connect(one.body.api_key)).toBe(403)
    const three = await pair(ada, { account: '4711' })
    expect(await connect(two.body.api_key)).toBe(200)
    expect(await connect(three.body.api_key)).toBe(200)
    expect(await connect(two.body.api_key)).toBe(403)
    const { items } = await house.t.store.auditOf(1, { limit: 100, after: null }, { kind: 'key.created' })
    expect(items.map(({ actor }) => actor)).toEqual(['person:ada', 'person:ada', 'person:ada'])
    expect((await verifyAudit(house.t.store, systemIds)).problems).toEqual([])
  })

  test('takes a fresh word, and so do an account’s first key and an enrolment; a trader may do none of it', async () => {
    const ada = await person(house, 'ada', 'admin')
    const tom = await person(house, 'tom', 'trader')
    const asked = [
      ['/api/v1/pairings', { account: '4711' }],
      ['/api/v1/accounts', { account: '4712' }],
      ['/api/v1/enrolments', { account: '4713' }],
    ] as const
    for (const [path, body] of asked)
      expect((await tom.ask('POST', path, body)).body.code, path).toBe('NGTB_SCOPE')
    expect((await tom.ask('GET', '/api/v1/system/addresses')).body.code).toBe('NGTB_SCOPE')
    house.pass(6 * 60_000)
    for (const [path, body] of asked)
      expect((await ada.ask('POST', path, body)).body.code, path).toBe('NGTB_CONFIRM')
    expect((await ada.ask('POST', '/api/v1/session/confirm', { password: PASSWORD })).status).toBe(200)
    for (const [path, body] of asked) expect((await ada.ask('POST', path, body)).status, path).toBe(201)
  })

  const boundAdmin = async (login: string) => {
    await house.t.enrol(login)
    return house.t.key(['admin'], login)
  }

  test('wrong input is refused in words', async () => {
    const ada = await person(house, 'ada', 'admin')
    expect(await pair(ada, { account: 'abc' })).toMatchObject({ status: 422 })
    expect(await pair(ada, { account: '1', host: 'http://x/' })).toMatchObject({ status: 400 })
    const bound = await boundAdmin('99')
    const answer = await house.t.call('webui', 'POST', '/api/v1/pairings', {
      key: bound,
      body: { account: 5 },
    })
    expect(answer).toMatchObject({ status: 403, body: { code: 'NGTB_SCOPE' } })
  })
})

test('addresses: the names that it was given, its cards, and itself; never what only this link knows', () => {
  const cards = [
    { via: 'lo', address: '127.0.0.1', family: 'IPv4', internal: true },
    { via: 'eth0', address: '10.0.0.7', family: 'IPv4', internal: false },
    { via: 'eth0', address: 'fd00::7', family: 'IPv6', internal: false },
    { via: 'eth1', address: '169.254.3.3', family: 'IPv4', internal: false },
  ]
  const hosts = (env: Record<string, string>) =>
    addresses(readConfig({ NGTB_INSECURE_HTTP: '1', ...env }), cards).map(({ host }) => host)
  expect(hosts({})).toEqual(['127.0.0.1'])
  expect(hosts({ NGTB_BIND: '0.0.0.0', NGTB_PUBLIC_HOST: 'vps.example' })).toEqual([
    'vps.example',
    '10.0.0.7',
    '127.0.0.1',
  ])
  expect(hosts({ NGTB_BIND: '::' })).toEqual(['10.0.0.7', 'fd00::7', '127.0.0.1'])
  expect(hosts({ NGTB_BIND: '10.0.0.7' })).toEqual(['10.0.0.7'])
})
