// First start, warm start, stop: the ordinary life of the embedded database.

import fs from 'node:fs'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { findEmbeddedPostgres } from '../../src/storage/embedded/index.ts'
import { lifeOf } from '../../src/storage/embedded/process-table.ts'
import { query, Scene, until } from './helper.ts'

const scene = new Scene()
afterEach(() => scene.clear())

test('E1: a first start gives a durable, private, UTF-8 database with checksums', async () => {
  const dataDir = scene.dataDir()
  const server = await scene.start(dataDir)
  expect(server.url).toMatch(/^postgres:\/\/ngtb:[\w-]{32}@127\.0\.0\.1:\d+\/ngtb$/)
  expect([server.adopted, server.recovered]).toEqual([false, false])
  const durable = ['fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums']
  const others = ['server_encoding', 'jit', 'TimeZone', 'listen_addresses', 'unix_socket_directories']
  const rows = await query<{ name: string; setting: string }>(
    server.url,
    `select name, setting from pg_settings where name in ('${[...durable, ...others].join("','")}')`,
  )
  expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    data_checksums: 'on',
    server_encoding: 'UTF8',
    jit: 'off',
    TimeZone: 'UTC',
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
  })
  expect(fs.statSync(path.join(dataDir, 'postgres.password')).mode & 0o777).toBe(0o600)
  await expect(query(server.url.replace(/:[\w-]+@/, ':wrong@'), 'select 1')).rejects.toMatchObject({
    code: '28P01',
  })
})

test('E7: stop() leaves no process and no lock; a warm start finds the rows and the port', async () => {
  const dataDir = scene.dataDir()
  const first = await scene.start(dataDir)
  await query(first.url, 'create table t as select 42 as answer')
  expect(await findEmbeddedPostgres(dataDir)).toBe(first.url)
  const pid = first.pid
  await Promise.all([first.stop(), first.stop()])
  expect(fs.existsSync(path.join(dataDir, 'server.lock'))).toBe(false)
  await until(() => lifeOf(pid) === 'gone')
  expect(await findEmbeddedPostgres(dataDir)).toBeNull()

  const second = await scene.start(dataDir)
  expect([second.url, second.adopted, second.recovered]).toEqual([first.url, false, false])
  expect(await query(second.url, 'select answer from t')).toEqual([{ answer: 42 }])
})

test('a relative data dir is the same place as its absolute path', async () => {
  const dataDir = scene.dataDir()
  const server = await scene.start(path.relative(process.cwd(), dataDir))
  expect(await findEmbeddedPostgres(dataDir)).toBe(server.url)
  expect(await findEmbeddedPostgres(`${dataDir}-missing`)).toBeNull()
})

test('a large log is set aside at the next start', async () => {
  const dataDir = scene.dataDir()
  fs.mkdirSync(dataDir)
  fs.writeFileSync(path.join(dataDir, 'postgres.log'), Buffer.alloc(10 * 1024 * 1024 + 1, 'x'))
  await scene.start(dataDir)
  expect(fs.statSync(path.join(dataDir, 'postgres.log.1')).size).toBeGreaterThan(10 * 1024 * 1024)
  expect(fs.readFileSync(path.join(dataDir, 'postgres.log'), 'utf8')).toContain('ready to accept connections')
})

test('two fresh data dirs run side by side', async () => {
  const [one, two] = await Promise.all([scene.start(scene.dataDir()), scene.start(scene.dataDir())])
  expect(one.url).not.toBe(two.url)
})
