// What this EA has just done to positions and orders: until the terminal shows it, a look tells of the past.
//
//   T1. Within settle of an own order a look at what it touched counts only if it shows what that order left.
//   T2. After a restart everything that the journal names may have been touched a moment ago.

import { sameVolume } from '@ngtb/protocol'
import type { Stamp } from './stamp.ts'

interface Touch {
  at: Stamp
  command_id: string
  /** Lots afterwards; null: not known. */
  volume: number | null
}

/** `volume`: how much there is of it. `levels`: its prices. */
export type Aspect = 'volume' | 'levels'

export class Touches {
  readonly #settle_ms: number
  readonly #touches = new Map<string, Touch>()

  constructor(settle_ms: number) {
    this.#settle_ms = settle_ms
  }

  note(aspect: Aspect, ticket: string, touch: Touch): void {
    this.#touches.set(`${aspect} ${ticket}`, touch)
    if (this.#touches.size > 2_000) this.#sweep(touch.at)
  }

  /** The order was refused: it changed nothing. */
  forget(aspect: Aspect, ticket: string, command_id: string): void {
    const key = `${aspect} ${ticket}`
    if (this.#touches.get(key)?.command_id === command_id) this.#touches.delete(key)
  }

  /** Does a look that shows `volume` lots (levels: null) still show the past? An own touch is for its command to judge. */
  isStale(
    aspect: Aspect,
    ticket: string,
    shown: { volume: number | null; step: number },
    command_id: string,
    now: Stamp,
  ): boolean {
    const touch = this.#touches.get(`${aspect} ${ticket}`)
    if (touch === undefined || touch.command_id === command_id || this.#isOver(touch, now)) return false
    if (touch.volume === null || shown.volume === null) return true
    return !sameVolume(touch.volume, shown.volume, shown.step)
  }

  #isOver({ at }: Touch, now: Stamp): boolean {
    return now.mono_ms - at.mono_ms >= this.#settle_ms
  }

  #sweep(now: Stamp): void {
    for (const [key, touch] of this.#touches) if (this.#isOver(touch, now)) this.#touches.delete(key)
  }
}
