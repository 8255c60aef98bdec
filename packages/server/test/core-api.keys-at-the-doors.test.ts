// F36, P15: who may not come in, over every endpoint of the five tables.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  DOORS,
  type Door,
  expectRefusal,
  goodBody,
  knock,
  ledgerOf,
  pathOf,
  rowsOf,
  smallWorld,
  titled,
  type World,
} from './support/doors.ts'

let w: World
/** Keys that were good once, or look as if: each opens nothing. */
const bad: Record<string, string> = {}
const scoped: Record<string, string> = {}
beforeAll(async () => {
  w = await smallWorld()
  const { t, a } = w
  for (const scope of ['commands:read', 'commands:open', 'commands:close'])
    scoped[scope] = await t.key([scope])
  bad.nonsense = 'nonsense'
  bad.unknown = `ngt_live_aaaaaaaaaaaa_${'A'.repeat(43)}`
  bad['EA key with another secret'] = `${a.ea_key.slice(0, 23)}${'A'.repeat(42)}x`.slice(0, a.ea_key.length)
  bad['admin key with another secret'] = `${w.admin.slice(0, -1)}${w.admin.endsWith('A') ? 'B' : 'A'}`
  bad['SQL injection'] = "ngt_live_'or'1'='1_--"
  bad['revoked admin key'] = await t.key(['admin'])
  bad['revoked EA key'] = await t.key(['ea:session'], a.login)
  bad['expired admin key'] = await t.key(['admin'])
  bad['expired EA key'] = await t.key(['ea:session'], a.login)
  for (const kind of ['admin', 'EA']) {
    const id = (key = '') => key.split('_')[2] ?? ''
    await t.server.services.keys.revoke(id(bad[`revoked ${kind} key`]), 'test')
    await rowsOf(t, `update api_key set expires_at = to_timestamp(0) where key_id = $1`, [
      id(bad[`expired ${kind} key`]),
    ])
  }
})
afterAll(() => w.t.stop())

const isPlain = ({ endpoint: { access } }: Door) =>
  access === 'ea' || access === 'connect' || access === 'either'
const guarded = DOORS.filter(({ endpoint }) => endpoint.access !== 'open')

/** Does it and looks whether the ledger stayed as it was. */
async function withoutTrace(what: () => Promise<void>): Promise<void> {
  const before = await ledgerOf(w.t)
  await what()
  expect(await ledgerOf(w.t)).toEqual(before)
}

describe.each(titled(guarded))('F36 %s', (_, door) => {
  test('no key: 401, on EA doors 403; a keyless connect of a known login changes nothing', () =>
    withoutTrace(async () => {
      const answer = await knock(w.t, door, pathOf(door, w.a), { body: goodBody(door, w.a) })
      if (door.endpoint.access === 'watch') {
        expect(answer.status).toBe(200)
        return
      }
      if (door.endpoint.access === 'connect') {
        expect(answer).toMatchObject({ status: 200, body: { status: 'success' } })
        expect(answer.body).not.toHaveProperty('api_key')
        expect(answer.body).not.toHaveProperty('session_id')
        return
      }
      expectRefusal(answer, 'no key')
      expect(answer.status).toBe(isPlain(door) ? 403 : 401)
      expect(answer.body.error ?? answer.body.code).toBe(
        isPlain(door) ? 'NGTB_EA_KEY_MISSING' : 'NGTB_KEY_MISSING',
      )
    }))

  test('a key that is wrong, revoked or expired: one and the same answer', () =>
    withoutTrace(async () => {
      const said = new Set<string>()
      for (const [about, key] of Object.entries(bad)) {
        const answer = await knock(w.t, door, pathOf(door, w.a), { key, body: goodBody(door, w.a) })
        expectRefusal(answer, about)
        expect(answer.status, about).toBe(isPlain(door) ? 403 : 401)
        said.add(answer.text.replaceAll(answer.body.request_id, 'ID'))
      }
      expect([...said]).toHaveLength(1)
    }))

  test('a key of another kind opens nothing', () =>
    withoutTrace(async () => {
      if (door.endpoint.access === 'either') return // both kinds are welcome; P15 below says whose
      const key = isPlain(door) ? w.a.admin_key : w.a.ea_key
      const answer = await knock(w.t, door, pathOf(door, w.a), { key, body: goodBody(door, w.a) })
      expectRefusal(answer, 'other kind')
      expect(answer.status).toBe(403)
    }))
})

describe.each(titled(DOORS.filter((door) => isPlain(door) && door.endpoint.body)))(
  'F36 %s by api_key in the body',
  (_, door) => {
    test('takes a good one, refuses a bad one', async () => {
      for (const key of Object.values(bad)) {
        const body = { ...goodBody(door, w.a), api_key: key }
        const answer = await knock(w.t, door, pathOf(door, w.a), { body })
        expectRefusal(answer, 'bad key in the body')
        expect(answer.text).not.toContain(key)
      }
      const body = { ...goodBody(door, w.a), api_key: w.a.ea_key }
      expect((await knock(w.t, door, pathOf(door, w.a), { body })).status).toBeLessThan(300)
    })
  },
)

describe.each(titled(DOORS.filter(({ endpoint }) => Array.isArray(endpoint.access))))('F36 %s', (_, door) => {
  test('a key without the scope: 403 NGTB_SCOPE, nothing done', () =>
    withoutTrace(async () => {
      const create = door.name === 'v1_command_create'
      const body = create
        ? {
            type: 'OPEN_TRADE',
            payload: { symbol: 'E', order_type: 'BUY', volume: 1 },
            command_id: 'scopeless',
          }
        : goodBody(door, w.a)
      const wanted = create ? ['commands:open'] : (door.endpoint.access as readonly string[])
      for (const [scope, key] of Object.entries(scoped)) {
        if (wanted.includes(scope)) continue
        const answer = await knock(w.t, door, pathOf(door, w.a), { key, body })
        expectRefusal(answer, scope)
        expect(answer).toMatchObject({ status: 403, body: { code: 'NGTB_SCOPE' } })
      }
    }))
})

const naming = DOORS.filter(({ endpoint }) => Array.isArray(endpoint.access) && endpoint.path.includes(':'))
describe.each(titled(naming))('P15 %s', (_, door) => {
  test('what belongs to B is to A as if it did not exist', () =>
    withoutTrace(async () => {
      const body = goodBody(door, w.a)
      const say = (path: string) => knock(w.t, door, path, { key: w.a.admin_key, body })
      const nameless = (text: string, names: string[]) =>
        names.reduce((told, name) => told.replaceAll(name, 'NAME'), text).replace(/"request_id":"[^"]+"/, '')
      for (const part of ['login', 'command_id', 'ticket', 'key_id'] as const) {
        if (!door.endpoint.path.includes(`:${part}`)) continue
        const unknown = { login: '31337', command_id: 'never-made', ticket: '31337', key_id: 'aaaaaaaaaaaa' }[
          part
        ]
        // A's and B's tickets are told apart, so that B's is not one of A's by chance.
        const foreign = await say(pathOf(door, w.a, { [part]: w.b[part] }))
        const nowhere = await say(pathOf(door, w.a, { [part]: unknown }))
        expectRefusal(foreign, `${part} of B`)
        expect(foreign.status).toBe(404)
        expect(nameless(foreign.text, [w.b[part]])).toBe(nameless(nowhere.text, [unknown]))
      }
    }))
})

describe('P15 EA doors', () => {
  test.each(titled(DOORS.filter((door) => isPlain(door) && door.endpoint.body)))(
    '%s: A key with the login of B is refused as with a login of nobody',
    (_, door) =>
      withoutTrace(async () => {
        const say = (account: string) =>
          knock(w.t, door, pathOf(door, w.a), { key: w.a.ea_key, body: { ...goodBody(door, w.a), account } })
        const [foreign, nowhere] = [await say(w.b.login), await say('31337')]
        expectRefusal(foreign, 'account of B')
        expect(foreign).toMatchObject({ status: 403, body: { error: 'NGTB_ACCOUNT_MISMATCH' } })
        expect(foreign.body.message).toBe(nowhere.body.message)
      }),
  )

  test.each(['command', 'webui'] as const)(
    'the status of a command of B on %s is a 404 for A',
    async (port) => {
      const path = (id: string) => `/api/command/${id}/status`
      for (const key of [w.a.ea_key, w.a.admin_key]) {
        const foreign = await w.t.call(port, 'GET', path(w.b.command_id), { key })
        const nowhere = await w.t.call(port, 'GET', path('never-made'), { key })
        expect([foreign.status, nowhere.status]).toEqual([404, 404])
        expect(foreign.body.message.replace(w.b.command_id, 'X')).toBe(
          nowhere.body.message.replace('never-made', 'X'),
        )
        expect((await w.t.call(port, 'GET', path(w.a.command_id), { key })).status).toBe(200)
      }
    },
  )

  test('a command of B can not be answered by A', () =>
    withoutTrace(async () => {
      const answer = await w.t.call('command', 'POST', '/api/command_response', {
        key: w.a.ea_key,
        body: { command_id: w.b.command_id, status: 'completed', response: {} },
      })
      expect(answer).toMatchObject({ status: 404, body: { error: 'NGTB_COMMAND_UNKNOWN' } })
    }))

  test('sync/force by a management key of A reaches A alone', async () => {
    const force = (account: unknown, key: string) =>
      w.t.call('trades', 'POST', '/api/trades/sync/force', { key, body: { account } })
    expect((await force(w.b.login, w.a.admin_key)).status).toBe(403)
    expect((await force(undefined, w.a.admin_key)).status).toBe(200)
    expect((await force(undefined, w.admin)).status).toBe(400)
    expect((await force('31337', w.admin)).status).toBe(404)
    expect((await force(w.b.login, w.admin)).status).toBe(200)
  })
})

describe('P15 a key of A sees A alone', () => {
  test.each(['/api/v1/accounts', '/api/v1/connections'])('%s', async (path) => {
    const { body } = await w.t.call('webui', 'GET', path, { key: w.a.admin_key })
    expect(body.items.map((item: { account_number: string }) => item.account_number)).toEqual([w.a.login])
  })
  test.each(['/api/v1/system/status', '/api/system/status'])('%s', async (path) => {
    const { body } = await w.t.call('webui', 'GET', path, { key: w.a.admin_key })
    expect(body.connections.total).toBe(1)
    expect(JSON.stringify(body)).not.toContain(w.b.login)
  })
  test('what concerns every account is refused to it', async () => {
    for (const name of [
      'v1_audit_all',
      'v1_audit_verify',
      'v1_keys',
      'v1_account_add',
      'v1_enrol',
      'v1_key_create',
    ]) {
      const door = DOORS.find((one) => one.name === name) as Door
      const answer = await knock(w.t, door, pathOf(door, w.a), {
        key: w.a.admin_key,
        body: goodBody(door, w.a),
      })
      expectRefusal(answer, name)
      expect(answer.status, name).toBe(403)
    }
    const forB = { scopes: ['commands:read'], account: w.b.login }
    expect((await w.t.call('webui', 'POST', '/api/v1/keys', { key: w.a.admin_key, body: forB })).status).toBe(
      404,
    )
  })
})

describe('keyless reads on loopback', () => {
  test.each([
    ['command', '/api/status'],
    ['webui', '/api/system/status'],
  ] as const)('%s %s: a foreign Host header is refused (DNS rebinding)', async (port, path) => {
    const say = (host: string) => w.t.call(port, 'GET', path, { headers: { host } })
    for (const host of ['127.0.0.1:9905', 'localhost', '[::1]:9905'])
      expect((await say(host)).status).toBe(200)
    for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil'])
      expect(await say(host)).toMatchObject({ status: 403, body: { error: 'NGTB_HOST' } })
  })
})
