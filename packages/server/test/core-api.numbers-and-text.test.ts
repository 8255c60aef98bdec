// F33, F34, R1: tickets and logins to the last digit; text stored exactly as it was said, or refused.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  DOORS,
  type Door,
  expectRefusal,
  fresh,
  knock,
  ledgerOf,
  pathOf,
  position,
  smallWorld,
  type World,
} from './support/doors.ts'

let w: World
beforeAll(async () => {
  w = await smallWorld()
})
afterAll(() => w.t.stop())

const door = (name: string) => DOORS.find((one) => one.name === name) as Door
const ea = (name: string, body: unknown) =>
  knock(w.t, door(name), door(name).endpoint.path, { key: w.a.ea_key, body })
const admin = (name: string, body: unknown) =>
  knock(w.t, door(name), pathOf(door(name), w.a), { key: w.admin, body })
const tradeOf = async (ticket: string) =>
  (await w.t.call('webui', 'GET', `/api/v1/accounts/${w.a.login}/trades/${ticket}`, { key: w.admin })).body

/** As JSON says them: digits without quotes, and with. */
const GOOD = ['1', '9007199254740991', '9007199254740992', '9007199254740993', '9223372036854775807']
const GOOD_TEXT = ['"2"', '"9007199254740990"', '"9007199254740994"', '"9223372036854775806"']
const BAD = [
  '0',
  '-1',
  '-9223372036854775808',
  '1.5',
  '9223372036854775808',
  '18446744073709551615',
  '1e300',
  '0.1',
  '4503599627370497.5',
  '99999999999999999999999999',
]
const BAD_TEXT = [
  ...BAD,
  '',
  '007',
  '00',
  '+1',
  ' 1',
  '1 ',
  '1e3',
  '0x10',
  '1n',
  '１',
  'abc',
  'NaN',
  'null',
  '-0',
]

describe('R1, F33 tickets', () => {
  test.each([...GOOD, ...GOOD_TEXT])('%s comes back to the last digit', async (said) => {
    const digits = said.replaceAll('"', '')
    const opened = await ea('trade_opened', JSON.stringify(position('T')).replace('"T"', said))
    expect(opened.status, opened.text).toBe(200)
    // A bare number while JavaScript holds it, else text.
    const bare = BigInt(digits) < 2n ** 53n ? digits : `"${digits}"`
    expect(opened.text).toContain(`"ticket":${bare}`)
    expect(await tradeOf(digits)).toMatchObject({ ticket: digits, status: 'open' })
    const synced = await ea(
      'trades_sync',
      JSON.stringify({ trades: [position('T', { sl: 1.01 })] }).replace('"T"', said),
    )
    expect(synced.text).toContain(`"ticket":${bare}`)
    expect(await tradeOf(digits)).toMatchObject({ ticket: digits, sl: 1.01 })
    const created = await admin(
      'v1_command_create',
      `{"type":"CLOSE_TRADE","payload":{"ticket":${said}},"command_id":"${fresh('close')}"}`,
    )
    expect(created).toMatchObject({ status: 201, body: { payload: { ticket: digits } } })
    const polled = await ea('get_commands', {})
    expect(polled.text).toContain(`"id":"${created.body.id}","type":"CLOSE_TRADE","ticket":${bare}`)
    const closed = await ea('trade_closed', `{"ticket":${said},"close_price":1.2}`)
    expect(closed.status).toBe(200)
    expect(await tradeOf(digits)).toMatchObject({ ticket: digits, status: 'closed' })
  })

  test.each([...BAD, ...BAD_TEXT.map((text) => JSON.stringify(text))])(
    '%s is a 422 on every door',
    async (said) => {
      const before = await ledgerOf(w.t)
      const bodies: [string, string][] = [
        ['trade_opened', JSON.stringify(position('T')).replace('"T"', said)],
        ['trade_closed', `{"ticket":${said},"close_price":1.2}`],
        ['trade_modified', `{"ticket":${said},"sl":1.2}`],
      ]
      for (const [name, body] of bodies) {
        const answer = await ea(name, body)
        expectRefusal(answer, `${name} ${said}`)
        expect(answer, `${name} ${answer.text}`).toMatchObject({
          status: 422,
          body: { error: 'NGTB_TICKET_INVALID' },
        })
      }
      for (const type of ['CLOSE_TRADE', 'MODIFY_TRADE']) {
        const stops = type === 'CLOSE_TRADE' ? '' : ',"sl":1,"tp":2'
        const answer = await admin(
          'v1_command_create',
          `{"type":"${type}","payload":{"ticket":${said}${stops}},"command_id":"${fresh('bad')}"}`,
        )
        expectRefusal(answer, `${type} ${said}`)
        expect(answer.status, answer.text).toBe(422)
      }
      const path = encodeURIComponent(said.replaceAll('"', ''))
      if (path !== '') {
        const shown = await w.t.call('webui', 'GET', `/api/v1/accounts/${w.a.login}/trades/${path}`, {
          key: w.admin,
        })
        expect(shown.status, path).toBe(422)
      }
      expect(await ledgerOf(w.t)).toEqual(before)
    },
  )

  test.each(BAD)('R10: %s in a row of a sync is named and spoils no other', async (said) => {
    const rows = `[${JSON.stringify(position('T')).replace('"T"', said)},${JSON.stringify(position(4711))}]`
    const answer = await ea('trades_sync', `{"trades":${rows}}`)
    expect(answer).toMatchObject({ status: 200, body: { rejected_rows: [{ index: 0 }] } })
    expect(await tradeOf('4711')).toMatchObject({ status: 'open' })
  })
})

describe('R1, F33 logins', () => {
  test.each([...GOOD.filter((digits) => !digits.endsWith('3')), ...GOOD_TEXT])(
    '%s enrols, and is called by its digits',
    async (said) => {
      const login = said.replaceAll('"', '')
      const hello = await knock(w.t, door('connect'), '/api/connect', {
        body: `{"account":${said},"broker":"Test"}`,
      })
      expect(hello, hello.text).toMatchObject({ status: 200, body: { status: 'success' } })
      const shown = await w.t.call('webui', 'GET', `/api/v1/accounts/${login}`, { key: w.admin })
      expect(shown).toMatchObject({ status: 200, body: { account_number: login } })
      const poll = await knock(w.t, door('get_commands'), '/api/get_commands', {
        key: hello.body.api_key,
        body: `{"account":${said}}`,
      })
      expect(poll.status).toBe(200)
    },
  )

  test.each([...BAD, ...BAD_TEXT.map((text) => JSON.stringify(text))])('%s is a 422', async (said) => {
    const before = await ledgerOf(w.t)
    for (const [name, key] of [
      ['connect', undefined],
      ['connect', w.a.ea_key],
      ['get_commands', w.a.ea_key],
      ['v1_account_add', w.admin],
      ['v1_enrol', w.admin],
    ] as const) {
      const answer = await knock(w.t, door(name), door(name).endpoint.path, {
        body: `{"account":${said}}`,
        ...(key ? { key } : {}),
      })
      expectRefusal(answer, `${name} ${said}`)
      expect(answer.status, `${name} ${answer.text}`).toBe(422)
    }
    const keyed = await admin('v1_key_create', `{"scopes":["commands:read"],"account":${said}}`)
    expect(keyed.status, keyed.text).toBe(422)
    const login = encodeURIComponent(said.replaceAll('"', ''))
    if (login !== '') {
      const shown = await w.t.call('webui', 'GET', `/api/v1/accounts/${login}/commands`, { key: w.admin })
      expect(shown.status, login).toBe(422)
    }
    expect(await ledgerOf(w.t)).toEqual(before)
  })
})

const TEXTS = {
  'SQL injection': "'; drop table command; --",
  'SQL comment': "a' or '1'='1' /*",
  'path traversal': '../../../../etc/passwd',
  emoji: 'to the moon 🚀👩‍🚀',
  'right to left': '\u202eمرحبا\u202c',
  combining: 'Z\u0351\u036b\u0343a\u0325',
  html: '<img src=x onerror=alert(1)>',
  template: '$\u007bjndi:ldap://x} {{7*7}} %s %n',
  backslashes: 'C:\\new\\table\\"quoted"',
  'log injection': 'line\r\n{"level":"fatal"}\u001b[31m',
  'line separators': 'a\u2028b\u2029c\u0085d',
  'private use': '\ue000\u{10ffff}',
  'escaped NUL': '\\u0000',
  'five hundred': 'x'.repeat(500),
}
const control = { test: (text: string) => [...text].some((sign) => sign < ' ' || sign === '\u007f') }

describe.each(Object.entries(TEXTS))('F34, F35 text: %s', (_, text) => {
  const longer = (than: number) => [...text].length > than

  test('in a log line, its details and the search for it', async () => {
    const said = await ea('log', { level: 'INFO', message: text, details: { [text]: [text] } })
    expect(said.status, said.text).toBe(200)
    const search = longer(256) ? text.slice(0, 256) : text
    const path = `/api/v1/accounts/${w.a.login}/logs?limit=1&search=${encodeURIComponent(search)}`
    const { body } = await w.t.call('webui', 'GET', path, { key: w.admin })
    expect(body.items[0]).toMatchObject({ message: text, details: { [text]: [text] } })
  })

  test('in the comment and symbol of a trade', async () => {
    const ticket = String(50_000 + Object.values(TEXTS).indexOf(text))
    const commented = await ea('trade_opened', position(ticket, { comment: text }))
    expect(commented.status, commented.text).toBe(longer(256) ? 400 : 200)
    if (!longer(256)) expect(await tradeOf(ticket)).toMatchObject({ comment: text })
    const named = await ea('trade_opened', position(`9${ticket}`, { symbol: text }))
    const fits = !longer(32) && !control.test(text)
    expect(named.status, named.text).toBe(fits ? 200 : 400)
    if (!fits) return
    expect(await tradeOf(`9${ticket}`)).toMatchObject({ symbol: text })
    const path = `/api/v1/accounts/${w.a.login}/trades?symbol=${encodeURIComponent(text)}`
    const { body } = await w.t.call('webui', 'GET', path, { key: w.admin })
    expect(body.items).toHaveLength(1)
  })

  test('in the reason of a close, a broker, a label', async () => {
    const ticket = String(60_000 + Object.values(TEXTS).indexOf(text))
    const closed = await ea('trade_closed', { ticket, close_price: 1, close_reason: text })
    expect(closed.status, closed.text).toBe(longer(256) ? 400 : 200)
    if (longer(256)) return
    expect(await tradeOf(ticket)).toMatchObject({ close_reason: text })
    expect((await ea('connect', { account: w.a.login, broker: text, platform: text })).status).toBe(200)
    const shown = await w.t.call('webui', 'GET', `/api/v1/accounts/${w.a.login}`, { key: w.admin })
    expect(shown.body.broker).toBe(text)
    const labelled = await admin('v1_key_create', { scopes: ['commands:read'], label: text })
    expect(labelled).toMatchObject({ status: 201, body: { label: text } })
    expect((await ea('disconnect', { reason: text })).status).toBe(200)
  })

  test('in a command: its comment, its key, the answer to it', async () => {
    const payload = { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1, comment: text }
    const created = await admin('v1_command_create', {
      type: 'OPEN_TRADE',
      payload,
      command_id: fresh('text'),
    })
    expect(created.status, created.text).toBe(longer(31) || control.test(text) ? 422 : 201)
    if (created.status === 201) expect(created.body.payload.comment).toBe(text)
    const id = fresh('answered')
    await admin('v1_command_create', { type: 'CLOSE_ALL', payload: { reason: 'r' }, command_id: id })
    await ea('get_commands', {})
    const answered = await ea('command_response', {
      command_id: id,
      status: 'failed',
      response: { error: text, [text]: text, retcode: 10013 },
    })
    expect(answered.status, answered.text).toBe(200)
    const shown = await w.t.call('webui', 'GET', `/api/v1/accounts/${w.a.login}/commands/${id}`, {
      key: w.admin,
    })
    expect(shown.body.error_message).toBe(text)
    expect(shown.body.response[text]).toBe(text)
    const odd = await admin('v1_command_create', { type: 'CLOSE_ALL', command_id: text })
    expectRefusal(odd, 'command_id')
  })

  test('as symbol and batch id of ticks', async () => {
    const fits = !longer(32) && !control.test(text)
    const ticks = [{ symbol: text, bid: 1, ask: 1, timestamp: 1_700_000_000 }]
    const said = await ea('ticks_batch', { ticks, batch_id: text })
    expect(said.status, said.text).toBe(fits ? 200 : 400)
    if (!fits) return
    const path = `/api/v1/accounts/${w.a.login}/ticks?symbol=${encodeURIComponent(text)}`
    expect((await w.t.call('webui', 'GET', path, { key: w.admin })).body.items).toHaveLength(1)
  })
})

test('F35: the tables are all still there, and the chain is whole', async () => {
  expect((await ledgerOf(w.t)).command).toBeTruthy()
  expect((await admin('v1_audit_verify', undefined)).body).toMatchObject({ whole: true, problems: [] })
})
