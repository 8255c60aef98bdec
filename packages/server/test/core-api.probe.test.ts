import { test } from 'vitest'
import { testServer } from './support/server.ts'

const b64 = (v: unknown) => Buffer.from(JSON.stringify(v)).toString('base64url')
test('probe', async () => {
  const lines: string[] = []
  const log = {
    info() {},
    warn() {},
    error(m: string, d?: any) {
      lines.push('   ' + m + ' ' + JSON.stringify(d).slice(0, 400))
    },
  }
  const t = await testServer({ log })
  const ea = await t.enrol(1001)
  const admin = await t.key(['admin'])
  const say = async (label: string, p: any) => {
    const a = await p
    console.log(label, a.status, JSON.stringify(a.body)?.slice(0, 230))
    for (const l of lines.splice(0)) console.log(l)
  }
  const A = '/api/v1/accounts/1001'
  for (const c of [['abc'], ['99999999999999999999'], [1, 'abc'], [-5], ['a']])
    for (const p of ['commands', 'trades', 'logs', 'audit', 'ticks?symbol=E', 'candles?symbol=E'])
      await say(
        `cursor ${JSON.stringify(c)} ${p}`,
        t.call('webui', 'GET', `${A}/${p}${p.includes('?') ? '&' : '?'}cursor=${b64(c)}`, { key: admin }),
      )
  for (const p of ['/api/v1/accounts', '/api/v1/keys', '/api/v1/audit'])
    await say(p, t.call('webui', 'GET', `${p}?cursor=${b64(['abc'])}`, { key: admin }))
  for (const p of [
    '/api/command/%00/status',
    '/api/command/%ff/status',
    `${A}/logs?search=%00`,
    `${A}/logs?search=%ff`,
    `${A}/commands?status=%00`,
    `${A}/audit?kind=%00`,
    `${A}/logs?level=%00`,
    `${A}/logs?__proto__=1`,
    `${A}/commands?limit=1&limit=2`,
    `${A}/commands?limit=1.5`,
    `${A}/commands?limit=`,
    `${A}?x=1`,
    `${A}/trades/%00`,
    '/%',
    '/api/v1/accounts/' + 'x'.repeat(300),
    '/ws',
    `/api/command/${'x'.repeat(100)}/status`,
    `${A}/ticks?symbol=E&from=1e3`,
    `/api/v1/accounts/01001`,
    '/api/v1/accounts/9223372036854775808',
  ])
    await say(p, t.call('webui', 'GET', p, { key: admin }))
  await say('ws nokey', t.call('webui', 'GET', '/ws', {}))
  await say('del key NUL', t.call('webui', 'DELETE', '/api/v1/keys/%00', { key: admin }))
  await say(
    'verify + ct empty',
    t.call('webui', 'POST', '/api/v1/audit/verify', {
      key: admin,
      headers: { 'content-type': 'application/json' },
    }),
  )
  await say('verify body', t.call('webui', 'POST', '/api/v1/audit/verify', { key: admin, body: { x: 1 } }))
  await say('array', t.call('command', 'POST', '/api/get_commands', { key: ea, body: [] }))
  await say('null', t.call('command', 'POST', '/api/get_commands', { key: ea, body: null }))
  await say('str', t.call('command', 'POST', '/api/get_commands', { key: ea, body: '"x"' }))
  await say(
    'text',
    t.call('command', 'POST', '/api/get_commands', {
      key: ea,
      body: 'x',
      headers: { 'content-type': 'text/plain' },
    }),
  )
  await say(
    'proto lossless',
    t.call('webui', 'POST', `/api/v1/enrolments`, {
      key: admin,
      body: '{"__proto__":{"evil":1},"account":9223372036854775807}',
    }),
  )
  await say(
    'proto lossless nested',
    t.call('logs', 'POST', `/api/log`, {
      key: ea,
      body: '{"level":"INFO","message":"m","details":{"__proto__":{"evil":1},"n":9223372036854775807}}',
    }),
  )
  await say(
    'proto plain',
    t.call('webui', 'POST', `/api/v1/enrolments`, {
      key: admin,
      body: '{"__proto__":{"account":5},"account":5}',
    }),
  )
  const marks = Array.from({ length: 9000 }, () =>
    String.fromCharCode(0x300 + Math.floor(Math.random() * 111)),
  ).join('')
  await say(
    'batch zalgo',
    t.call('ticks', 'POST', `/api/ticks/batch`, { key: ea, body: { batch_id: 'a' + marks, ticks: [] } }),
  )
  await say(
    'symbol zalgo',
    t.call('ticks', 'POST', `/api/ticks/batch`, {
      key: ea,
      body: { ticks: [{ symbol: 'a' + marks, bid: 1, ask: 1, timestamp: 1700000000 }] },
    }),
  )
  await say(
    'connect zalgo',
    t.call('command', 'POST', `/api/connect`, {
      key: ea,
      body: { account: 1001, available_symbols: ['a' + marks] },
    }),
  )
  const mk = async (n: string, body: any) => {
    await say(
      'create',
      t.call('webui', 'POST', `${A}/commands`, { key: admin, body, headers: { 'idempotency-key': n } }),
    )
    return (await t.call('command', 'POST', '/api/get_commands', { key: ea, body: {} })).body.commands[0]?.id
  }
  await t.call('trades', 'POST', '/api/trades/opened', {
    key: ea,
    body: { ticket: 77, symbol: 'EURUSD', direction: 'BUY', volume: 0.1, open_price: 1 },
  })
  for (const sl of ['abc', {}, true, [1], 1e300]) {
    const id = await mk('m' + JSON.stringify(sl), {
      type: 'MODIFY_TRADE',
      payload: { ticket: 77, sl: 1, tp: 2 },
    })
    await say(
      'answer sl ' + JSON.stringify(sl),
      t.call('command', 'POST', '/api/command_response', {
        key: ea,
        body: { command_id: id, status: 'completed', response: { sl } },
      }),
    )
  }
  const id = await mk('e', { type: 'CLOSE_TRADE', payload: { ticket: 77 } })
  await say(
    'surrogate split',
    t.call('command', 'POST', '/api/command_response', {
      key: ea,
      body: { command_id: id, status: 'failed', response: { retcode: 10013, error: 'a'.repeat(999) + '😀' } },
    }),
  )
  for (const payload of [[], null, 'x', 5])
    await say(
      'close_all ' + JSON.stringify(payload),
      t.call('webui', 'POST', `${A}/commands`, {
        key: admin,
        body: { type: 'CLOSE_ALL', payload, command_id: 'ca' + JSON.stringify(payload).length },
      }),
    )
  for (const [n, f] of [
    ['same', () => 5555],
    ['different', (i: number) => 6000 + i],
  ] as const) {
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        t.call('command', 'POST', '/api/connect', { body: { account: f(i), broker: 'x' } }),
      ),
    )
    console.log('concurrent connect', n, all.map((a) => a.status + (a.body.api_key ? 'K' : '')).join(' '), [
      ...new Set(all.map((a) => JSON.stringify(a.body).slice(0, 150)).filter((s) => s.includes('error'))),
    ])
    for (const l of lines.splice(0).slice(0, 3)) console.log(l)
  }
  await say(
    'bad ticket told',
    t.call('trades', 'POST', '/api/trades/modified', { key: ea, body: { ticket: '77', sl: 1.5 } }),
  )
  for (const ticket of [1.5, -1, 0, '007', '9223372036854775807', '9223372036854775808', true, '1e3', ' 5'])
    await say(
      'ticket ' + ticket,
      t.call('trades', 'POST', '/api/trades/modified', { key: ea, body: { ticket, sl: 1.5 } }),
    )
  await t.stop()
})
