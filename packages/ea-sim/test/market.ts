// Helpers for tests: a broker with quotes, and ticks without a file.

import type { BrokerOptions, Tick } from '../src/index.ts'
import { SimulatedBroker } from '../src/index.ts'

export const EXPERT = { by: 'expert' } as const
export const MANUAL = { by: 'manual' } as const
export const START_MS = 1_577_916_000_000

export function tickOf(symbol: string, bid: number, ask: number, time_ms = START_MS): Tick {
  return { symbol, time_ms, bid, ask, bid_text: String(bid), ask_text: String(ask), volume: 0 }
}

/** EURUSD 1.09000/1.09008, USDJPY 150.000/150.010, XAUUSD 2050.00/2050.20. */
export function marketOf(options: BrokerOptions = {}): SimulatedBroker {
  const broker = new SimulatedBroker(options)
  broker.onTick(tickOf('EURUSD', 1.09, 1.09008))
  broker.onTick(tickOf('USDJPY', 150, 150.01))
  broker.onTick(tickOf('XAUUSD', 2050, 2050.2))
  return broker
}
