// `ngtb backup` beside a running server with its built-in database, and `ngtb restore` into an empty folder.
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { firstLine, type Sandbox, sandbox, stop, typed } from './support.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

let box: Sandbox
let server: ReturnType<Sandbox['start']>
let folder: string

beforeAll(async () => {
  box = sandbox()
  folder = join(box.dir, 'backups')
  mkdirSync(folder)
  server = box.start(['start', '--json', '--any-port'])
  await firstLine(server)
  for (const name of ['NGTB_API_KEY', 'NGTB_URL', 'DATABASE_URL']) vi.stubEnv(name, undefined)
  vi.stubEnv('NGTB_DATA_DIR', join(box.dir, 'data'))
  await typed('account', 'add', '12345678', '--broker', 'Pepperstone')
})
afterAll(() => box.close())

const archives = () => readdirSync(folder).filter((name) => name.endsWith('.tar'))

test('backup: a file with its moment, and of the older ones so many as were asked for', async () => {
  writeFileSync(join(folder, 'not-ours.tar'), 'kept')
  const first = await typed('backup', folder, '--json')
  expect(first).toMatchObject({ code: 0, stderr: '', json: { accounts: 1, removed: [] } })
  const second = await typed('backup', folder, '--keep', '1')
  expect(second.stdout).toMatch(/Accounts +1\n[\s\S]*Size +[\d,]+ bytes\nRemoved ngtb-/)
  expect(archives()).toHaveLength(2)
  expect(readFileSync(join(folder, 'not-ours.tar'), 'utf8')).toBe('kept')
  const checked = await typed(
    'backup',
    '--verify',
    join(folder, archives().find((name) => name.startsWith('ngtb-')) ?? ''),
  )
  expect(checked.stdout).toMatch(/Every checksum is right\.\n$/)
  expect((await typed('backup', '--verify', join(folder, 'not-ours.tar'))).code).toBe(1)
  const doctor = await typed('doctor', '--json')
  const found = doctor.json.checks.find(({ check }: { check: string }) => check === 'backup')
  expect(found).toMatchObject({ state: 'ok', says: expect.stringContaining(folder) })
})

test('misuse is told before anything is written', async () => {
  const file = join(folder, 'not-ours.tar')
  expect(await typed('backup', file)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/is there already/),
  })
  const none = await typed('backup', join(folder, 'new.tar'), '--keep', '3')
  expect(none).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/--keep counts the archives of a folder/),
  })
  expect(archives()).toHaveLength(2)
})

test('restore: not beside a server; into an empty folder, once, and the trail is checked', async () => {
  const file = join(folder, archives().find((name) => name.startsWith('ngtb-')) ?? '')
  const served = await typed('restore', file)
  expect(served).toMatchObject({ code: 1, stderr: expect.stringMatching(/A server runs on .*Stop it/) })
  vi.stubEnv('NGTB_DATA_DIR', join(box.dir, 'other'))
  const done = await typed('restore', file)
  expect(done).toMatchObject({ code: 0, stderr: '' })
  expect(done.stdout).toMatch(/Restored\. The audit trail is whole: \d+ events of 2 accounts\./)
  const accounts = await typed('account', 'list', '--json')
  expect(accounts.json.items).toMatchObject([{ account_number: '12345678', broker: 'Pepperstone' }])
  const again = await typed('restore', file)
  expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/is not empty/) })
  expect((await typed('restore', join(folder, 'nothing.tar'))).stderr).toMatch(/There is no file/)
  expect(await stop(server)).toBe(0)
})

test('the doctor sees who may read what is secret', async () => {
  vi.stubEnv('NGTB_DATA_DIR', join(box.dir, 'data'))
  chmodSync(join(box.dir, 'data', 'postgres.password'), 0o644)
  const { json } = await typed('doctor', '--json')
  const found = json.checks.find(({ check }: { check: string }) => check === 'rights')
  expect(found).toMatchObject({
    state: 'fail',
    remedy: expect.stringMatching(/^chmod 600 .*postgres\.password$/),
  })
})
