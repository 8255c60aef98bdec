// A client that never forgets: each intent keeps its name, and is repeated under it until it is answered (P2).
import { randomUUID } from 'node:crypto'
import { type Client, NgtbError, type SubmitOptions } from '@ngtb/sdk'
import type { Intent, IntentAnswer } from '../audit/evidence.ts'
import type { Wish } from './wishes.ts'

/** A refusal that another moment would not have brought: these are answers, not failures of the rig. */
interface Kept {
  readonly key: string
  readonly wish: Wish
  answer: IntentAnswer | null
}

export class Trader {
  readonly #client: Client
  readonly #kept: Kept[] = []
  readonly #created: string[] = []
  #open = 0

  constructor(client: Client) {
    this.#client = client
  }

  get intents(): Intent[] {
    return this.#kept.map(({ key, wish, answer }) => ({ key, ...wish, answer }))
  }

  /** Ids of orders that were acknowledged. */
  get created(): readonly string[] {
    return this.#created
  }

  /** Intents that still wait for an answer. */
  get unanswered(): number {
    return this.#open
  }

  /** Resolves with the answer; null when none came within the client's patience. */
  async wants(wish: Wish, options: SubmitOptions = {}): Promise<IntentAnswer | null> {
    const kept: Kept = { key: options.command_id ?? randomUUID(), wish, answer: null }
    this.#kept.push(kept)
    this.#open++
    try {
      kept.answer = await this.#asked(kept, options)
    } finally {
      this.#open--
    }
    if (wish.type === 'OPEN_TRADE' && kept.answer?.command_id) this.#created.push(kept.key)
    return kept.answer
  }

  async #asked({ key, wish }: Kept, options: SubmitOptions): Promise<IntentAnswer | null> {
    try {
      const handle = await this.#client.submit(wish.type, wish.payload, { ...options, command_id: key })
      return { http: handle.replayed ? 200 : 201, command_id: handle.command_id, code: null }
    } catch (error) {
      if (!(error instanceof NgtbError) || error.status === 0 || error.status >= 500) return null
      return { http: error.status, command_id: null, code: error.code }
    }
  }
}
