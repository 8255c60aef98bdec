import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { SCOPES } from '@ngtb/protocol'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { firstLine, processesOf, type Sandbox, said, sandbox, stop, typed } from './support.ts'

// Each step is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let box: Sandbox
let server: ReturnType<Sandbox['start']>
// biome-ignore lint/suspicious/noExplicitAny: one JSON line
let ready: any
let NGTB_API_KEY: string

beforeAll(async () => {
  box = sandbox()
  server = box.start(['start', '--json', '--any-port'])
  ready = JSON.parse(await firstLine(server))
  const made = await box.run(['key', 'create', '--scope', 'admin', '--json'])
  expect(made.json).toMatchObject({ scopes: ['admin'], key_id: expect.stringMatching(/^[a-z0-9]{12}$/) })
  NGTB_API_KEY = made.json.api_key
  vi.stubEnv('NGTB_DATA_DIR', join(box.dir, 'data'))
  // What is typed here meets nothing of the surroundings.
  for (const name of ['NGTB_API_KEY', 'NGTB_URL', 'DATABASE_URL', 'PORT_TICKS']) vi.stubEnv(name, undefined)
})
afterAll(() => box.close())

test('one ready line, the same in run.json, where the password of the database is, too', () => {
  expect(ready).toEqual({
    event: 'ready',
    ports: {
      command: expect.any(Number),
      ticks: expect.any(Number),
      trades: expect.any(Number),
      logs: expect.any(Number),
      webui: expect.any(Number),
    },
    url: `http://127.0.0.1:${ready.ports.webui}`,
    database_url: expect.stringMatching(/^postgres:\/\/ngtb_app@127\.0\.0\.1:\d+\/ngtb$/),
    // Nobody may log in yet.
    setup_link: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#\/setup\?token=[\w-]{43}$/),
  })
  const { event: _, setup_link: __, ...rest } = ready
  const kept = JSON.parse(readFileSync(join(box.dir, 'data', 'run.json'), 'utf8'))
  expect({ ...kept, database_url: kept.database_url.replace(/:[\w-]{20,}@/, '@') }).toEqual({
    pid: server.pid,
    ...rest,
  })
  expect(kept.database_url).not.toBe(ready.database_url)
})

test('accounts, a command without an EA, status, doctor and audit on a running server', async () => {
  const env = { NGTB_API_KEY }
  const added = await box.run(['account', 'add', '12345678', '--broker', 'Pepperstone', '--json'])
  expect(added.json).toMatchObject({ account_id: 1, account_number: '12345678' })
  expect(added.json.api_key).toMatch(/^ngt_live_/)

  const order = ['command', 'open', 'EURUSD', 'BUY', '0.1', '--sl', '1.0850', '--command-id', 'one']
  const opened = await box.run([...order, '--json'], env)
  expect(opened).toMatchObject({ code: 0, json: { status: 'pending', ea_connected: false, replayed: false } })
  expect(opened.json.payload).toMatchObject({ symbol: 'EURUSD', order_type: 'BUY', volume: 0.1, sl: 1.085 })
  const again = await box.run(order, env)
  expect(again.stdout).toMatch(/known already.*\n.*ea_connected: false/)

  const waiting = await box.run(['command', 'open', 'EURUSD', 'BUY', '0.1', '--wait', '0.3', '--json'], env)
  expect(waiting).toMatchObject({ code: 1, json: { outcome: 'pending', status: 'pending', attempt: 0 } })
  const told = await box.run(['command', 'open', 'EURUSD', 'BUY', '0.1', '--wait', '0.3'], env)
  expect(told.stdout).toMatch(
    /still pending after 0\.3 s: no EA has fetched it \(none is connected\); .* Take it back: npx ngtb command cancel/,
  )

  // A time to live is also how long the request is repeated: long enough for a busy machine.
  vi.stubEnv('NGTB_API_KEY', NGTB_API_KEY)
  const expired = await typed(...order.slice(0, 5), '--ttl', '5', '--wait', '--json')
  vi.stubEnv('NGTB_API_KEY', undefined)
  const status = await typed('status', '--json')
  const [doctor, audit] = await Promise.all([
    box.run(['doctor', '--json']),
    box.run(['audit', 'verify', '--json']),
  ])
  expect(expired).toMatchObject({ code: 1, json: { outcome: 'expired', status: 'expired' } })
  expect(status.json).toMatchObject({ url: ready.url, connections: { total: 1 } })
  expect(doctor).toMatchObject({ code: 0, json: { healthy: true, failed: 0 } })
  expect(doctor.json.checks.map((one: { check: string }) => one.check)).toEqual(
    expect.arrayContaining([
      'node',
      'config',
      'ports',
      'database',
      'clock',
      'disk',
      'enrolment',
      'keys',
      'allow',
    ]),
  )
  expect(audit).toMatchObject({ code: 0, json: { whole: true, problems: [] } })
})

test('misuse is 2, a refusal is 1, each with a sentence and without a stack', async () => {
  const cases: [args: string[], code: number, says: RegExp, env?: Record<string, string>][] = [
    [['command', 'open', 'EURUSD'], 2, /missing required argument/],
    [['command', 'open', 'EURUSD', 'UP', '1'], 2, /^"UP" is not a side\. A side is BUY or SELL\.\n$/],
    [
      ['command', 'open', 'EURUSD', 'BUY', '0'],
      2,
      /^"0" is not a volume\. A volume is a number above 0\.\n$/,
    ],
    [['command', 'close', 'one'], 2, /^"one" is not a ticket\. A ticket is a number from 1 to 2\^63−1\.\n$/],
    [['status', '--url', 'localhost'], 2, /^--url "localhost" is not a server address: .*9905 or alike\.\n$/],
    [['sim', '--url', 'nowhere'], 2, /^--url "nowhere" is not a server address: .*9900 or alike\.\n$/],
    [['demo', '--ticks', 'none.csv'], 1, /^There is no file none\.csv\.\n$/],
    [
      ['trades'],
      1,
      /refused\n.*npx ngtb start/,
      { NGTB_API_KEY: 'ngt_live_x', NGTB_URL: 'http://127.0.0.1:1' },
    ],
    [['key', 'create', '--scope', 'everything'], 2, /no scope everything/],
    [['trades'], 1, /NGTB_API_KEY/],
    [['trades'], 1, /not valid/, { NGTB_API_KEY: 'ngt_live_wrong' }],
    [['key', 'list'], 1, /DATABASE_URL can not be used/, { DATABASE_URL: 'postgres://a:b@127.0.0.1:1/c' }],
  ]
  for (const [args, code, says, env = {}] of cases) {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
    const ended = await typed(...args)
    for (const name of Object.keys(env)) vi.stubEnv(name, undefined)
    expect(ended, args.join(' ')).toMatchObject({ code, stderr: expect.stringMatching(says) })
    expect(ended.stderr).not.toMatch(/^ {4}at /m)
    expect(ended.stdout).toBe('')
  }
})

test('also in a process of its own: a server that is not there, a setting that is none', async () => {
  const cases: [args: string[], says: RegExp, env?: Record<string, string>][] = [
    [
      ['sim', '--url', 'http://127.0.0.1:1', '--seconds', '0.5'],
      /^no server at .*trying again.*\nNo EA could/,
    ],
    [['start', '--json'], /PORT_TICKS=many is not a whole number/, { PORT_TICKS: 'many' }],
  ]
  for (const [args, says, env] of cases)
    expect(await box.run(args, env), args.join(' ')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(says),
    })
})

test('people: the link of the start makes the first admin; others are invited, reset and disabled', async () => {
  const api = async (path: string, body: object) => {
    const reply = await fetch(`${ready.url}/api/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> }
  }
  const password = 'seven wet hedgehogs sing'
  const tokenOf = (link: string) => link.split('token=')[1]
  const ada = { token: tokenOf(ready.setup_link), name: 'ada', password }
  expect(await api('setup', ada)).toMatchObject({ status: 201, body: { person: { role: 'admin' } } })

  const invited = await typed('person', 'invite', 'tom', '--role', 'trader', '--json')
  expect(invited.json).toMatchObject({ person: { name: 'tom', role: 'trader' } })
  expect((await api('setup', { token: tokenOf(invited.json.link), password })).status).toBe(201)
  expect((await typed('person', 'list')).stdout).toMatch(/ada +admin[\s\S]*tom +trader +not set +active/)

  const reset = await typed('person', 'reset', 'tom', '--json')
  expect((await api('login', { name: 'tom', password })).body.code).toBe('NGTB_LOGIN')
  expect((await api('setup', { token: tokenOf(reset.json.link), password })).status).toBe(201)
  expect((await typed('person', 'disable', 'tom')).stdout).toMatch(/tom is disabled/)
  expect((await api('login', { name: 'tom', password })).status).toBe(401)

  for (const [args, says] of [
    [['person', 'disable', 'ada'], /the last admin/],
    [['person', 'disable', 'nobody'], /nobody called nobody/],
    [['person', 'invite', 'TOM', '--role', 'viewer'], /somebody called TOM/],
    [['person', 'invite', 'a b', '--role', 'viewer'], /can not be a name/],
    [['person', 'invite', 'x', '--role', 'king'], /viewer, trader, admin/],
  ] as const)
    expect((await typed(...args)).stderr, args.join(' ')).toMatch(says)
  expect((await typed('audit', 'verify')).code).toBe(0)
})

test('a simulated EA without options is the login of every example; its close of an unknown ticket is done', async () => {
  const sim = box.start(['sim'])
  await said(sim, /1 EA connected to .*: login 12345678; Ctrl-C ends/)
  const closed = await box.run(['command', 'close', '4711', '--wait'], { NGTB_API_KEY })
  expect(closed).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/: completed: the EA has no such open/),
  })
  await stop(sim)
})

test('ticks and candles as files: what was sent comes back, whole or not at all', async () => {
  vi.stubEnv('NGTB_API_KEY', NGTB_API_KEY)
  const added = await typed('account', 'add', '77000001', '--json')
  const rows = [
    '1577916000065,1.1212,1.12172',
    '1577916010447,1.1212,1.12192',
    '1577916072779,0.00000012,1.12161',
  ]
  const ticks = rows.map((row) => {
    const [timestamp, bid, ask] = row.split(',').map(Number)
    return { symbol: 'EURUSD', timestamp, bid, ask }
  })
  const sent = await fetch(`http://127.0.0.1:${ready.ports.ticks}/api/ticks/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${added.json.api_key}` },
    body: JSON.stringify({ account: 77000001, ticks }),
  })
  expect(sent.status).toBe(200)
  const of = ['--account', '77000001', '--symbol', 'EURUSD']
  const file = (name: string) => join(box.dir, name)
  const read = (name: string) => readFileSync(file(name), 'utf8')
  const plain = await typed('export', 'ticks', ...of, '--out', file('t.csv'), '--json')
  expect(plain).toMatchObject({ code: 0, json: { file: file('t.csv'), rows: 3 } })
  expect(read('t.csv')).toBe(`time_utc_ms,bid,ask\n${rows.join('\n')}\n`)
  const again = await typed('export', 'ticks', ...of, '--out', file('t.csv'))
  expect(again).toMatchObject({ code: 2, stderr: expect.stringMatching(/is there already.*--force/) })
  await typed('export', 'ticks', ...of, '--out', file('t.csv'), '--force', '--parquet')
  expect(read('t.csv').split('\n').slice(0, 2)).toEqual([
    'symbol,time_utc,time_broker_ms,bid,ask,volume',
    'EURUSD,2020-01-01T22:00:00.065Z,1577916000065,1.1212,1.12172,0',
  ])
  expect(JSON.parse(read('t.csv.schema.json')).columns[1]).toEqual({
    ...{ name: 'time_utc', type: 'TIMESTAMP_MILLIS (UTC)', nullable: false },
  })
  await typed('export', 'candles', ...of, '--timeframe', 'M1', '--out', file('m1.csv'))
  expect(read('m1.csv')).toBe(
    'time_utc_ms,open,high,low,close,ticks,complete\n' +
      '1577916000000,1.1212,1.1212,1.1212,1.1212,2,true\n1577916060000,0.00000012,0.00000012,0.00000012,0.00000012,1,false\n',
  )
  const nowhere = await typed('export', 'ticks', ...of, '--out', file('no/such/t.csv'))
  expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringMatching(/^There is no folder for .*\n$/) })
  const nothing = await typed('export', 'ticks', ...of.slice(0, 3), 'NONE', '--out', file('none.csv'))
  expect(nothing).toMatchObject({ code: 0, stderr: expect.stringMatching(/No rows/) })
  vi.stubEnv('NGTB_API_KEY', undefined)
})

test('limits: what is named is changed, the rest stays; wrong ones are misuse, a key without admin is refused', async () => {
  vi.stubEnv('NGTB_API_KEY', NGTB_API_KEY)
  const of = ['--account', '77000001']
  const set = await typed(
    'limits',
    'set',
    ...of,
    '--max-volume',
    '0.5',
    '--symbols',
    'EURUSD,XAUUSD',
    '--json',
  )
  expect(set.json).toMatchObject({ max_volume: 0.5, symbols: ['EURUSD', 'XAUUSD'], close_only: false })
  await typed('limits', 'set', ...of, '--close-only', '--max-volume', 'none')
  const shown = await typed('limits', 'show', ...of)
  expect(shown.stdout).toMatch(
    /nothing: close only[\s\S]*lots +no limit[\s\S]*0 of no limit[\s\S]*EURUSD, XAUUSD/,
  )
  expect(
    (await typed('limits', 'set', ...of, '--no-close-only', '--symbols', 'none', '--json')).json,
  ).toMatchObject({ close_only: false, symbols: null, max_volume: null })
  for (const [args, says] of [
    [[], /Nothing was named/],
    [['--max-volume', '0'], /not a volume/],
    [['--max-open-positions', '1.5'], /whole number/],
    [['--symbols', 'EURUSD,,'], /names by comma/],
  ] as const)
    expect(await typed('limits', 'set', ...of, ...args)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(says),
    })
  vi.stubEnv('NGTB_API_KEY', undefined)
})

test('help says what each scope allows', async () => {
  const { stdout } = await box.run(['key', 'create', '--help'])
  for (const scope of SCOPES) expect(stdout).toMatch(new RegExp(`^  ${scope} +[a-z]`, 'm'))
})

test('SIGTERM stops it whole; the ledger answers without it, and a taken port is a sentence', async () => {
  expect(await stop(server)).toBe(0)
  expect(processesOf(box.dir)).toEqual([])
  const list = await box.run(['key', 'list', '--json'])
  expect(list.json.items.map((key: { scopes: string[] }) => key.scopes)).toEqual(
    expect.arrayContaining([['admin'], ['ea:session']]),
  )
  const squatter = createServer().listen(0, '127.0.0.1')
  await new Promise((listening) => squatter.once('listening', listening))
  const { port } = squatter.address() as { port: number }
  const free = {
    PORT_COMMAND: '0',
    PORT_TICKS: '0',
    PORT_TRADES: String(port),
    PORT_LOGS: '0',
    PORT_WEBUI: '0',
  }
  const refused = await box.run(['start', '--json'], free)
  squatter.close()
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toMatch(new RegExp(`Port ${port} is taken.*PORT_TRADES`))
  expect(processesOf(box.dir)).toEqual([])
})

// Last: with several accounts a command must say which.
test('accounts of another server, with the keys of their EAs, out of a file', async () => {
  const file = join(box.dir, 'accounts.csv')
  writeFileSync(
    file,
    'account_number,api_key,broker,account_id\n701,old-key-of-the-ea-701,Alpha,31\n702,short,,\n',
  )
  const first = await box.run(['account', 'import', file, '--json'])
  expect(first).toMatchObject({
    code: 1,
    json: {
      refused: 1,
      items: [
        { account_number: '701', account_id: 31, outcome: 'imported' },
        { account_number: '702', account_id: null, outcome: expect.stringMatching(/^line 3: .*16 to 200/) },
      ],
    },
  })
  const again = await box.run(['account', 'import', file])
  expect(again.stdout).toMatch(/701 +31 +known[\s\S]*1 accounts are here[\s\S]*1 were refused/)
  writeFileSync(file, 'login,key\n1,2\n')
  expect(await box.run(['account', 'import', file])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/account_number and api_key is missing/),
  })
})
