// What lies behind a cursor, read for those who want every tick: who wants the same shares what one of them has read.
//
//   Q5. One read at a time, and a pause behind it: who wants every tick must not take the database from commands.
//   Q6. One who stands within the last read of the same is told that from his place on; then he stands where the others
//       stand, and the same words are for all.
import type { TicksMessage } from '@ngtb/protocol'
import type { ArrivedTick, Clock, Store, TicksBehind, Timers } from '../ports.ts'
import { pauseOf } from './crowd.ts'

/** Every tick behind `after`, up to and with `upto`. */
export interface Found {
  readonly after: number
  readonly upto: number
  readonly ticks: readonly ArrivedTick[]
  /** Put into words by the first who is told. */
  words: readonly TicksMessage[] | null
}

interface Ports {
  readonly store: Pick<Store, 'ticksBehind'>
  readonly clock: Clock
  readonly timers: Timers
}

/** Q5: of the database's time 1 / (1 + this) at most; what took less than a millisecond needs no pause. */
const READ_PAUSES = 2
/** Reads that are kept: one for each kind of wish. */
const KEPT_MAX = 16

export class TapeReads {
  readonly #ports: Ports
  /** Q5: resolves when the next may read. */
  #turn: Promise<void> = Promise.resolve()
  readonly #last = new Map<string, Found>()
  readonly #under_way = new Map<string, Promise<unknown>>()

  constructor(ports: Ports) {
    this.#ports = ports
  }

  /** A page at most, so perhaps not up to `wanted.upto`; or, where others were, further. */
  async behind(wanted: TicksBehind): Promise<Found> {
    const key = JSON.stringify([wanted.accounts, wanted.symbols])
    for (;;) {
      const known = within(this.#last.get(key), wanted.after)
      if (known) return known
      const other = this.#under_way.get(key)
      if (other === undefined) return this.#read(key, wanted)
      await other.catch(() => {})
    }
  }

  async #read(key: string, wanted: TicksBehind): Promise<Found> {
    const reading = this.#inTurn(wanted)
    this.#under_way.set(key, reading)
    try {
      const found = await reading
      this.#last.delete(key)
      this.#last.set(key, found)
      if (this.#last.size > KEPT_MAX) this.#last.delete(this.#last.keys().next().value ?? '')
      return found
    } finally {
      this.#under_way.delete(key)
    }
  }

  /** Q5. */
  async #inTurn(wanted: TicksBehind): Promise<Found> {
    const { store, clock, timers } = this.#ports
    const before = this.#turn
    let next = () => {}
    this.#turn = new Promise((resolve) => {
      next = resolve
    })
    await before
    const began = clock.now()
    try {
      const ticks = await store.ticksBehind(wanted)
      const upto = ticks.length === wanted.limit ? (ticks.at(-1) as ArrivedTick).seq : wanted.upto
      return { after: wanted.after, upto, ticks, words: null }
    } finally {
      const took = clock.now() - began
      if (took < 1) next()
      else timers.after(pauseOf(took, READ_PAUSES), next)
    }
  }
}

/** Q6. */
function within(found: Found | undefined, after: number): Found | null {
  if (!found || after < found.after || after >= found.upto) return null
  if (after === found.after) return found
  return { ...found, after, ticks: found.ticks.filter(({ seq }) => seq > after), words: null }
}
