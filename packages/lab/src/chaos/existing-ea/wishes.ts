// What a strategy wants of an account with an existing EA: all that this EA can do, and some that it can't.
// Messages carry no comment, so each intent has levels of its own: by them its position is known.
import type { Random } from '@ngtb/ea-sim'
import type { CommandType } from '@ngtb/protocol'
import type { Position } from '../../conform/existing-ea/index.ts'
import type { Wish } from '../load/wishes.ts'

/** All symbols move about this price. */
export const MIDDLE = 1.09
/** What it never carries out is refused when it is made. */
export const NOT_ITS_OWN: readonly CommandType[] = [
  'CLOSE_PARTIAL',
  'CLOSE_BY',
  'PLACE_PENDING',
  'MODIFY_PENDING',
  'CANCEL_PENDING',
]
const WEIGHTS = {
  OPEN_TRADE: 40,
  MODIFY_TRADE: 20,
  CLOSE_TRADE: 22,
  CLOSE_ALL: 1,
  REQUEST_HISTORY: 3,
  REFUSED: 10,
} as const
type Kind = keyof typeof WEIGHTS

const POSITIONS_MAX = 15
/** No quote of a run comes near. */
const FAR = 0.02
const POINT = 0.00001

export class Wishes {
  readonly #random: Random
  readonly #symbols: readonly string[]
  #count = 0

  constructor(random: Random, symbols: readonly string[]) {
    this.#random = random
    this.#symbols = symbols
  }

  /** @param positions what it may be about */
  next(positions: readonly Position[]): Wish {
    const kind = this.#kind()
    const held = this.#one(positions)
    switch (kind) {
      case 'REFUSED':
        return this.#refused(held)
      case 'CLOSE_ALL':
        return this.stop(this.#random.chance(0.5) ? this.#symbol() : undefined)
      case 'REQUEST_HISTORY': {
        const to = Math.floor(Date.now() / 1000)
        return { type: kind, payload: { symbol: this.#symbol(), timeframe: 'H1', from: to - 86_400, to } }
      }
      case 'MODIFY_TRADE':
        return held ? this.modify(held) : this.open()
      case 'CLOSE_TRADE':
        return held ? this.close(held) : this.open()
      case 'OPEN_TRADE':
        return held && positions.length >= POSITIONS_MAX ? this.close(held) : this.open()
    }
  }

  open(): Wish {
    const order_type = this.#random.chance(0.5) ? 'BUY' : 'SELL'
    const volume = Number((this.#random.between(1, 5) * 0.01).toFixed(2))
    return {
      type: 'OPEN_TRADE',
      payload: { symbol: this.#symbol(), order_type, volume, ...this.#levels(order_type) },
    }
  }

  modify({ ticket, direction }: Position): Wish {
    return { type: 'MODIFY_TRADE', payload: { ticket: String(ticket), ...this.#levels(direction) } }
  }

  close = ({ ticket }: Position): Wish => ({ type: 'CLOSE_TRADE', payload: { ticket: String(ticket) } })

  stop = (symbol?: string): Wish => ({ type: 'CLOSE_ALL', payload: symbol === undefined ? {} : { symbol } })

  #refused(held: Position | null): Wish {
    const type = this.#one(NOT_ITS_OWN) ?? 'PLACE_PENDING'
    const ticket = String(held?.ticket ?? 1)
    const price = MIDDLE - FAR
    switch (type) {
      case 'CLOSE_PARTIAL':
        return { type, payload: { ticket, expected_volume: 0.02, remaining_volume: 0.01 } }
      case 'CLOSE_BY': {
        const volumes = { expected_volume: 0.02, remaining_volume: 0.01 }
        return { type, payload: { ticket, opposite_ticket: '2', ...volumes } }
      }
      case 'MODIFY_PENDING':
        return { type, payload: { ticket, price } }
      case 'CANCEL_PENDING':
        return { type, payload: { ticket } }
      default:
        return {
          type: 'PLACE_PENDING',
          payload: { symbol: this.#symbol(), order_type: 'BUY_LIMIT', volume: 0.01, price },
        }
    }
  }

  /** Never the same twice, and on the right sides. */
  #levels(direction: string): { sl: number; tp: number } {
    const away = FAR + this.#count++ * POINT
    const up = direction === 'BUY' ? 1 : -1
    return { sl: digits(MIDDLE - up * away), tp: digits(MIDDLE + up * away) }
  }

  #kind(): Kind {
    const kinds = Object.entries(WEIGHTS) as [Kind, number][]
    let left = this.#random.unit() * kinds.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [kind, weight] of kinds) {
      left -= weight
      if (left < 0) return kind
    }
    return 'OPEN_TRADE'
  }

  #symbol = (): string => this.#one(this.#symbols) ?? 'EURUSD'

  #one<T>(list: readonly T[]): T | null {
    return list[this.#random.between(0, list.length - 1)] ?? null
  }
}

const digits = (price: number) => Number(price.toFixed(5))
