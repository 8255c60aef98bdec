// `ngtb audit` and `ngtb replay`: what a person is told, and the exit code that a script goes by.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { firstLine, type Sandbox, sandbox, stop, typed } from './support.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const LOGIN = '12345678'
let box: Sandbox
let server: ReturnType<Sandbox['start']>
let created_at: string

beforeAll(async () => {
  box = sandbox()
  for (const name of ['NGTB_API_KEY', 'NGTB_URL', 'DATABASE_URL']) vi.stubEnv(name, undefined)
  vi.stubEnv('NGTB_DATA_DIR', join(box.dir, 'data'))
  server = box.start(['start', '--json', '--any-port'])
  await firstLine(server)
  vi.stubEnv('NGTB_API_KEY', (await typed('key', 'create', '--scope', 'admin', '--json')).json.api_key)
  await typed('account', 'add', LOGIN, '--broker', 'Pepperstone')
  const made = await typed('command', 'close-all', '--command-id', 'stop-1', '--json')
  expect(made).toMatchObject({ code: 0, json: { command_id: 'stop-1' } })
  created_at = (await typed('command', 'show', 'stop-1', '--json')).json.created_at
  expect((await typed('command', 'cancel', 'stop-1')).code).toBe(0)
})
afterAll(() => box.close())

test('audit verify: all of it, one account, the system; an unknown one', async () => {
  expect((await typed('audit', 'verify')).stdout).toMatch(/^The audit trail is whole: \d+ events of 2 chains/)
  const own = await typed('audit', 'verify', '--account', LOGIN, '--json')
  expect(own).toMatchObject({ code: 0, json: { whole: true, accounts: 1, problem_count: 0 } })
  expect((await typed('audit', 'verify', '--account', 'system')).stdout).toMatch(/events of 1 chain,/)
  expect(await typed('audit', 'verify', '--account', '99')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/no account with the login 99/),
  })
})

test('audit anchor: heads that verify holds the chains to, never written over', async () => {
  const file = join(box.dir, 'anchor.json')
  const written = await typed('audit', 'anchor', '--out', file, '--json')
  expect(written.json.anchors).toEqual([
    expect.objectContaining({ account_id: 0, account_number: null }),
    expect.objectContaining({ account_id: 1, account_number: LOGIN, seq: expect.any(Number) }),
  ])
  expect((await typed('audit', 'anchor', '--out', file)).code).toBe(1)
  const [, head] = JSON.parse(readFileSync(file, 'utf8')).anchors
  const held = await typed('audit', 'verify', '--anchor', file, '--anchor', head.hash.toUpperCase())
  expect([held.code, held.stdout]).toEqual([0, expect.stringMatching(/It holds all 3 heads that you kept/)])

  // Of another ledger, or of a chain that was rewritten since: the same.
  const other = 'f'.repeat(64)
  expect(await typed('audit', 'verify', '--anchor', other)).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/BROKEN: 1 problem[\s\S]*no event has the hash f+, which was written down/),
  })
  const forged = join(box.dir, 'forged.json')
  const ahead = { ...head, audit_no: head.audit_no + 1 }
  writeFileSync(forged, JSON.stringify({ anchors: [{ ...head, hash: other }, ahead] }))
  const broken = await typed('audit', 'verify', '--anchor', forged, '--json')
  expect([broken.code, broken.json.problem_count]).toEqual([1, 2])
  writeFileSync(forged, '{"anchors": [{}]}')
  expect((await typed('audit', 'verify', '--anchor', forged)).code).toBe(2)
  expect((await typed('audit', 'verify', '--anchor', 'no-such-file')).code).toBe(2)
})

test('replay command: then and now, for people and programs', async () => {
  const then = await typed('replay', 'command', 'stop-1', '--at', created_at, '--json')
  expect(then).toMatchObject({ code: 0, json: { state: { status: 'pending' }, asked_at: created_at } })
  const text = await typed('replay', 'command', 'stop-1', '--seq', String(then.json.last.seq))
  expect(text.stdout).toMatch(
    /status +pending[\s\S]*Since then:[\s\S]*command stop-1 +status +pending +cancelled/,
  )
  const now = await typed('replay', 'command', 'stop-1', '--account', LOGIN)
  expect([now.code, now.stdout]).toEqual([
    0,
    expect.stringMatching(/cancelled[\s\S]*The rows are what the events say/),
  ])
  expect((await typed('replay', 'command', 'stop-1', '--at', '2001-01-01')).stdout).toMatch(/not there yet/)
  expect(await typed('replay', 'command', 'none')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/none/),
  })
  expect(await typed('replay', 'command', 'stop-1', '--at', 'noon')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^"noon" is not a moment/),
  })
})

test('replay account, also while no server runs; doctor says what guards the trail', async () => {
  const then = await typed('replay', 'account', LOGIN, '--at', created_at)
  expect(then.stdout).toMatch(
    /Commands: 1 pending[\s\S]*Unsettled commands:[\s\S]*stop-1[\s\S]*stop-1 +status +pending +cancelled/,
  )
  const { json } = await typed('doctor', '--json')
  expect(json.checks).toContainEqual(
    expect.objectContaining({
      check: 'audit',
      state: 'ok',
      says: expect.stringMatching(/works as ngtb_app/),
    }),
  )
  await stop(server)
  const now = await typed('replay', 'account', LOGIN, '--json')
  expect(now).toMatchObject({
    code: 0,
    json: { departures: [], state: { commands: [], commands_by_status: { cancelled: 1 } } },
  })
  expect((await typed('replay', 'account', '99')).code).toBe(1)
})
