// The simulated broker as a dialogue sees it: its book as plain values, the trader's hand, quotes.
import { SimulatedBroker } from '@ngtb/ea-sim'
import type { Json } from '../language/dialogue.ts'
import type { BenchBroker } from './bench.ts'

/** Quotes from the start: the dialogues' prices lie around these. */
const QUOTES = [
  ['EURUSD', 1.09, 1.09008],
  ['GBPUSD', 1.27, 1.27012],
] as const
const MANUAL = { by: 'manual' } as const

type Fields = Readonly<Record<string, Json>>

/** A new market, quoted. */
export function quoted<T extends SimulatedBroker>(broker: T): T {
  for (const [symbol, bid, ask] of QUOTES) broker.onTick({ symbol, bid, ask, time_ms: Date.now() })
  return broker
}

export const marketOf = (margin_mode: 'hedging' | 'netting'): SimulatedBroker =>
  quoted(new SimulatedBroker({ margin_mode }))

/** @param advance lets what is due happen, before the book is looked at */
export const bookOf = (
  broker: SimulatedBroker,
  link: (up: boolean) => void,
  advance: () => void = () => {},
): BenchBroker => ({
  positions() {
    advance()
    return broker.positions().map((position) => ({ ...position }))
  },
  orders() {
    advance()
    return broker.orders.all().map((order) => ({ ...order }))
  },
  byHand: (action, fields) => byHand(broker, action, fields),
  link,
  quote: (symbol, bid, ask) => void broker.onTick({ symbol, bid, ask, time_ms: Date.now() }),
})

function byHand(broker: SimulatedBroker, action: string, fields: Fields): Json {
  if (action === 'open') {
    const { symbol, direction, volume, magic = '0' } = fields
    const side = direction === 'SELL' ? 'SELL' : 'BUY'
    const asked = {
      symbol: String(symbol),
      direction: side,
      volume: Number(volume),
      magic: String(magic),
    } as const
    const { retcode, position } = broker.open(asked, MANUAL)
    return { retcode, ticket: position?.ticket ?? null }
  }
  if (action === 'close') {
    const volume = fields.volume === undefined ? null : Number(fields.volume)
    return { retcode: broker.close(String(fields.ticket), MANUAL, volume).retcode }
  }
  if (action === 'place') {
    const { symbol, direction, volume, price, magic = '0' } = fields
    const side = direction === 'SELL' ? 'SELL' : 'BUY'
    const asked = {
      symbol: String(symbol),
      direction: side,
      kind: 'LIMIT',
      volume: Number(volume),
      price: Number(price),
    } as const
    const { retcode, order } = broker.orders.place({ ...asked, magic: String(magic) }, MANUAL)
    return { retcode, ticket: order?.ticket ?? null }
  }
  throw new RangeError(`by_hand ${action}: a hand can open, close and place`)
}
