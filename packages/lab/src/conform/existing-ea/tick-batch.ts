// The existing EA's ticks: all watched symbols at every call of the timer, kept and sent with more until a 200.
import { succeeded } from './line.ts'
import type { Reports } from './reports.ts'
import type { Terminal } from './terminal.ts'
import type { Voice } from './voice.ts'
import { ticksBody, tickText } from './wording.ts'

/** What it takes for always open. */
const CRYPTO = /BTC|ETH|XRP|LTC/

export class TickBatch {
  /** Ever, whatever became of them. */
  collected = 0
  #ticks: string[] = []
  readonly #voice: Voice
  readonly #terminal: Terminal
  readonly #reports: Reports

  constructor(voice: Voice, terminal: Terminal, reports: Reports) {
    this.#voice = voice
    this.#terminal = terminal
    this.#reports = reports
  }

  get size(): number {
    return this.#ticks.length
  }

  /** Whether or not a price changed; for all but crypto the market seems closed. */
  collect(symbols: readonly string[]): void {
    const timestamp = this.#terminal.timeCurrent()
    const tz_offset = this.#terminal.tz_offset_s
    for (const symbol of symbols) {
      const quote = this.#terminal.quoteOf(symbol)
      if (!quote) continue
      this.collected++
      const tradeable = CRYPTO.test(symbol)
      this.#ticks.push(tickText({ symbol, ...quote, volume: 1, timestamp, tz_offset, tradeable }))
    }
  }

  /** With every open position: the only complete list that the EA ever gives. */
  async send(): Promise<void> {
    if (this.#ticks.length === 0) return
    const positions = this.#terminal.positions().map((held) => {
      return { ticket: held.ticket, profit: this.#terminal.profitOf(held), swap: held.swap }
    })
    const values = { ...this.#terminal.funds(), ...this.#reports.figures() }
    const body = ticksBody(this.#voice.caller, this.#ticks, positions, values)
    const answer = await this.#voice.line.post({ port: 'ticks', path: '/api/ticks', body })
    if (succeeded(answer)) this.#ticks = []
  }
}
