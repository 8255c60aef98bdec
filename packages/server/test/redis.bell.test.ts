// Redis as the bell: it rings, and emptied, hung, ended or absent it costs nothing but itself (K5, F11, F12).
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { RedisWire } from '../src/delivery/redis.ts'
import { RedisLink } from '../src/delivery/redis-link.ts'
import { RedisQueues } from '../src/delivery/redis-queues.ts'
import { WiredBell } from '../src/delivery/wired.ts'
import type { openBell } from '../src/open-bell.ts'
import { startServer } from '../src/start.ts'
import { Scene } from './support/client.ts'
import { type Pair, serverOn, twoServers } from './support/neighbours.ts'
import { RedisServer, redisIsHere } from './support/redis.ts'
import { freshDatabase } from './support/server.ts'
import { until } from './support/wait.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const CLOSE = { type: 'CLOSE_ALL', payload: {} }
const LONG = { wait_ms: 25_000 }
// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects
const idsOf = ({ body }: { body: any }): string[] => body.commands.map(({ id }: { id: string }) => id)
const ANSWERS = 'info Redis answers: it rings the bell between servers'
const AWAY = 'warn Redis does not answer'
const told = ({ said }: { said: string[] }, start: string) => said.filter((line) => line.startsWith(start))

async function redisServer(): Promise<RedisServer> {
  const redis = await RedisServer.start()
  closing.push(() => redis.close())
  return redis
}

/** What arrives at B, arrived by a ring. */
async function pair(
  options_a: Parameters<typeof twoServers>[0],
  options_b: Parameters<typeof twoServers>[0] = options_a,
): Promise<Pair> {
  const made = await twoServers(options_a, { ...options_b, still: true })
  closing.push(made.stop)
  return made
}

/** Redis alone, without PostgreSQL's wire behind it. */
const redisAlone: typeof openBell = async ({ config, timers, log, ids }) => {
  const place = { host: config.REDIS_HOST as string, port: config.REDIS_PORT, database: config.REDIS_DB }
  const link = new RedisLink({ place, timers, log, channel: 'ngtb:bell:alone' })
  const server_id = ids.keyId()
  return {
    bell: new WiredBell({ wires: [new RedisWire(link)], server_id, timers, log }),
    mirror: new RedisQueues({ link, server_id, timers, log }),
  }
}

/** A command that is created at A and waited for at B. */
async function crosses({ a, b }: Pair, key: string): Promise<void> {
  const waiting = b.ask('get_commands', LONG)
  const { body } = await a.create(key, CLOSE)
  expect(idsOf(await waiting)).toEqual([body.command_id])
  await b.answer(body.command_id, 'completed', { closed: [] })
}

describe.skipIf(!redisIsHere())('with a real Redis', () => {
  test('a command created at one server reaches an EA at another through Redis alone', async () => {
    const redis = await redisServer()
    const two = await pair({ env: redis.env, bell: redisAlone })
    await crosses(two, 'by-redis')
  })

  test('where Redis reaches fewer than there are, PostgreSQL tells them, too', async () => {
    const redis = await redisServer()
    const two = await pair({ env: redis.env }, {})
    await until(() => told(two.at_a, ANSWERS).length > 0)
    await crosses(two, 'by-notify')
  })

  test('K5: Redis is emptied: nothing is lost, and the lists are written again', async () => {
    const redis = await redisServer()
    const two = await pair({ env: redis.env })
    const first = await two.a.create('before', CLOSE)
    await until(async () => (await redis.list(1)).includes(first.body.command_id))
    await redis.say('FLUSHALL')
    const second = await two.a.create('after', CLOSE)
    await until(async () => (await redis.list(1)).length === 2)
    await redis.say('FLUSHALL')
    // Nothing changes any more, and still the list tells the truth again.
    await until(async () => (await redis.list(1)).length === 2)
    expect(await redis.list(1)).toEqual([first.body.command_id, second.body.command_id])
    expect(idsOf(await two.b.ask('get_commands', LONG))).toEqual([
      first.body.command_id,
      second.body.command_id,
    ])
    await until(async () => (await redis.list(1)).length === 0)
  })

  test('F12: a hung Redis delays no request, and the bell rings on', async () => {
    const redis = await redisServer()
    const two = await pair({ env: redis.env })
    await until(() => told(two.at_a, ANSWERS).length * told(two.at_b, ANSWERS).length > 0)
    redis.hang()
    closing.push(() => redis.goOn())
    // All of this is answered although Redis answers nothing: no request waits for it.
    for (const key of ['h1', 'h2', 'h3', 'h4', 'h5']) await crosses(two, key)
    await until(() => told(two.at_a, AWAY).length * told(two.at_b, AWAY).length > 0)
    await crosses(two, 'h6')
    redis.goOn()
    await until(() => told(two.at_a, ANSWERS).length * told(two.at_b, ANSWERS).length === 4)
    await crosses(two, 'h7')
    const last = await two.a.create('h8', CLOSE)
    await until(async () => (await redis.list(1))[0] === last.body.command_id)
    expect(await two.a.problems()).toEqual([])
  })

  test('Redis dies and comes back empty: one line for each change, the lists as they must be', async () => {
    const redis = await redisServer()
    const two = await pair({ env: redis.env })
    await until(() => told(two.at_a, ANSWERS).length * told(two.at_b, ANSWERS).length > 0)
    await redis.kill()
    await crosses(two, 'dead')
    const { body } = await two.a.create('waits', CLOSE)
    // In its place somebody who hangs up: it is tried again and again, and said once.
    const tries = await hangingUp(redis.port)
    await until(() => tries.count >= 6)
    await tries.close()
    await redis.start()
    await until(async () => (await redis.list(1)).length === 1)
    expect(await redis.list(1)).toEqual([body.command_id])
    for (const server of [two.at_a, two.at_b]) {
      await until(() => told(server, ANSWERS).length === 2)
      expect(told(server, AWAY)).toHaveLength(1)
    }
    expect(idsOf(await two.b.ask('get_commands', LONG))).toEqual([body.command_id])
  })

  test('absent at the start: the server starts, says so, rings through PostgreSQL, and takes it when it comes', async () => {
    const redis = await RedisServer.place()
    closing.push(() => redis.close())
    const two = await pair({ env: redis.env })
    await until(() => told(two.at_a, AWAY).length * told(two.at_b, AWAY).length === 1)
    await crosses(two, 'without')
    const { body } = await two.a.create('then', CLOSE)
    await redis.start()
    await until(async () => (await redis.list(1)).length === 1)
    expect(await redis.list(1)).toEqual([body.command_id])
    expect(told(two.at_a, AWAY)).toHaveLength(1)
  })

  test('a server that is started by its settings uses it', async () => {
    const redis = await redisServer()
    const database = await freshDatabase()
    closing.push(() => database.drop())
    const data_dir = mkdtempSync(join(tmpdir(), 'ngtb-bell-'))
    const said: string[] = []
    const say = (message: string) => void said.push(message)
    const started = await startServer({
      env: { DATABASE_URL: database.url, ...redis.env },
      data_dir,
      any_port: true,
      log: { info: say, warn: say, error: say },
    })
    closing.push(async () => {
      await started.stop()
      rmSync(data_dir, { recursive: true })
    })
    const b = await serverOn(database.url, { env: redis.env })
    closing.push(b.stop)
    await until(() => said.some((line) => line.startsWith('Redis answers')))
    const scene = await Scene.at(b)
    const wish = { account_number: scene.login, command_type: 'CLOSE_ALL', payload: {} }
    const [command_id, execution] = await started.comm.createCommand(wish)
    await until(async () => (await redis.list(1)).length === 1)
    expect(await redis.list(1)).toEqual([command_id])
    expect(idsOf(await scene.ask('get_commands', LONG))).toEqual([command_id])
    await scene.answer(command_id, 'completed', { closed: [] })
    // Settled at the other server, and seen by whoever holds it here.
    await until(() => execution.status === 'completed')
  })

  test('a Redis that hangs from the start holds up neither start nor stop', async () => {
    const redis = await redisServer()
    redis.hang()
    closing.push(() => redis.goOn())
    const two = await pair({ env: redis.env })
    await crosses(two, 'hung')
    const third = await serverOn(two.url, { env: redis.env })
    await third.stop()
  })
})

/** Takes connections on a port and ends them at once. */
async function hangingUp(port: number) {
  const tries = { count: 0, close: () => new Promise((closed) => server.close(closed)) }
  const server = net.createServer((socket) => {
    tries.count += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return tries
}
