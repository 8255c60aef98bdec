// `ngtb doctor` and Redis: each state of it has its sentence and its remedy, and none of them stops anything.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { freePort } from '@ngtb/server/embedded'
import { readConfig } from '@ngtb/server/settings'
import { createClient } from 'redis'
import { afterEach, describe, expect, test } from 'vitest'
import { checkRedis } from '../src/doctor/redis.ts'

const children: ChildProcess[] = []
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})

const ask = async (settings: Record<string, string>) => {
  const env = { REDIS_HOST: '127.0.0.1', ...settings }
  const [finding] = await checkRedis({ env, config: readConfig(env), running: null })
  return finding
}

async function redis(...more: string[]): Promise<{ port: string; child: ChildProcess }> {
  const port = String(await freePort(randomUUID()))
  const options = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--dir', tmpdir(), ...more]
  const child = spawn('redis-server', options, { stdio: 'ignore' })
  children.push(child)
  for (;;) {
    const client = createClient({ RESP: 2, socket: { port: Number(port), reconnectStrategy: false } })
    client.on('error', () => {})
    const up = await client.connect().catch((error) => /NOAUTH/.test(String(error)))
    if (client.isOpen) client.destroy()
    if (up) return { port, child }
  }
}

function redisIsHere(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    if (process.env.CI === 'true') throw new Error('redis-server is not installed, and in CI it must be')
    console.warn('LEFT OUT: the doctor’s tests with a real Redis. Install it: apt-get install redis-server')
    return false
  }
}

test('not set: nothing is missing', async () => {
  const [finding] = await checkRedis({ env: {}, config: readConfig({}), running: null })
  expect(finding).toMatchObject({ state: 'ok', says: expect.stringContaining('PostgreSQL rings') })
})

test('absent: the remedy names its settings', async () => {
  const REDIS_PORT = String(await freePort(randomUUID()))
  expect(await ask({ REDIS_PORT })).toMatchObject({
    state: 'warn',
    says: expect.stringContaining('ECONNREFUSED'),
    remedy: expect.stringContaining(`redis-cli -h 127.0.0.1 -p ${REDIS_PORT} PING`),
  })
})

describe.skipIf(!redisIsHere())('with a real Redis', () => {
  test('well: its version', async () => {
    const { port } = await redis()
    expect(await ask({ REDIS_PORT: port })).toMatchObject({
      state: 'ok',
      says: expect.stringMatching(/^(Redis|Valkey) \d+\.\d+.* answers PING/),
    })
  })

  test('hung: it says so instead of hanging itself', async () => {
    const { port, child } = await redis()
    child.kill('SIGSTOP')
    expect(await ask({ REDIS_PORT: port })).toMatchObject({
      state: 'warn',
      says: expect.stringContaining('it hangs'),
    })
  })

  test.each([
    ['--requirepass x', {}, 'asks for a password', 'loopback'],
    ['--databases 1', { REDIS_DB: '5' }, 'has no database 5', 'REDIS_DB'],
    ['--replicaof 127.0.0.1 1', {}, 'is a replica', 'primary'],
    ['--maxmemory 1', {}, 'no memory left', 'Raise maxmemory'],
    ['--maxmemory 1gb --maxmemory-policy allkeys-lru', {}, 'may drop the lists', 'noeviction'],
  ])('%s: a sentence and a remedy', async (options, settings, says, remedy) => {
    const { port } = await redis(...options.split(' '))
    expect(await ask({ REDIS_PORT: port, ...settings })).toMatchObject({
      state: 'warn',
      says: expect.stringContaining(says),
      remedy: expect.stringContaining(remedy),
    })
  })
})
