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
  /** Of levels: as they were asked for; 0: none. Left out: not touched. */
  levels?: Levels
}

interface Levels {
  sl?: number | null
  tp?: number | null
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

  /**
   * Does a list of all positions show what this process has done to them? One that does not is of the past, and
   * would be taken for the present. What another process did is not known here, and not waited for.
   */
  isShownBy(positions: readonly ListedPosition[], now: Stamp): boolean {
    const by_ticket = new Map(positions.map((position) => [position.ticket, position]))
    for (const [key, touches] of this.#touches) {
      const newest = touches.at(-1)
      if (newest === undefined || newest.command_id === null || this.#isOver(newest, now)) continue
      const [aspect, ticket = ''] = key.split(' ')
      const listed = by_ticket.get(ticket)
      const shown = aspect === 'levels' ? showsLevels(newest, listed) : showsVolume(newest, listed)
      if (!shown) return false
    }
    return true
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

/** A position as a list has it. */
export interface ListedPosition {
  readonly ticket: string
  readonly volume: number
  readonly sl: number
  readonly tp: number
}

/** What is gone has no levels any more. */
function showsLevels({ levels = {} }: Touch, listed: ListedPosition | undefined): boolean {
  if (listed === undefined) return true
  const same = (wanted: number | null | undefined, is: number) =>
    wanted === undefined || Math.abs((wanted ?? 0) - is) < LEVEL_STEP
  return same(levels.sl, listed.sl) && same(levels.tp, listed.tp)
}

/**
 * Nobody expects a volume that this process does not know itself; an opening that is missing is looked for by
 * its deals.
 */
function showsVolume({ volume }: Touch, listed: ListedPosition | undefined): boolean {
  if (volume === null || (listed === undefined && volume > 0)) return true
  return sameVolume(volume, listed?.volume ?? 0, VOLUME_STEP)
}

/** Finer than any symbol's digits and steps. */
const LEVEL_STEP = 1e-9
const VOLUME_STEP = 1e-8

function isShown({ deal, volume }: Touch, shown: Shown, is_newest: boolean): boolean {
  if (deal != null && shown.deals !== undefined) return shown.deals.some((one) => one.deal === deal)
  if (volume === null || shown.volume === null) return false
  // What an older order left was changed by the newer one.
  return !is_newest || sameVolume(volume, shown.volume, shown.step)
}
