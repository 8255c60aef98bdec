// What this EA has just done to positions and orders: until the terminal shows it, a look tells of the past.
//
//   T1. Within settle of an own order a look at what it touched counts only if it shows that order's deal, or, where
//       the deal is not known, the volume that it left. While nobody knows what it left, no look counts.
//   T2. After a restart everything that the journal names may have been touched a moment ago.

import { sameVolume } from '@ngtb/protocol'
import type { Stamp } from './stamp.ts'

interface Touch {
  at: Stamp
  /** Null: before this process. */
  command_id: string | null
  /** Lots afterwards; null: not known. */
  volume: number | null
  /** The deal that did it. */
  deal?: string | null
}

/** What a look shows of it. `volume` null: levels, which no deal tells. */
export interface Shown {
  volume: number | null
  step: number
  deals?: readonly { deal: string }[]
}

/** `volume`: how much there is of it. `levels`: its prices. */
export type Aspect = 'volume' | 'levels'

export class Touches {
  readonly #settle_ms: number
  /** Oldest first; one of each command. */
  readonly #touches = new Map<string, Touch[]>()

  constructor(settle_ms: number) {
    this.#settle_ms = settle_ms
  }

  note(aspect: Aspect, ticket: string, touch: Touch): void {
    const key = `${aspect} ${ticket}`
    this.#touches.set(key, [...this.#others(key, touch.command_id), touch])
    if (this.#touches.size > 2_000) this.#sweep(touch.at)
  }

  /** The order was refused: it changed nothing. */
  forget(aspect: Aspect, ticket: string, command_id: string): void {
    const key = `${aspect} ${ticket}`
    this.#touches.set(key, this.#others(key, command_id))
  }

  /**
   * Does a look still show the past? The touch of the command `own` is for that command to judge; null: every touch
   * counts.
   */
  isStale(aspect: Aspect, ticket: string, shown: Shown, own: string | null, now: Stamp): boolean {
    const touches = this.#touches.get(`${aspect} ${ticket}`) ?? []
    const alive = touches.filter((touch) => !this.#isOver(touch, now))
    return alive.some((touch, index) => {
      if (own !== null && touch.command_id === own) return false
      return !isShown(touch, shown, index === alive.length - 1)
    })
  }

  #others(key: string, command_id: string | null): Touch[] {
    return (this.#touches.get(key) ?? []).filter((touch) => touch.command_id !== command_id)
  }

  #isOver({ at }: Touch, now: Stamp): boolean {
    return now.mono_ms - at.mono_ms >= this.#settle_ms
  }

  #sweep(now: Stamp): void {
    for (const [key, touches] of this.#touches)
      if (touches.every((touch) => this.#isOver(touch, now))) this.#touches.delete(key)
  }
}

function isShown({ deal, volume }: Touch, shown: Shown, is_newest: boolean): boolean {
  if (deal != null && shown.deals !== undefined) return shown.deals.some((one) => one.deal === deal)
  if (volume === null || shown.volume === null) return false
  // What an older order left was changed by the newer one.
  return !is_newest || sameVolume(volume, shown.volume, shown.step)
}
