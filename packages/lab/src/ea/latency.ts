// How long a command takes from its creation to the broker, through server, push and the EA's timer.
import { performance } from 'node:perf_hooks'
import type { EaStage } from './stage.ts'

export interface Spread {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface Measured {
  /** From the request's start to the order at the broker, ms. */
  readonly create_to_broker: Spread
  /** Of the EA's handlers, as the host measured them, ms. */
  readonly handlers: Readonly<Record<string, Spread>>
}

export async function measure(stage: EaStage, orders: number): Promise<Measured> {
  const terminal = stage.terminal('bench', { args: ['--latency', '1'] })
  terminal.begin()
  await terminal.online()
  const client = stage.client(terminal.login)
  const seen: number[] = []
  terminal.host.listen(({ ev }) => {
    if (ev === 'order') seen.push(performance.now())
  })
  const times: number[] = []
  for (let n = 0; n < orders; n++) {
    const order_type = n % 2 === 0 ? 'BUY' : 'SELL'
    const before = seen.length
    const began = performance.now()
    const handle = await client.openTrade({ symbol: 'EURUSD', order_type, volume: 0.01 })
    await handle.settled()
    const at = seen[before]
    if (at !== undefined) times.push(at - began)
    if (n % 50 === 49) await (await client.closeAll({})).settled()
  }
  const handlers = (await terminal.do('timings')) as Record<string, Spread>
  return { create_to_broker: spread(times), handlers }
}

function spread(times: readonly number[]): Spread {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}
