// `npm run bench:trades`: full lists of 10 and 500 positions, and the backlog of an EA that was away, drained. Over
// real HTTP with durable commits. Exit 1 when a target is missed; with CI=true it only tells.
import { randomUUID } from 'node:crypto'
import { Latencies, nowMs, type Summary, short } from '../support/measure.ts'
import { encodeRequest, type Wire } from '../support/wire.ts'
import { type Line, latency } from './lines.ts'
import { type Actor, checked, type Stage } from './stage.ts'
import { benchTool } from './tool.ts'

const EVENTS_A_MESSAGE = 500
const WARM_UP = 20

async function measure(stage: Stage, full: boolean): Promise<Line[]> {
  const samples = full ? 300 : 60
  const [few, many, away] = await stage.cast(3)
  if (!few || !many || !away) throw new Error('nobody connected')
  const wire = await stage.wire('trades')
  return [
    latency('a list of 10 positions', await lists(wire, few, 10, samples), Number.POSITIVE_INFINITY, 15),
    latency('a list of 500 positions', await lists(wire, many, 500, samples), Number.POSITIVE_INFINITY, 100),
    await backlog(wire, away, full ? 100_000 : 10_000),
  ]
}

/** Each list has other profits, as a terminal's lists have: every row is written again. */
async function lists(
  wire: Wire,
  { login, key }: Actor,
  positions: number,
  samples: number,
): Promise<Summary> {
  const latencies = new Latencies()
  for (let at = -WARM_UP; at < samples; at++) {
    const trades = Array.from({ length: positions }, (_, no) => ({
      ...shape(no + 1),
      open_time: 1_700_000_000,
      profit: at + no / 100,
      swap: -0.1,
      commission: -0.7,
    }))
    const bytes = encodeRequest('POST', '/api/trades/sync', key, JSON.stringify({ account: login, trades }))
    const began = nowMs()
    const reply = await wire.send(bytes)
    const ms = nowMs() - began
    checked(reply, 'list')
    if (at >= 0) latencies.record(ms)
  }
  return latencies.summary()
}

/** An EA comes back with what happened meanwhile: positions, their deals, their ends; one message after the other. */
async function backlog(wire: Wire, { login, key, ea }: Actor, events: number): Promise<Line> {
  const journal_id = randomUUID()
  const post = (path: string, body: object) =>
    encodeRequest('POST', path, key, JSON.stringify({ account: login, ...body }))
  const hello = { protocol: 2, journal_id, last_epoch: 0 }
  const connected = checked(await ea.send(post('/api/connect', hello)), 'connect')
  const { epoch } = JSON.parse(connected.body) as { epoch: number }
  const session = { journal_id, epoch, mono_ms: 1 }
  const began = nowMs()
  let first_seq = 1
  while (first_seq <= events) {
    const told = Array.from({ length: EVENTS_A_MESSAGE }, (_, at) => eventNo(first_seq + at))
    const body = { ...session, stream: 'trade', first_seq, events: told }
    const reply = checked(await wire.send(post('/api/events', body)), 'events')
    const { last_seq, dead } = JSON.parse(reply.body) as { last_seq: number; dead: number[] }
    if (dead.length > 0) throw new Error(`${dead.length} events were not taken`)
    first_seq = last_seq + 1
  }
  const seconds = (nowMs() - began) / 1_000
  return {
    name: `backlog of ${short(events)} events`,
    said: `${short(seconds)} s (${short(events / seconds)} /s)`,
    target: `≤ ${short((60 * events) / 100_000)} s`,
    held: seconds <= (60 * events) / 100_000,
  }
}

/** Four events a position: opened, the deal in, the deal out, closed. */
function eventNo(seq: number): object {
  const position = Math.ceil(seq / 4)
  const { ticket, symbol, direction, volume, open_price } = shape(position)
  const deal = { position: ticket, symbol, volume, reason: 'DEAL_REASON_CLIENT', time: 1_700_000_000 + seq }
  switch (seq % 4) {
    case 1:
      return { kind: 'opened', ticket, symbol, direction, volume, open_price, sl: 1.05, tp: 1.15 }
    case 2:
      return {
        kind: 'deal',
        deal: seq,
        type: 'DEAL_TYPE_BUY',
        entry: 'DEAL_ENTRY_IN',
        price: open_price,
        ...deal,
      }
    case 3:
      return {
        kind: 'deal',
        deal: seq,
        type: 'DEAL_TYPE_SELL',
        entry: 'DEAL_ENTRY_OUT',
        price: 1.1,
        profit: 10,
        ...deal,
      }
    default:
      return { kind: 'closed', ticket, close_price: 1.1, profit: 10, reason: 'DEAL_REASON_CLIENT' }
  }
}

const shape = (no: number) => ({
  ticket: 5_000_000 + no,
  symbol: 'EURUSD',
  direction: 'BUY',
  volume: 0.1,
  open_price: 1.09,
})

await benchTool('npm run bench:trades', 'fewer lists, a tenth of the backlog', measure)
