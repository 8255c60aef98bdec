// Who a key belongs to, asked of the house and remembered for a second: the same second for which the house itself
// remembers what it read.
import { type ErrorCode, Refusal } from '@ngtb/protocol'
import type { Clock } from '../ports.ts'
import type { Principal } from '../services/keys.ts'
import type { Known, ToHouse, ToThread } from './words.ts'

const REMEMBERED_MS = 1_000
const REMEMBERED_MAX = 10_000

interface Question {
  readonly asked_at: number
  readonly answer: Promise<Known>
}

export class Asking {
  readonly #clock: Clock
  readonly #say: (word: ToHouse) => void
  readonly #open = new Map<number, { resolve(known: Known): void; reject(error: Refusal): void }>()
  readonly #numbers = new Map<number, string | null>()
  readonly #asked = new Map<string, Question>()
  #ref = 0

  constructor(clock: Clock, say: (word: ToHouse) => void) {
    this.#clock = clock
    this.#say = say
  }

  /** @throws {Refusal} what the house said, e.g. NGTB_DATABASE_AWAY */
  async resolve(key: string): Promise<Principal | null> {
    const now = this.#clock.now()
    const before = this.#asked.get(key)
    if (before && now - before.asked_at < REMEMBERED_MS) return (await before.answer)?.principal ?? null
    const answer = this.#ask(key)
    if (this.#asked.size >= REMEMBERED_MAX) this.#asked.clear()
    this.#asked.set(key, { asked_at: now, answer })
    answer.catch(() => this.#asked.delete(key)) // the next one asks again
    return (await answer)?.principal ?? null
  }

  /** Of an account whose key was resolved. A login never changes. */
  numberOf(account_id: number): string | null {
    return this.#numbers.get(account_id) ?? null
  }

  forget(): void {
    this.#asked.clear()
  }

  hear(word: Extract<ToThread, { type: 'known' | 'unknown' }>): void {
    const question = this.#open.get(word.ref)
    this.#open.delete(word.ref)
    if (word.type === 'known') question?.resolve(word.known)
    else question?.reject(new Refusal(word.code as ErrorCode, word.message))
  }

  async #ask(key: string): Promise<Known> {
    const ref = ++this.#ref
    const known = await new Promise<Known>((resolve, reject) => {
      this.#open.set(ref, { resolve, reject })
      this.#say({ type: 'who', ref, key })
    })
    const account_id = known?.principal.account_id
    if (known && account_id != null) this.#numbers.set(account_id, known.account_number)
    return known
  }
}
