// The command line with native EAs, and with a plain one that never answers: what each refusal and each doubt says.
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Ended, firstLine, type Sandbox, sandbox, stop, typed } from './support.ts'

// Each step is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 })

const PLAIN = '11111111'
const NATIVE = '22222222'
let box: Sandbox
let command_url: string

beforeAll(async () => {
  box = sandbox()
  // What is not answered at once is unknown at once.
  const server = box.start(['start', '--json', '--any-port'], { DEFAULT_COMMAND_TIMEOUT: '0.2' })
  const { ports } = JSON.parse(await firstLine(server)) as { ports: Record<string, number> }
  command_url = `http://127.0.0.1:${ports.command}`
  const made = await box.run(['key', 'create', '--scope', 'admin', '--json'])
  vi.stubEnv('NGTB_API_KEY', made.json.api_key as string)
  vi.stubEnv('NGTB_DATA_DIR', join(box.dir, 'data'))
})
afterAll(() => box.close())

/** One word of an EA that the test plays itself. */
async function say(
  path: string,
  body: object,
  key = '',
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${command_url}/api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === '' ? {} : { 'x-api-key': key }) },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const command = (account: string, ...args: string[]): Promise<Ended> =>
  typed('command', ...args, '--account', account)
const outcome = async (account: string, ...args: string[]) => {
  const ended = await command(account, ...args, '--wait', '--json')
  expect(ended.json, ended.stderr).toMatchObject({ outcome: 'completed', account_number: account })
  return ended.json
}

test('a plain EA that does not answer: unknown, listed, and settled by a person', async () => {
  const { body: hello } = await say('connect', { account: Number(PLAIN), broker: 'Pepperstone' })
  const key = String(hello.api_key)
  const refused = await command(PLAIN, 'place', 'EURUSD', 'BUY_LIMIT', '0.1', '1.08')
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toMatch(
    /PLACE_PENDING is not offered to plain clients.*\nNothing was created.*--native/,
  )

  const lost = ['--ttl', '60', '--command-id', 'lost']
  expect(await command(PLAIN, 'open', 'EURUSD', 'BUY', '0.1', ...lost)).toMatchObject({ code: 0 })
  expect((await say('get_commands', { account: Number(PLAIN) }, key)).body.commands).toHaveLength(1)
  const unknown = await command(PLAIN, 'open', 'EURUSD', 'BUY', '0.1', ...lost, '--wait', '--json')
  expect(unknown).toMatchObject({
    code: 1,
    json: { outcome: 'unknown', status: 'timeout', safe_to_retry: false },
  })
  expect(unknown.json.settled_by).toEqual(['evidence', 'person'])

  const told = await command(PLAIN, 'open', 'EURUSD', 'BUY', '0.1', ...lost, '--wait')
  const listed = await command(PLAIN, 'list', '--unknown', '--json')
  const orders = await command(PLAIN, 'settle', 'lost', '--completed', '--note', 'seen')
  expect(told.stdout).toMatch(/outcome UNKNOWN.*do not send it again.*npx ngtb command settle lost\n/)
  expect(listed.json.items.map((one: { command_id: string }) => one.command_id)).toEqual(['lost'])
  expect(orders).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/is an OPEN_TRADE: name the ticket/),
  })

  const settled = await command(PLAIN, 'settle', 'lost', '--not-executed', '--note', 'no such order')
  expect(settled).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/failed by your word: not carried out/),
  })
  const show = await command(PLAIN, 'show', 'lost')
  const again = await command(PLAIN, 'settle', 'lost', '--completed', '5', '--note', 'after all')
  expect(show.stdout).toMatch(/Settled +by the word of a person/)
  expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/is failed\n.*list --unknown/) })
})

test('misuse is told before anything is sent', async () => {
  const [bad, worse] = [join(box.dir, 'bad.jsonl'), join(box.dir, 'worse.jsonl')]
  writeFileSync(bad, '{"type":"REQUEST_SYNC"}\n\n{"type":"RUN"}\n')
  writeFileSync(worse, 'nonsense\n')
  const cases: [args: string[], says: RegExp][] = [
    [['command', 'settle', 'x'], /Say one of the two/],
    [['command', 'settle', 'x', '--not-executed'], /--note TEXT/],
    [
      ['command', 'place', 'EURUSD', 'BUY', '0.1', '1'],
      /"BUY" is not an order type\. It is one of BUY_LIMIT/,
    ],
    [['command', 'close-partial', '5'], /lots to close, or --expected LOTS/],
    [['command', 'history', 'EURUSD', 'M2', '--from', '2026-01-02'], /"M2" is not a timeframe/],
    [['command', 'list', '--unknown', '--status', 'failed'], /leave --status failed out/],
    [['command', 'batch', bad], /^Line 3 of .*bad\.jsonl has no type that we know: "RUN"\.\n$/],
    [['command', 'batch', worse], /^Line 1 of .*worse\.jsonl is not one JSON object\.\n$/],
    [['sim', '--journal', 'x'], /--journal is for one --native EA/],
  ]
  for (const [args, says] of cases) {
    const ended = await typed(...args)
    expect(ended, args.join(' ')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(says) })
  }
})

test('a native EA does them all, keeps its journal when it is killed, and has one owner', async () => {
  const { json: added } = await box.run(['account', 'add', NATIVE, '--json'])
  const start = () => box.start(['sim', '--native', '--login', NATIVE, '--json'])
  let sim = start()
  await untilStatus((one) => one.protocol === 2 && one.state === 'connected')

  // All or none: the line that spoils it is named as the file counts.
  const files = { spoilt: join(box.dir, 'spoilt.jsonl'), pair: join(box.dir, 'pair.jsonl') }
  const both = ['BUY', 'SELL'].map((order_type) => ({
    type: 'OPEN_TRADE',
    symbol: 'EURUSD',
    order_type,
    volume: 0.2,
  }))
  writeFileSync(
    files.spoilt,
    `${JSON.stringify(both[0])}\n\n{"type":"OPEN_TRADE","payload":{"symbol":"EURUSD"}}\n`,
  )
  writeFileSync(files.pair, both.map((one) => JSON.stringify({ ...one, ttl_ms: 60_000 })).join('\n'))
  const spoilt = await command(NATIVE, 'batch', files.spoilt)
  expect(spoilt).toMatchObject({ code: 1, stdout: '' })
  expect(spoilt.stderr).toMatch(/^Line 3 of .*spoilt\.jsonl: .*; none of the batch was created\n/)
  expect((await command(NATIVE, 'list', '--json')).json.items).toEqual([])
  const opened = await command(NATIVE, 'batch', files.pair, '--name', 'monday', '--wait', '--json')
  expect(opened.json.items.map((one: { outcome: string }) => one.outcome)).toEqual(['completed', 'completed'])
  const again = await command(NATIVE, 'batch', files.pair, '--name', 'monday', '--json')
  expect(again.json.items.map((one: { replayed: boolean }) => one.replayed)).toEqual([true, true])
  const [long, short] = again.json.items.map((one: { response: { ticket: string } }) => one.response.ticket)

  const type = 'order_type_buy_limit'
  const pending = (await outcome(NATIVE, 'place', 'EURUSD', type, '0.1', '1.0', '--ttl', '60')).ticket
  await outcome(NATIVE, 'modify-order', pending, '--price', '1.001')
  await outcome(NATIVE, 'cancel-order', pending)
  await outcome(NATIVE, 'close-partial', long, '--expected', '0.2', '--remaining', '0.1')
  await outcome(NATIVE, 'subscribe', 'EURUSD')
  await outcome(NATIVE, 'history', 'EURUSD', 'M1', '--from', '2026-01-02T00:00:00')
  await outcome(NATIVE, 'sync')
  const probe = await outcome(NATIVE, 'probe', again.json.items[0].command_id)
  expect(probe.response.outcome).toBe('done')
  await outcome(NATIVE, 'close-by', short, long)

  const before = await untilStatus(() => true)
  await stop(sim, 'SIGKILL')
  sim = start()
  const after = await untilStatus((one) => one.epoch === before.epoch + 1)
  expect(after.owner_journal_id).toBe(before.owner_journal_id)

  // A second EA asks: nothing is opened meanwhile, and both the refusal and the status say why.
  const stranger = { account: Number(NATIVE), protocol: 2, journal_id: randomUUID(), last_epoch: 0 }
  expect((await say('connect', stranger, added.api_key)).status).toBe(409)
  const closed = await command(NATIVE, 'open', 'EURUSD', 'BUY', '0.1')
  expect(closed).toMatchObject({ code: 1, stdout: '' })
  expect(closed.stderr).toMatch(/two EAs contend.*\nNothing was created.*stays possible/)
  const status = await typed('status')
  expect(status.stdout).toMatch(/native .* contended/)
  expect(status.stdout).toMatch(/Login 22222222 opens nothing for now; closing stays possible\. contended:/)

  // A result for a command that the ledger does not know is kept.
  const lost = { command_id: 'before-the-restore', command_no: 7, status: 'completed', evidence: 'journal' }
  const session = { journal_id: after.owner_journal_id, epoch: after.epoch, mono_ms: 1 }
  const result = { ...session, ...lost, response: { ticket: '4711' } }
  expect((await say('command_response', result, added.api_key)).status).toBe(200)
  const orphans = await typed('orphans', '--account', NATIVE)
  expect(orphans.stdout).toMatch(/before-the-restore +7 +completed +4711 +by the EA's journal/)
  expect(await stop(sim)).toBe(0)
})

interface Status {
  account_number: string
  protocol: number | null
  epoch: number
  state: string
  owner_journal_id: string
}

/** The native account's connection, once it is so. */
async function untilStatus(holds: (one: Status) => boolean): Promise<Status> {
  for (let left = 600; left > 0; left--) {
    const { json } = await typed('status', '--json')
    const one = (json.connections.details as Status[]).find((each) => each.account_number === NATIVE)
    if (one && holds(one)) return one
    await pause(100)
  }
  throw new Error('the connection never became so')
}
