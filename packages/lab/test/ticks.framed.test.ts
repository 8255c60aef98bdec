// The native EA's ticks over /ws/ticks of a real server, on lines that break, and by HTTP where there is no line (P11):
// every tick once, in order, and nothing called lost.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  createNativeEa,
  findSymbol,
  localBroker,
  mergeTicks,
  Random,
  randomWalk,
  SimulatedBroker,
  systemClock,
  TradeServer,
} from '@ngtb/ea-sim'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TcpProxy } from '../src/chaos/proxy/tcp.ts'
import { NO_RATE_LIMITS, type OwnServer, startOwnServer } from '../src/support/own-server.ts'
import { Rest } from '../src/support/rest.ts'

const COUNT = 6_000
const START_MS = 1_700_000_000_000
let server: OwnServer
let proxy: TcpProxy
let rest: Rest
let folder: string
beforeAll(async () => {
  server = await startOwnServer({ ...NO_RATE_LIMITS, NGTB_ENROLLMENT: 'first-connect' })
  proxy = await new TcpProxy({ host: '127.0.0.1', port: server.ports.ticks }, new Random(7)).listen()
  rest = new Rest(new URL(server.url), server.admin_key)
  folder = mkdtempSync(join(tmpdir(), 'ngtb-framed-'))
}, 200_000)
afterAll(async () => {
  rest?.close()
  await proxy?.close()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs `wound` again and again while the ticks flow; then everything is asked for. */
async function play(login: string, wound: (random: Random) => Promise<void>) {
  const trade_server = new TradeServer(new SimulatedBroker(), { login })
  const ea = createNativeEa({
    ...{ account: login, url: `http://127.0.0.1:${server.ports.command}`, push: true, push_retry_ms: 50 },
    ports: { ...server.ports, ticks: proxy.port },
    broker: localBroker(trade_server, systemClock),
    journal_path: join(folder, `${login}.log`),
    ...{ request_timeout_ms: 1_500, backoff: { base_ms: 10, max_ms: 100 }, stop_timeout_ms: 20_000 },
    cadence: { tick_batch_size: 20, tick_batch_max: 60, tick_interval_ms: 5 },
  })
  await ea.start()
  const walk = (symbol: string, seed: number) => {
    const spec = findSymbol(symbol)
    if (!spec) throw new Error(`no ${symbol}`)
    return randomWalk({
      ...{ spec, random: new Random(seed), start_ms: START_MS, interval_ms: 7, count: COUNT / 2 },
    })
  }
  const ticks = [...mergeTicks([walk('EURUSD', 3), walk('USDJPY', 4)])]
  const random = new Random(11)
  let framed = 0
  const fed = (async () => {
    for (const [at, tick] of ticks.entries()) {
      ea.tick(tick)
      if (at % 10 === 0) await sleep(1)
      if (ea.ticks_framed) framed++
    }
  })()
  let over = false
  void fed.then(() => {
    over = true
  })
  while (!over) {
    await sleep(random.between(20, 90))
    await wound(random)
  }
  await fed
  proxy.heal()
  expect(await ea.stop()).toBe(true)
  const stored: Record<string, unknown[]> = {}
  for (const symbol of ['EURUSD', 'USDJPY']) {
    stored[symbol] = []
    for await (const { time_ms, bid, ask } of rest.all<{ time_ms: number; bid: number; ask: number }>(
      `/api/v1/accounts/${login}/ticks?symbol=${symbol}`,
    ))
      stored[symbol].push([time_ms, bid, ask])
  }
  const sent = (symbol: string) =>
    ticks
      .filter((tick) => tick.symbol === symbol)
      .map(({ time_ms, bid_text, ask_text }) => [time_ms, Number(bid_text), Number(ask_text)])
  expect(stored).toEqual({ EURUSD: sent('EURUSD'), USDJPY: sent('USDJPY') })
  expect(await rest.get(`/api/v1/accounts/${login}/tick-losses`)).toEqual({ items: [] })
  expect(ea.stats).toMatchObject({ ticks_acked: COUNT, ticks_dropped: 0 })
  return { framed, stats: ea.stats }
}

test('lines that break: what was under way comes again over the next, or by HTTP, and is stored once', async () => {
  const { framed, stats } = await play('6000001', async (random) => {
    if (random.chance(0.5)) proxy.cutAll()
    else proxy.set('down', { cut_after_bytes: random.between(200, 2_000) })
    if (random.chance(0.3)) proxy.set('down', { cut_after_bytes: null })
  })
  expect(framed).toBeGreaterThan(COUNT / 10)
  expect(stats.batches_resent).toBeGreaterThan(3)
}, 120_000)

test('T1: a frame is stored, its ack lost, no line to be had: it comes again by HTTP, and is stored once', async () => {
  let by_http = 0
  await play('6000002', async () => {
    const lost = proxy.cutAt({ direction: 'down', pattern: '"type":"ack"', pass: false }).then(() => true)
    if (!(await Promise.race([lost, sleep(500, false)]))) return
    void proxy.cutAt({ direction: 'up', pattern: 'GET /ws/ticks', pass: false }).then(() => by_http++)
  })
  expect(by_http).toBeGreaterThan(3)
}, 120_000)
