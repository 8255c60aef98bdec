// The broker's current prices, and what one currency is worth in another at them.

import { fromPoints, ONE, type Rate, toPoints } from './decimal.ts'
import type { SymbolSpec } from './symbols.ts'

/** Whole points of the symbol. */
export interface Quote {
  bid: number
  ask: number
  time_ms: number
}

export class Quotes {
  readonly #specs: ReadonlyMap<string, SymbolSpec>
  readonly #quotes = new Map<string, Quote>()
  #changes = 0

  constructor(specs: ReadonlyMap<string, SymbolSpec>) {
    this.#specs = specs
  }

  set(spec: SymbolSpec, bid: number, ask: number, time_ms: number): Quote {
    const quote = { bid: toPoints(bid, spec.digits), ask: toPoints(ask, spec.digits), time_ms }
    this.#quotes.set(spec.symbol, quote)
    this.#changes += 1
    return quote
  }

  /** How often a price was set: what was counted at this number holds as long as it stays. */
  get changes(): number {
    return this.#changes
  }

  get(symbol: string): Quote | undefined {
    return this.#quotes.get(symbol)
  }

  /** Bid and ask as prices, for people and tests. */
  prices(symbol: string): { bid: number; ask: number; time_ms: number } | null {
    const quote = this.#quotes.get(symbol)
    const spec = this.#specs.get(symbol)
    if (quote === undefined || spec === undefined) return null
    const { bid, ask, time_ms } = quote
    return { bid: fromPoints(bid, spec.digits), ask: fromPoints(ask, spec.digits), time_ms }
  }

  /**
   * How much of `to` one unit of `from` is, exactly. The pair's bid is used; `own` overrides the price
   * of one symbol (a USDJPY position is converted at its own closing price). Without any quote the reference
   * price stands in, so that a feed of one symbol is enough to trade it. Null: no pair connects the two.
   */
  rate(from: string, to: string, own?: { symbol: string; points: number }): Rate | null {
    if (from === to) return ONE
    const direct = this.#conversionPrice(from + to, own)
    if (direct !== null) return direct
    const inverse = this.#conversionPrice(to + from, own)
    return inverse === null ? null : { num: inverse.den, den: inverse.num }
  }

  #conversionPrice(symbol: string, own?: { symbol: string; points: number }): Rate | null {
    const spec = this.#specs.get(symbol)
    if (spec === undefined) return null
    const reference = toPoints(spec.reference_price, spec.digits)
    const points = own?.symbol === symbol ? own.points : (this.#quotes.get(symbol)?.bid ?? reference)
    return { num: BigInt(points), den: 10n ** BigInt(spec.digits) }
  }
}
