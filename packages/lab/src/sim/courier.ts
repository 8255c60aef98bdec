// Messages of a terminal that must arrive: one after another, each again until the server takes or refuses it.
import type { Ask, Told } from './doors.ts'
import type { Machine } from './machine.ts'

export type Send = (ask: Ask, patience_ms: number, heard: (told: Told | null) => void) => void

const PATIENCE_MS = 4_000
const AGAIN_MS = 700

export class Courier {
  readonly #machine: Machine
  readonly #send: Send
  #waiting: { ask: () => Ask | null; done: (told: Told) => void }[] = []
  #busy = false

  constructor(machine: Machine, send: Send) {
    this.#machine = machine
    this.#send = send
  }

  get pending(): number {
    return this.#waiting.length
  }

  /**
   * @param ask is made when it leaves: what it says must be true at that moment, also when it is sent again;
   * null: it is   not sent any more
   */
  push(ask: () => Ask | null, done: (told: Told) => void = () => {}): void {
    this.#waiting.push({ ask, done })
    this.#next()
  }

  #next(): void {
    const first = this.#waiting[0]
    if (this.#busy || first === undefined) return
    const ask = first.ask()
    if (ask === null) {
      this.#waiting.shift()
      this.#next()
      return
    }
    this.#busy = true
    this.#send(
      ask,
      PATIENCE_MS,
      this.#machine.bound((told: Told | null) => {
        this.#busy = false
        if (told === null || told.http >= 500 || told.http === 429)
          return void this.#machine.after(AGAIN_MS, () => this.#next())
        this.#waiting.shift()
        first.done(told)
        this.#next()
      }),
    )
  }
}
