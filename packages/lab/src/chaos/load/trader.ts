// A client that never forgets: each intent keeps its name, and is repeated under it until it is answered (P2).
import { randomUUID } from 'node:crypto'
import { type Client, NgtbError, type SubmitOptions } from '@ngtb/sdk'
import type { Intent, IntentAnswer } from '../audit/evidence.ts'
import type { Wish } from './wishes.ts'

interface Kept {
  readonly key: string
  readonly wish: Wish
  answer: IntentAnswer | null
}

export class Trader {
  #client: Client
  readonly #kept = new Map<string, Kept>()
  readonly #created: string[] = []
  #open = 0

  constructor(client: Client) {
    this.#client = client
  }

  get intents(): Intent[] {
    return [...this.#kept.values()].map(({ key, wish, answer }) => ({ key, ...wish, answer }))
  }

  /** Ids of orders that were acknowledged. */
  get created(): readonly string[] {
    return this.#created
  }

  /** Intents that still wait for an answer. */
  get unanswered(): number {
    return this.#open
  }

  /** The process died; another one goes on, with what the strategy's own keys say. */
  bornAgain(client: Client): void {
    this.#client = client
  }

  /**
   * Resolves with the answer; null when none came within the client's patience. An intent is named again by the same
   * `command_id`: then it is asked for again.
   */
  async wants(wish: Wish, options: SubmitOptions = {}): Promise<IntentAnswer | null> {
    const kept = this.#keep(options.command_id ?? randomUUID(), wish)
    this.#open++
    try {
      kept.answer = await this.#asked(kept, options)
    } finally {
      this.#open--
    }
    if (wish.type === 'OPEN_TRADE' && kept.answer?.command_id) this.#created.push(kept.key)
    return kept.answer
  }

  #keep(key: string, wish: Wish): Kept {
    const known = this.#kept.get(key)
    if (known) return known
    const kept: Kept = { key, wish, answer: null }
    this.#kept.set(key, kept)
    return kept
  }

  async #asked({ key, wish }: Kept, options: SubmitOptions): Promise<IntentAnswer | null> {
    try {
      const handle = await this.#client.submit(wish.type, wish.payload, { ...options, command_id: key })
      return { http: handle.replayed ? 200 : 201, command_id: handle.command_id, code: null }
    } catch (error) {
      if (!(error instanceof NgtbError) || error.status === 0 || error.status >= 500) return null
      return { http: error.status, command_id: null, code: error.code, said: error.message }
    }
  }
}
