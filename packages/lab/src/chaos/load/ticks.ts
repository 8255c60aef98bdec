// Ticks without mercy: batches with a name, repeated until they are acknowledged, and counted only then (P11).
import type { Random } from '@ngtb/ea-sim'
import { SYMBOLS } from '../broker/account.ts'

const BATCH = 100
/** Batches on their way at once; more wait for the server to come back. */
const UNDER_WAY_MAX = 8
const AGAIN_MS = 50

export class TickStream {
  acknowledged = 0
  readonly #url: string
  readonly #key: string
  readonly #random: Random
  readonly #every_ms: number
  #timer: NodeJS.Timeout | null = null
  readonly #under_way = new Set<Promise<void>>()
  #count = 0

  constructor(url: string, key: string, random: Random, ticks_per_sec: number) {
    this.#url = `${url}/api/ticks/batch`
    this.#key = key
    this.#random = random
    this.#every_ms = (1000 * BATCH) / ticks_per_sec
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (this.#under_way.size >= UNDER_WAY_MAX) return
      const sent = this.#untilTaken(this.#batch()).finally(() => this.#under_way.delete(sent))
      this.#under_way.add(sent)
    }, this.#every_ms)
  }

  /** No new ones; resolves when all that were begun are acknowledged. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
    await Promise.all(this.#under_way)
  }

  #batch(): string {
    const timestamp = Date.now()
    const ticks = Array.from({ length: BATCH }, () => {
      const bid = 1 + this.#random.between(0, 999) / 1e5
      const symbol = SYMBOLS[this.#random.between(0, SYMBOLS.length - 1)]
      return { symbol, bid, ask: bid + 1e-4, timestamp, volume: 1 }
    })
    return JSON.stringify({ batch_id: `chaos-${++this.#count}`, ticks })
  }

  async #untilTaken(body: string): Promise<void> {
    const headers = { 'content-type': 'application/json', 'x-api-key': this.#key }
    for (;;) {
      try {
        const answer = await fetch(this.#url, { method: 'POST', headers, body })
        await answer.arrayBuffer()
        if (answer.ok) {
          this.acknowledged += BATCH
          return
        }
        if (answer.status < 500 && answer.status !== 429) throw new Error(`ticks: ${answer.status}`)
      } catch (error) {
        if ((error as Error).message.startsWith('ticks: ')) throw error
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
    }
  }
}
