// Why the existing EA says that a position was closed: a guess from memory; MT5's own DEAL_REASON is never asked.
import type { Direction, Position } from './facts.ts'

interface Tracked {
  readonly direction: Direction
  readonly open_price: number
  sl: number
  tp: number
}

const NEAR_POINTS = 10

export class CloseReasons {
  /** By CLOSE_TRADE's reason, or TRAILING_STOP: said of whatever closes the position. */
  readonly #stored = new Map<bigint, string>()
  readonly #tracked = new Map<bigint, Tracked>()

  store(ticket: bigint, reason: string): void {
    this.#stored.set(ticket, reason)
  }

  track({ ticket, direction, open_price, sl, tp }: Position): void {
    this.#tracked.set(ticket, { direction, open_price, sl, tp })
  }

  /** By a MODIFY_TRADE of the EA itself; what others change it never learns. */
  moved(ticket: bigint, sl: number, tp: number): void {
    const tracked = this.#tracked.get(ticket)
    if (tracked) Object.assign(tracked, { sl, tp })
  }

  decide(ticket: bigint, close_price: number, point: number): string {
    const stored = this.#stored.get(ticket)
    this.#stored.delete(ticket)
    if (stored !== undefined) return stored
    const tracked = this.#tracked.get(ticket)
    if (!tracked) return 'UNKNOWN'
    const near = (level: number) => level > 0 && Math.abs(close_price - level) <= NEAR_POINTS * point
    if (near(tracked.tp)) return 'TP_HIT'
    if (near(tracked.sl)) return secured(tracked) ? 'TRAILING_STOP' : 'SL_HIT'
    return 'MANUAL'
  }

  forget(ticket: bigint): void {
    this.#tracked.delete(ticket)
  }
}

const secured = ({ direction, open_price, sl }: Tracked): boolean =>
  direction === 'BUY' ? sl > open_price : sl < open_price
