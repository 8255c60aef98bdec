// A person at port 9905, as a browser is: his cookie, his csrf token, the Origin of the page.
import { generateSync } from 'otplib'
import { UNLIMITED } from './doors.ts'
import { type Answer, type TestServer, testServer } from './server.ts'

export const PASSWORD = 'seven wet hedgehogs sing'
export const ORIGIN = 'http://127.0.0.1'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface House {
  readonly t: TestServer
  readonly now: () => number
  /** Lets time go on. Nothing of the house's own clocks rings: people's times are all compared, not waited for. */
  pass(ms: number): void
}

export async function houseOfPeople(env: Record<string, string> = {}): Promise<House> {
  let now = Date.UTC(2026, 0, 5, 12)
  const clock = { now: () => now }
  const timers = { after: () => ({ cancel() {} }) }
  const t = await testServer({ env: { ...UNLIMITED, ...env }, clock, timers })
  return {
    t,
    now: clock.now,
    pass: (ms) => {
      now += ms
    },
  }
}

/** The code that the authenticator shows, `steps` half minutes from now. */
export const codeAt = (secret: string, now: number, steps = 0): string =>
  generateSync({ secret, epoch: Math.floor(now / 1000) + steps * 30 })

export class Browser {
  cookie = ''
  csrf = ''
  secret = ''
  recovery_codes: string[] = []
  readonly house: House
  readonly name: string
  readonly address: string

  constructor(house: House, name: string, address = '127.0.0.1') {
    this.house = house
    this.name = name
    this.address = address
  }

  /** One request as the page makes it; `headers` replace what it would send, '' leaves one out. */
  async ask(
    method: Method,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const sent = {
      ...{ cookie: this.cookie, 'x-csrf-token': this.csrf, origin: ORIGIN, 'user-agent': 'a test' },
      ...headers,
    }
    const kept = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== ''))
    const answer = await this.house.t.call('webui', method, path, { body, headers: kept })
    const given = answer.headers['set-cookie']
    if (typeof given === 'string') this.cookie = given.split(';', 1)[0] ?? ''
    if (typeof answer.body?.csrf_token === 'string') this.csrf = answer.body.csrf_token
    return answer
  }

  setup(token: string, name?: string, password = PASSWORD): Promise<Answer> {
    return this.ask('POST', '/api/v1/setup', { token, password, ...(name === undefined ? {} : { name }) })
  }

  login(more: Record<string, unknown> = {}): Promise<Answer> {
    return this.ask('POST', '/api/v1/login', { name: this.name, password: PASSWORD, ...more })
  }

  code(steps = 0): string {
    return codeAt(this.secret, this.house.now(), steps)
  }

  /** The second factor, so that a trader may trade. */
  async enrol(): Promise<this> {
    const { body } = await this.ask('POST', '/api/v1/session/totp')
    this.secret = body.secret
    const done = await this.ask('POST', '/api/v1/session/totp/confirm', { code: this.code() })
    if (done.status !== 200) throw new Error(JSON.stringify(done.body))
    this.recovery_codes = done.body.recovery_codes
    return this
  }
}

/** Somebody with this role, logged in; with the second factor where he needs one. */
export async function person(
  house: House,
  name: string,
  role: 'viewer' | 'trader' | 'admin',
): Promise<Browser> {
  const { people } = house.t.server.services
  const { token } = await people.invite(name, role, 'test')
  const browser = new Browser(house, name)
  const { status, body } = await browser.setup(token)
  if (status !== 201) throw new Error(JSON.stringify(body))
  return role === 'viewer' ? browser : browser.enrol()
}
