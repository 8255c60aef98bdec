// The start itself: what it refuses, what it says, and what it leaves behind (issue 2, Server; contract §8).
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConfigError } from '../src/config.ts'
import { silentLog } from '../src/platform/log.ts'
import { type RunningServer, startServer } from '../src/start.ts'
import { Scene } from './support/client.ts'
import { type FreshDatabase, freshDatabase } from './support/server.ts'
import { ManualTime } from './support/time.ts'

let database: FreshDatabase
let data_dir: string
let running: RunningServer | undefined
beforeEach(async () => {
  database = await freshDatabase()
  data_dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ngtb-config-'))
  fs.chmodSync(data_dir, 0o755)
})
afterEach(async () => {
  await running?.stop()
  running = undefined
  await database.drop()
  fs.rmSync(data_dir, { recursive: true, force: true })
})

const PORTS = ['PORT_COMMAND', 'PORT_TICKS', 'PORT_TRADES', 'PORT_LOGS', 'PORT_WEBUI']
const free = () => ({ DATABASE_URL: database.url, ...Object.fromEntries(PORTS.map((name) => [name, '0'])) })

test('a taken port stops the start with its name and the remedy; nothing stays behind', async () => {
  const squatter = net.createServer()
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve))
  const { port } = squatter.address() as net.AddressInfo
  for (const name of PORTS) {
    const env = { ...free(), [name]: String(port) }
    const start = startServer({ env, data_dir, log: silentLog })
    await expect(start).rejects.toThrow(ConfigError)
    await expect(start).rejects.toThrow(new RegExp(`Port ${port} is taken.*${name}`))
    expect(fs.existsSync(path.join(data_dir, 'run.json'))).toBe(false)
  }
  await new Promise((resolve) => squatter.close(resolve))
})

test('a DATABASE_URL that leads nowhere stops the start with what to check', async () => {
  for (const url of ['postgres://127.0.0.1:1/none', database.url.replace(/\/t_[0-9a-f]+/, '/t_missing')])
    await expect(
      startServer({ env: { ...free(), DATABASE_URL: url }, data_dir, log: silentLog }),
    ).rejects.toThrow(/^DATABASE_URL can not be used/)
})

test('§8: a clock behind the newest entry goes on from there, says so, and expires what was not handed out', async () => {
  const time = new ManualTime(Date.UTC(2090, 0, 1))
  const future = await Scene.open({
    database: { url: database.url, drop: async () => {} },
    clock: time,
    timers: time,
  })
  const delivered = await future.made('OPEN_TRADE', { symbol: 'EURUSD', order_type: 'BUY', volume: 1 })
  await future.poll()
  const waiting = await future.made('OPEN_TRADE', { symbol: 'EURUSD', order_type: 'BUY', volume: 1 })
  const endless = await future.made('CLOSE_ALL', { symbol: 'GBPUSD' })
  await future.stop()
  const errors: string[] = []
  running = await startServer({
    env: free(),
    data_dir,
    log: { ...silentLog, error: (message) => void errors.push(message) },
  })
  expect(errors).toEqual([expect.stringMatching(/clock .* behind the newest entry/)])
  expect(running.server.services.clock.now()).toBeGreaterThanOrEqual(time.now())
  const status = async (id: string) => (await running?.server.services.store.command(1, id))?.status
  expect([await status(delivered), await status(waiting), await status(endless)]).toEqual([
    'executing',
    'expired',
    'pending',
  ])
})
