// People at the door: the first admin, the login, the second factor, and how fast somebody may guess (N1–N4, I1–I3).
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Browser, codeAt, type House, houseOfPeople, PASSWORD, person } from './support/people.ts'

let house: House
beforeEach(async () => {
  house = await houseOfPeople()
})
afterEach(() => house.t.stop())

const people = () => house.t.server.services.people
const events = async (kind: string) =>
  (await house.t.store.auditOf(0, { limit: 500, after: null }, { kind })).items

describe('the first admin (I2)', () => {
  test('comes by the link of the newest start, once, and must set a second factor', async () => {
    const old = await people().firstLink()
    const link = await people().firstLink()
    const ada = new Browser(house, 'ada')
    expect((await ada.setup(old?.token ?? '', 'ada')).body.code).toBe('NGTB_LINK_SPENT')
    const { status, body, headers } = await ada.setup(link?.token ?? '', 'ada')
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        person: { name: 'ada', role: 'admin', totp: false, disabled: false },
        must_enrol: true,
        scopes: ['commands:read'],
      },
    })
    expect(String(headers['set-cookie'])).toMatch(/^ngt=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
    expect((await new Browser(house, 'eve').setup(link?.token ?? '', 'eve')).status).toBe(410)
    expect(await people().firstLink()).toBeNull()
  })

  test('a link is worth nothing after a day', async () => {
    const link = await people().firstLink()
    house.pass(24 * 3_600_000)
    expect((await new Browser(house, 'ada').setup(link?.token ?? '', 'ada')).body.code).toBe(
      'NGTB_LINK_SPENT',
    )
  })

  test('is not made while somebody is invited to be one; the invitation names whom it is for', async () => {
    const { token } = await people().invite('Grace', 'admin', 'cli')
    expect(await people().firstLink()).toBeNull()
    const browser = new Browser(house, 'grace')
    expect((await browser.setup(token, 'mallory')).body).toMatchObject({ code: 'NGTB_BODY_INVALID' })
    expect((await browser.setup(token, 'GRACE')).status).toBe(201)
  })

  test('a password that is too easy is refused in words, and the link stays good', async () => {
    const link = await people().firstLink()
    const ada = new Browser(house, 'adalovelace')
    for (const password of ['short', 'adalovelace-2026', 'Password1234!!', 'x'.repeat(129)])
      expect((await ada.setup(link?.token ?? '', 'adalovelace', password)).body.code).toBe('NGTB_PASSWORD')
    expect((await ada.setup(link?.token ?? '', 'adalovelace')).status).toBe(201)
  })
})

describe('login', () => {
  test('a viewer needs no second factor; name in any case; what is wrong is one sentence', async () => {
    await person(house, 'Vera', 'viewer')
    const vera = new Browser(house, 'vera')
    const wrong = await vera.login({ password: 'another password' })
    const nobody = await new Browser(house, 'nobody').login()
    expect(wrong.status).toBe(401)
    expect({ ...nobody.body, request_id: '' }).toEqual({ ...wrong.body, request_id: '' })
    const { status, body } = await vera.login()
    expect(status).toBe(200)
    expect(body).toMatchObject({ person: { name: 'Vera' }, must_enrol: false })
    expect((await vera.ask('GET', '/api/v1/session')).body.session_id).toBe(body.session_id)
    expect((await events('person.login_failed')).map(({ actor, data }) => [actor, data.wrong])).toEqual([
      ['nobody', 'name'],
      ['person:Vera', 'password'],
    ])
  })

  test('a trader needs a code; each code once, also in many requests at the same time (N3)', async () => {
    const trader = await person(house, 'tom', 'trader')
    expect((await trader.login()).body.code).toBe('NGTB_CODE_NEEDED')
    // The one that set the factor up was used with that.
    expect((await trader.login({ code: trader.code() })).body.code).toBe('NGTB_LOGIN')
    house.pass(30_000)
    const code = trader.code()
    const many = Array.from({ length: 3 }, () => new Browser(house, 'tom').login({ code }))
    const answers = (await Promise.all(many)).map(({ status }) => status).sort()
    expect(answers).toEqual([200, 401, 401])
    expect((await trader.login({ code: codeAt(trader.secret, house.now(), 3) })).status).toBe(401)
  })

  test('a recovery code stands in for a lost factor, once', async () => {
    const trader = await person(house, 'tom', 'trader')
    const [recovery_code = ''] = trader.recovery_codes
    expect(trader.recovery_codes).toHaveLength(10)
    expect((await trader.login({ recovery_code: recovery_code.toLowerCase() })).status).toBe(200)
    expect((await trader.login({ recovery_code })).status).toBe(401)
    const stored = await house.t.store.personByName('tom')
    expect(JSON.stringify(stored)).not.toContain(recovery_code)
    expect(stored?.recovery_hashes).toHaveLength(9)
  })

  test('a disabled person is nobody', async () => {
    const vera = await person(house, 'vera', 'viewer')
    const { person_id } = (await vera.ask('GET', '/api/v1/session')).body.person
    await people().change(person_id, { disabled: true }, 'test')
    expect((await vera.ask('GET', '/api/v1/session')).body.code).toBe('NGTB_SESSION')
    expect((await vera.login()).body.code).toBe('NGTB_LOGIN')
  })

  test('a login takes the place of the session that the browser had', async () => {
    const vera = await person(house, 'vera', 'viewer')
    const before = vera.cookie
    await vera.login()
    expect(vera.cookie).not.toBe(before)
    expect((await vera.ask('GET', '/api/v1/session', undefined, { cookie: before })).status).toBe(401)
  })
})

describe('guessing (N2)', () => {
  test('five failures, then a wait that doubles; the right password does not help, and time does', async () => {
    await person(house, 'vera', 'viewer')
    const vera = new Browser(house, 'vera')
    for (let n = 0; n < 5; n++) expect((await vera.login({ password: 'wrong' })).status).toBe(401)
    const waited = await vera.login()
    expect(waited).toMatchObject({ status: 429, body: { code: 'NGTB_LOGIN_LATER' } })
    expect(waited.headers['retry-after']).toBe('30')
    house.pass(30_000)
    expect((await vera.login({ password: 'wrong' })).status).toBe(401)
    expect((await vera.login()).headers['retry-after']).toBe('60')
    house.pass(60_000)
    expect((await vera.login()).status).toBe(200)
  })

  test('a right password buys no more guesses at codes, from wherever it is tried', async () => {
    const behind = await houseOfPeople({ NGTB_TRUSTED_PROXY: '127.0.0.1' })
    const trader = await person(behind, 'tom', 'trader')
    behind.pass(15 * 60_000)
    let from = 0
    const login = async (more: object) =>
      trader.ask(
        'POST',
        '/api/v1/login',
        { name: 'tom', password: PASSWORD, ...more },
        {
          'x-forwarded-for': `192.0.2.${++from}`,
        },
      )
    const seen: number[] = []
    for (let n = 0; n < 8; n++) {
      expect([401, 429]).toContain((await login({})).status)
      seen.push((await login({ code: codeAt(trader.secret, behind.now(), 100 + n) })).status)
    }
    expect(seen).toEqual([401, 401, 401, 401, 401, 429, 429, 429])
    behind.pass(30_000)
    // It does not cost one either: the wait that is over stays over.
    expect((await login({})).body.code).toBe('NGTB_CODE_NEEDED')
    expect((await login({ code: trader.code() })).status).toBe(200)
    await behind.t.stop()
  })

  test('many names from one address are one guesser; many at once are no way around', async () => {
    const many = Array.from({ length: 20 }, (_, n) => new Browser(house, `nobody-${n}`).login())
    const answers = (await Promise.all(many)).map(({ status }) => status)
    expect(answers.filter((status) => status === 401)).toHaveLength(5)
    expect(answers.filter((status) => status === 429)).toHaveLength(15)
  })
})

test('what a browser must not do: a page of another origin, or by a name that is not ours', async () => {
  await person(house, 'vera', 'viewer')
  const vera = new Browser(house, 'vera')
  const say = (headers: Record<string, string>) =>
    vera.ask('POST', '/api/v1/login', { name: 'vera', password: PASSWORD }, headers)
  expect((await say({ origin: 'http://evil.example' })).body.code).toBe('NGTB_HOST')
  expect((await say({ origin: '', 'sec-fetch-site': 'cross-site' })).body.code).toBe('NGTB_CSRF')
  expect((await say({ host: 'evil.example', origin: 'http://evil.example' })).body.code).toBe('NGTB_HOST')
  expect((await say({})).status).toBe(200)
})

test('over TLS, or behind a proxy, the cookie is bound to this host and never sent in plain text', async () => {
  const behind = await houseOfPeople({ NGTB_TRUSTED_PROXY: '127.0.0.1' })
  const vera = await person(behind, 'vera', 'viewer')
  expect(vera.cookie).toMatch(/^__Host-ngt=[\w-]{43}$/)
  const { headers } = await vera.login()
  expect(String(headers['set-cookie'])).toMatch(/; Path=\/; HttpOnly; SameSite=Strict; Secure$/)
  await behind.t.stop()
})
