// The circumstances of a trading day: market hours, the terminal's switches, refusals on demand.

import type { Cause } from './broker-types.ts'
import { type Refusal, Retcode } from './checks.ts'

export class Conditions {
  /** The terminal's "Algo Trading" button: off = TRADE_RETCODE_CLIENT_DISABLES_AT for the EA. */
  algo_trading = true
  /** The link of terminal and trade server: off = TRADE_RETCODE_CONNECTION for everybody. */
  connected = true
  readonly #closed_markets = new Set<string>()
  readonly #planned: number[] = []

  /** A closed market refuses everything about its symbol with TRADE_RETCODE_MARKET_CLOSED. */
  setMarketOpen(symbol: string, open: boolean): void {
    if (open) this.#closed_markets.delete(symbol)
    else this.#closed_markets.add(symbol)
  }

  /** The next `times` requests of the EA are refused with this retcode: a bad day on demand. */
  rejectNext(retcode: number, times = 1): void {
    for (let time = 0; time < times; time++) this.#planned.push(retcode)
  }

  /** Why nothing about this symbol can be done now; null when it can. */
  refuse(symbol: string, cause: Cause): Refusal | null {
    const planned = cause.by === 'expert' ? this.#planned.shift() : undefined
    if (planned !== undefined) return { retcode: planned, comment: 'refused on demand (rejectNext)' }
    if (!this.connected)
      return { retcode: Retcode.CONNECTION, comment: 'no connection with the trade server' }
    if (!this.algo_trading && cause.by === 'expert')
      return { retcode: Retcode.CLIENT_DISABLES_AT, comment: 'algo trading is switched off in the terminal' }
    if (this.#closed_markets.has(symbol))
      return { retcode: Retcode.MARKET_CLOSED, comment: `${symbol} is closed now` }
    return null
  }
}
