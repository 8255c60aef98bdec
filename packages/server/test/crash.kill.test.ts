// kill -9 while everything flows (issue 2, judged item 3; F1, F3, F4, F43; P1, P2, P3, P11, P13).
import fs from 'node:fs'
import { connect } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemIds } from '../src/platform/ids.ts'
import { verifyAudit } from '../src/services/audit.ts'
import { Keys } from '../src/services/keys.ts'
import { recordedCluster } from '../src/storage/embedded/data-place.ts'
import { readPidFile } from '../src/storage/embedded/postmaster.ts'
import { Scene as Places } from './embedded/helper.ts'
import { openStore, pictureOf, sql, stepOn } from './support/ledger.ts'
import { type Running, Storm, startChild } from './support/storm.ts'
import { turns, until } from './support/wait.ts'

const places = new Places()
let data_dir: string
let running: Running
let storm: Storm

beforeEach(async () => {
  data_dir = places.dataDir()
  running = await startChild(data_dir)
  storm = new Storm(running.ports)
  await storm.enrol('1001')
  await storm.enrol('1002')
  storm.admin = await adminKey(running.database_url)
})
afterEach(async () => {
  storm.on = false
  running.child.kill('SIGTERM')
  await running.exited
  await places.clear()
})

/** As the command line makes one: on the ledger, beside the running server. */
async function adminKey(url: string): Promise<string> {
  const store = openStore(url)
  const step = stepOn(await pictureOf(store, 0), Date.now())
  const keys = new Keys(store, { now: Date.now }, systemIds, undefined as never)
  const { api_key } = keys.issue(step, { account_id: null, scopes: ['admin'], label: 'test' }, 'test')
  await store.commit(step.changeSet())
  await store.close()
  return api_key
}

/** What was acknowledged is there exactly once, and the ledger does not contradict itself. */
async function verdict(): Promise<void> {
  const url = running.database_url
  const column = async (text: string) => (await sql<{ v: string }>(url, text)).map(({ v }) => v)
  const once = (stored: string[], acknowledged: Iterable<string>) => {
    const seen = new Set(stored)
    expect(stored.length - seen.size).toBe(0)
    expect([...acknowledged].filter((one) => !seen.has(one))).toEqual([])
  }
  expect(storm.odd).toEqual([])
  once(await column('select volume::bigint::text as v from tick_view'), [...storm.ticks].map(String))
  once(await column('select message as v from ea_log'), storm.logs)
  once(await column('select command_id as v from command'), storm.commands.values())
  once(
    await column("select ticket::text as v from trade where status = 'open'"),
    [...storm.tickets.values()].flatMap((tickets) => [...tickets].map(String)),
  )
  const completed = new Set(await column("select command_id as v from command where status = 'completed'"))
  expect([...storm.answered].filter((id) => !completed.has(id))).toEqual([])
  expect([...storm.handed.values()].filter((times) => times > 1)).toEqual([]) // P3: an OPEN once, ever
  const [counted] = await column('select sum(ticks)::text as v from tick_counter')
  expect(await column('select count(*)::text as v from tick_view')).toEqual([counted])
  const [wrong] = await column(
    `select count(*)::text as v from account a, lateral (
       select count(*) as made, count(*) filter (where status = 'completed') as done from command c where c.account_id = a.account_id
     ) c where account_id > 0 and (commands_completed <> done or command_no <> made)`,
  )
  expect(wrong).toBe('0')
  const beats = await sql<{ login: string; n: string }>(
    url,
    'select account_number::text as login, heartbeat_count as n from ea_connection join account using (account_id)',
  )
  for (const { login, n } of beats) expect(Number(n)).toBeGreaterThanOrEqual(storm.heartbeats.get(login) ?? 0)
  const store = openStore(url)
  expect((await verifyAudit(store, systemIds)).problems).toEqual([])
  await store.close()
}

/** So much more of everything has been acknowledged. */
function grown(by: number): Promise<void> {
  const sizes = () => [storm.ticks.size / 20, storm.logs.size, storm.commands.size, storm.answered.size]
  const before = sizes()
  return until(() => sizes().every((size, at) => size >= (before[at] ?? 0) + by))
}

test('F1, F3: kill -9 of the server, again and again: everything acknowledged is there exactly once', async () => {
  const blowing = storm.blow()
  for (let round = 0; round < 3; round++) {
    await grown(6 + 3 * round)
    running.child.kill('SIGKILL')
    await running.exited
    running = await startChild(data_dir)
    storm.ports = running.ports
  }
  await grown(10)
  const status = await (await fetch(`http://127.0.0.1:${running.ports.webui}/api/system/status`)).json()
  expect((status as { connections: object }).connections).toMatchObject({ total: 2, healthy: 2 })
  storm.on = false
  await blowing
  await verdict()
}, 240_000)

test('F4: kill -9 and immediate stop of PostgreSQL while the server lives: 503 meanwhile, then it goes on', async () => {
  const blowing = storm.blow()
  for (const signal of ['SIGKILL', 'SIGQUIT', 'SIGKILL'] as const) {
    await grown(10)
    const refused = storm.refused
    const found = readPidFile(recordedCluster(data_dir))
    if (found.kind !== 'living') throw new Error('no postmaster')
    const backends = await sql<{ pid: number }>(
      running.database_url,
      "select pid from pg_stat_activity where application_name like 'ngtb %'",
    )
    process.kill(found.id.pid, signal)
    if (signal === 'SIGKILL') for (const { pid } of backends) tryKill(pid)
    await until(() => storm.refused > refused)
  }
  await grown(10)
  storm.on = false
  await blowing
  expect(running.child.exitCode).toBeNull()
  await verdict()
}, 240_000)

test('F43: SIGTERM under load answers what it let in, and leaves nothing behind', async () => {
  const socket = connect(running.ports.logs, '127.0.0.1')
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes
  })
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  const body = JSON.stringify({ level: 'INFO', message: 'let in' })
  socket.write(
    `POST /api/log HTTP/1.1\r\nhost: 127.0.0.1\r\nx-api-key: ${storm.keys.get('1001')}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
  )
  const blowing = storm.blow()
  await grown(10)
  running.child.kill('SIGTERM')
  const refuses = () =>
    new Promise<boolean>((resolve) => {
      const probe = connect(running.ports.logs, '127.0.0.1')
      probe.on('error', () => resolve(true))
      probe.on('connect', () => {
        probe.destroy()
        resolve(false)
      })
    })
  await until(refuses)
  await turns()
  socket.write(body.slice(5))
  await closed
  expect(text).toMatch(/^HTTP\/1\.1 200 /)
  storm.logs.add('let in')
  expect(await running.exited).toBe(0)
  expect(readPidFile(recordedCluster(data_dir)).kind).not.toBe('living')
  expect(fs.existsSync(`${data_dir}/run.json`)).toBe(false)
  storm.on = false
  await blowing
  running = await startChild(data_dir)
  await verdict()
}, 240_000)

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // gone with its postmaster
  }
}
