// Death of the postmaster and death of the server: real SIGKILLs.

import fs from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { livingPostmaster } from '../../src/storage/embedded/postmaster.ts'
import { lifeOf } from '../../src/storage/embedded/process-table.ts'
import { pause } from '../../src/storage/embedded/wait.ts'
import { kill, query, Scene, until, works } from './helper.ts'

const scene = new Scene()
afterEach(() => scene.clear())

test('E1 E6: after kill -9 of the postmaster every acknowledged row is back, on the same port', async () => {
  const server = await scene.start(scene.dataDir())
  await query(server.url, 'create table t (n int primary key)')
  const reasons: string[] = []
  server.onExit((reason) => reasons.push(reason))
  const killed = server.pid
  const acknowledged: number[] = []
  const client = new pg.Client({ connectionString: server.url })
  client.on('error', () => {})
  await client.connect()
  for (let n = 0; ; n++) {
    // The kill falls between a commit and the next, or within one: both are fine.
    if (n === 200) process.kill(killed, 'SIGKILL')
    const done = await client.query('insert into t values ($1)', [n]).then(
      () => true,
      () => false,
    )
    if (!done) break
    acknowledged.push(n)
  }
  await client.end().catch(() => {})
  await until(() => server.pid !== killed && works(server.url))
  expect(reasons).toEqual([`PostgreSQL (pid ${killed}) was ended by SIGKILL`])
  expect(server.recovered).toBe(true)
  const rows = await query<{ n: number }>(server.url, 'select n from t order by n')
  expect(acknowledged.length).toBeGreaterThanOrEqual(200)
  expect(rows.map(({ n }) => n)).toEqual(expect.arrayContaining(acknowledged))
})

test('E6: a backend killed -9 needs nothing of us', async () => {
  const server = await scene.start(scene.dataDir())
  const reasons: string[] = []
  server.onExit((reason) => reasons.push(reason))
  const pid = server.pid
  const client = new pg.Client({ connectionString: server.url })
  client.on('error', () => {})
  await client.connect()
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  process.kill(rows[0]?.pid ?? 0, 'SIGKILL')
  await until(() => works(server.url))
  expect([server.pid, reasons]).toEqual([pid, []])
})

test('E6 E7: a stop in the middle of a restart leaves nothing running', async () => {
  const dataDir = scene.dataDir()
  const cluster = path.join(dataDir, 'postgres')
  // At once, and when the new postmaster is there but does not answer yet.
  for (const launched of [false, true]) {
    const server = await scene.start(dataDir)
    const killed = server.pid
    const told = new Promise((resolve) => server.onExit(resolve))
    process.kill(killed, 'SIGKILL')
    await told
    if (launched) await until(() => livingPostmaster(cluster) !== null)
    await server.stop()
    expect(livingPostmaster(cluster)).toBeNull()
    expect(lifeOf(server.pid)).not.toBe('alive')
    expect(await works(server.url)).toBe(false)
  }
})

test('E5: the orphan of a killed server is adopted with its rows, and stopped with the adopter', async () => {
  const dataDir = scene.dataDir()
  const { child, started } = await scene.childStarted(dataDir)
  await query(started.url, 'create table t as select 7 as seven')
  await kill(child)
  expect(lifeOf(started.postmaster)).toBe('alive')

  const server = await scene.start(dataDir)
  expect([server.adopted, server.pid, server.url]).toEqual([true, started.postmaster, started.url])
  expect(await query(server.url, 'select seven from t')).toEqual([{ seven: 7 }])
  await server.stop()
  expect(lifeOf(started.postmaster)).not.toBe('alive')
})

test('E6: an adopted postmaster that is killed is replaced on the same port', async () => {
  const dataDir = scene.dataDir()
  const { child, started } = await scene.childStarted(dataDir)
  await kill(child)
  const server = await scene.start(dataDir)
  const told = new Promise<string>((resolve) => server.onExit(resolve))
  process.kill(started.postmaster, 'SIGKILL')
  expect(await told).toContain(`pid ${started.postmaster}`)
  await until(() => server.pid !== started.postmaster && works(server.url))
  expect([server.adopted, server.recovered, server.url]).toEqual([false, true, started.url])
})

test('E5: an orphan in the middle of its shutdown is waited for, not fought', async () => {
  const dataDir = scene.dataDir()
  const { child, started } = await scene.childStarted(dataDir)
  await kill(child)
  process.kill(started.postmaster, 'SIGINT')
  const server = await scene.start(dataDir)
  expect([server.adopted, server.recovered]).toEqual([false, false])
  expect(await works(server.url)).toBe(true)
})

test('E5: an orphan that answers nobody for a while is waited for', async () => {
  const dataDir = scene.dataDir()
  const { child, started } = await scene.childStarted(dataDir)
  await kill(child)
  // Stopped, it answers nobody: the supervisor must wait, not start a second one.
  process.kill(started.postmaster, 'SIGSTOP')
  const starting = scene.start(dataDir)
  await until(() => fs.existsSync(path.join(dataDir, 'server.lock')))
  await pause(500) // Long enough to have knocked; that it is not answered must not matter either way.
  process.kill(started.postmaster, 'SIGCONT')
  const server = await starting
  expect([server.adopted, server.pid]).toEqual([true, started.postmaster])
})

test('E4: a server killed in the middle of initdb does not block the next', async () => {
  const dataDir = scene.dataDir()
  const child = scene.child(dataDir)
  const workshops = (): string[] =>
    fs.existsSync(dataDir) ? fs.readdirSync(dataDir).filter((name) => name.includes('.initdb-')) : []
  await until(() => workshops().some((name) => fs.existsSync(path.join(dataDir, name, 'data', 'base'))))
  await kill(child)
  expect(fs.existsSync(path.join(dataDir, 'postgres'))).toBe(false)
  const server = await scene.start(dataDir)
  expect(await works(server.url)).toBe(true)
  await server.stop()
  // The killed server's initdb may have gone on for a moment; what it left is swept by now or by the next.
  await scene.start(dataDir)
  expect(workshops()).toEqual([])
})
