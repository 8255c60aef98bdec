// The symbols that the existing EA watches: asked for once, added to by heartbeats' answers, never to be taken away.
import type { Bar, Timeframe } from './facts.ts'
import { NO_SYMBOL, type SymbolInfo } from './facts.ts'
import type { Pace } from './hands.ts'
import { succeeded } from './line.ts'
import { coverageIn, needsUpdateIn, symbolsIn } from './reading.ts'
import type { Terminal } from './terminal.ts'
import type { Voice } from './voice.ts'
import { bareBody, coverageBody, historicalBody, oneSpecBody, specsBody } from './wording.ts'

const FIRST_HISTORY: readonly (readonly [Timeframe, number])[] = [
  ['H1', 168],
  ['H4', 84],
]
const COVERED = 90

export class Subscriptions {
  symbols: string[] = []
  readonly #voice: Voice
  readonly #terminal: Terminal
  readonly #pace: Pace

  constructor(voice: Voice, terminal: Terminal, pace: Pace) {
    this.#voice = voice
    this.#terminal = terminal
    this.#pace = pace
  }

  /** Once in an EA's life, and only when its first connect was answered. */
  async atInit(): Promise<void> {
    if (!this.#voice.open) return
    const body = bareBody(this.#voice.caller)
    const answer = await this.#voice.line.post({ port: 'command', path: '/api/symbols', body })
    if (succeeded(answer)) this.symbols = symbolsIn(answer.text) ?? []
    const specs = this.symbols.map((symbol) => this.#spec(symbol))
    await this.#postSpecs(specsBody(this.#voice.caller, specs))
    for (const symbol of this.symbols) await this.#firstHistory(symbol)
  }

  /**
   * A list in a heartbeat's answer. A list without what is watched, or in another order, makes the EA read outside of
   * an array, and MT5 ends it.
   * @throws that end
   */
  async fromHeartbeat(text: string): Promise<void> {
    const listed = symbolsIn(text)
    if (listed === null) return
    if (this.symbols.some((symbol, at) => listed[at] !== symbol))
      throw new Error(`array out of range: heartbeat's symbols [${listed}] after [${this.symbols}]`)
    const added = listed.slice(this.symbols.length)
    this.symbols = listed
    for (const symbol of added) {
      await this.#postSpecs(oneSpecBody(this.#voice.caller, this.#spec(symbol)))
      await this.#firstHistory(symbol)
      await this.#voice.log('INFO', 'Symbol subscribed', `Symbol: ${symbol}`)
    }
  }

  async upload(symbol: string, timeframe: Timeframe, bars: readonly Bar[]): Promise<boolean> {
    const body = historicalBody(this.#terminal.login, symbol, timeframe, bars)
    return succeeded(await this.#voice.postWithKey({ path: '/api/ohlc/historical', body }))
  }

  /** Oldest first, and the last bar is still forming. */
  async #firstHistory(symbol: string): Promise<void> {
    const { bars } = this.#terminal
    for (const [timeframe, count] of FIRST_HISTORY) {
      const body = coverageBody(symbol, timeframe, count)
      const timeout_ms = this.#pace.coverage_timeout_ms
      const answer = await this.#voice.postWithKey({ path: '/api/ohlc/coverage', body, timeout_ms })
      const enough = !needsUpdateIn(answer.text) && coverageIn(answer.text) >= COVERED
      const known = this.#terminal.spec(symbol) !== undefined
      const now = this.#terminal.timeCurrent()
      const newest = !enough && known ? bars.newest(symbol, timeframe, count, now) : []
      if (newest.length > 0) await this.upload(symbol, timeframe, newest)
      await this.#voice.line.sleep(this.#pace.upload_sleep_ms)
    }
  }

  /** A name that the broker does not have is told all the same, with zeros. */
  #spec = (symbol: string): SymbolInfo => this.#terminal.spec(symbol) ?? { ...NO_SYMBOL, symbol }

  async #postSpecs(body: string): Promise<void> {
    await this.#voice.postWithKey({ path: '/api/symbol_specs', body })
  }
}
