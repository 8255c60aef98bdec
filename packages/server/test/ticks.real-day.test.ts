// A real day's quotes through the tick door, a thousand times as fast, over a line that cuts, doubles and reorders: the
// table is the file to the last digit, and the candles are those of another computation (P11). At its own pace:
//   REAL_DAY=usdjpy-2013-01-01 REAL_DAY_SPEED=1 npx vitest run packages/server/test/ticks.real-day.test.ts
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { TIMEFRAMES, type Timeframe } from '@ngtb/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { silentLog } from '../src/platform/log.ts'
import { type RunningServer, startServer } from '../src/start.ts'
import { type FreshDatabase, freshDatabase } from './support/server.ts'

const { REAL_DAY = 'eurusd-2020-01-01', REAL_DAY_SPEED = '1000' } = process.env
const FILE = new URL(`./fixtures/${REAL_DAY}.csv`, import.meta.url)
const SYMBOL = REAL_DAY.slice(0, 6).toUpperCase()
const SPEED = Number(REAL_DAY_SPEED)
const LOGIN = 7000005
const TURN_MS = 20

interface Row {
  readonly text: string
  readonly time_ms: number
  readonly bid: string
  readonly ask: string
}

const rows: Row[] = fs
  .readFileSync(FILE, 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((text) => {
    const [time = '', bid = '', ask = ''] = text.trim().split(',')
    return { text: text.trim(), time_ms: Number(time), bid, ask }
  })

/** mulberry32: the same faults every time. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

let database: FreshDatabase
let data_dir: string
let running: RunningServer
let ea: string
let admin: string
beforeAll(async () => {
  database = await freshDatabase()
  data_dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ngtb-day-'))
  const env = { DATABASE_URL: database.url, NGTB_RATE_TICKS: '1000000', NGTB_RATE_POLL: '1000000' }
  running = await startServer({ env, data_dir, any_port: true, log: silentLog })
  const hello = await fetch(`http://127.0.0.1:${running.ports.command}/api/connect`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ account: LOGIN, broker: 'Test', platform: 'MT5' }),
  })
  ea = ((await hello.json()) as { api_key: string }).api_key
  const made = await running.server.services.keys.create(
    { account_id: null, scopes: ['admin'], label: 'test' },
    'test',
  )
  admin = made.api_key
})
afterAll(async () => {
  await running?.stop()
  await database.drop()
  fs.rmSync(data_dir, { recursive: true, force: true })
})

const request = (first: number, batch: readonly Row[]): Buffer => {
  const ticks = batch.map(
    ({ time_ms, bid, ask }) => `{"symbol":"${SYMBOL}","bid":${bid},"ask":${ask},"timestamp":${time_ms}}`,
  )
  const body = `{"account":${LOGIN},"run":"day","first_seq":${first + 1},"ticks":[${ticks.join(',')}]}`
  const head = `POST /api/ticks/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: ${ea}\r\nConnection: close\r\n`
  return Buffer.from(`${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
}

/** @param cut after so many bytes the line is gone; null: it holds @returns the answer, or null */
function send(bytes: Buffer, cut: number | null): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = net.connect(running.ports.ticks, '127.0.0.1')
    let heard = ''
    socket.on('data', (chunk) => {
      heard += chunk
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(heard.startsWith('HTTP/1.1 200') ? heard : null))
    if (cut === null) socket.write(bytes)
    else socket.write(bytes.subarray(0, cut), () => socket.destroy())
  })
}

const market_ms_long = (rows.at(-1)?.time_ms ?? 0) - (rows[0]?.time_ms ?? 0)
test(
  `P11: at ${SPEED}×, with cuts, duplicates and reordering, nothing is lost, doubled or changed`,
  async () => {
    const random = chance(20200101)
    const sent: Buffer[] = []
    const late: Promise<unknown>[] = []
    const began = performance.now()
    const first_ms = rows[0]?.time_ms ?? 0
    let cuts = 0
    for (let at = 0; at < rows.length; ) {
      const market_ms = first_ms + (performance.now() - began) * SPEED
      const due = rows.slice(at).findIndex(({ time_ms }) => time_ms > market_ms)
      const count = Math.min(500, due === -1 ? rows.length - at : due)
      if (count > 0) {
        const bytes = request(at, rows.slice(at, at + count))
        sent.push(bytes)
        for (let answer: string | null = null; answer === null; ) {
          const cut = random() < 0.3 ? Math.floor(random() * (bytes.length + 1)) : null
          if (cut !== null) cuts++
          // Twice at once, each on a line of its own: either may be the first.
          if (random() < 0.3) late.push(send(bytes, null))
          answer = await send(bytes, cut)
        }
        // And one of long ago again, behind newer ones.
        if (random() < 0.3) late.push(send(sent[Math.floor(random() * sent.length)] as Buffer, null))
        at += count
      }
      await sleep(TURN_MS)
    }
    await Promise.all(late)
    expect(cuts).toBeGreaterThan(10)
    expect(late.length).toBeGreaterThan(20)

    const stored = await all<{ time_ms: number; bid: number; ask: number }>(
      `ticks?symbol=${SYMBOL}&limit=1000`,
    )
    const decimals = (text: string) => text.split('.')[1]?.length ?? 0
    // Equal milliseconds keep their order: the file's own lines, one after the other.
    const told = stored.map(({ time_ms, bid, ask }, at) => {
      const row = rows[at] as Row
      return `${time_ms},${bid.toFixed(decimals(row.bid))},${ask.toFixed(decimals(row.ask))}`
    })
    expect(told).toEqual(rows.map(({ text }) => text))
    stored.forEach(({ bid, ask }, at) => {
      expect([bid, ask]).toEqual([Number(rows[at]?.bid), Number(rows[at]?.ask)])
    })
    expect((await read<{ items: unknown[] }>('tick-losses')).items).toEqual([])
  },
  240_000 + market_ms_long / SPEED,
)

/** In plain words: sorted into boxes by time; first, highest, lowest, last of each. */
function boxes(timeframe: Timeframe) {
  const length = TIMEFRAMES[timeframe] * 1_000
  const found = new Map<number, number[]>()
  for (const { time_ms, bid } of rows) {
    const box = time_ms - (time_ms % length)
    found.set(box, [...(found.get(box) ?? []), Number(bid)])
  }
  return [...found]
    .sort(([a], [b]) => a - b)
    .map(([time_ms, bids]) => ({
      ...{ time_ms, open: bids[0], high: Math.max(...bids), low: Math.min(...bids), close: bids.at(-1) },
      ticks: bids.length,
    }))
}

test.each(Object.keys(TIMEFRAMES) as Timeframe[])(
  'candles of %s are those of another computation',
  async (timeframe) => {
    const told = await all<Record<string, unknown>>(
      `candles?symbol=${SYMBOL}&timeframe=${timeframe}&limit=1000`,
    )
    const plain = told.map(({ time_ms, open, high, low, close, ticks }) => ({
      time_ms,
      open,
      high,
      low,
      close,
      ticks,
    }))
    expect(plain).toEqual(boxes(timeframe))
    expect(told.slice(0, -1).every(({ complete }) => complete === true)).toBe(true)
    expect(told.at(-1)?.complete).toBe(false)
  },
)

async function read<T>(what: string): Promise<T> {
  const answer = await fetch(`${running.url}/api/v1/accounts/${LOGIN}/${what}`, {
    headers: { authorization: `Bearer ${admin}` },
  })
  expect(answer.status).toBe(200)
  return (await answer.json()) as T
}

async function all<T>(what: string): Promise<T[]> {
  const items: T[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: T[]; next_cursor: string | null } = await read(
      `${what}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    )
    items.push(...page.items)
    cursor = page.next_cursor
  }
  return items
}
