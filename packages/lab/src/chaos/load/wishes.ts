// What a strategy might want next: all command types, on what is really there, so that most of them can be done.
import { DEFAULT_SYMBOLS, type Random } from '@ngtb/ea-sim'
import type { CommandType } from '@ngtb/protocol'
import { type Standing, SYMBOLS } from '../broker/account.ts'

export interface Wish {
  readonly type: CommandType
  readonly payload: Record<string, unknown>
}

/** How often each type is wanted; opening and closing balance out. */
const WEIGHTS: Readonly<Record<CommandType, number>> = {
  OPEN_TRADE: 30,
  MODIFY_TRADE: 14,
  CLOSE_TRADE: 16,
  CLOSE_PARTIAL: 8,
  CLOSE_BY: 4,
  CLOSE_ALL: 1,
  PLACE_PENDING: 10,
  MODIFY_PENDING: 6,
  CANCEL_PENDING: 8,
  REQUEST_SYNC: 1,
  REQUEST_HISTORY: 1,
  SUBSCRIBE_SYMBOLS: 1,
  PROBE: 1,
}
/** Beyond this nothing more is opened: the book stays small enough to compare often. */
const POSITIONS_MAX = 40
const STRATEGIES = 3
/** Orders and stops so far away are never reached by a quote. */
const FAR = 0.1

/** Draws wishes. What can't be had (a close without a position) becomes an OPEN. */
export class Wishes {
  readonly #random: Random
  readonly #types: readonly CommandType[]
  #count = 0

  /** @param types what the EA on the other side understands */
  constructor(random: Random, types: readonly CommandType[]) {
    this.#random = random
    this.#types = types
  }

  /** @param known ids of commands that were created: what a PROBE may ask about */
  next(standing: Standing, known: readonly string[]): Wish {
    const type = this.#type()
    return this.of(type, standing, known) ?? this.of(this.#instead(standing), standing, known) ?? STOP
  }

  /** A wish of this type; null when there is nothing it could be about. */
  of(type: CommandType, standing: Standing, known: readonly string[]): Wish | null {
    const payload = this.#payload(type, standing, known)
    return payload === null ? null : { type, payload }
  }

  #type(): CommandType {
    let left = this.#random.unit() * this.#types.reduce((sum, type) => sum + WEIGHTS[type], 0)
    for (const type of this.#types) {
      left -= WEIGHTS[type]
      if (left < 0) return type
    }
    return 'OPEN_TRADE'
  }

  #instead({ positions }: Standing): CommandType {
    return positions.length < POSITIONS_MAX ? 'OPEN_TRADE' : 'CLOSE_TRADE'
  }

  #payload(type: CommandType, standing: Standing, known: readonly string[]): Record<string, unknown> | null {
    const { positions, pending } = standing
    const position = this.#one(positions)
    const order = this.#one(pending)
    switch (type) {
      case 'OPEN_TRADE':
        return positions.length >= POSITIONS_MAX ? null : this.#open()
      case 'PLACE_PENDING':
        return pending.length >= POSITIONS_MAX ? null : this.#place()
      case 'MODIFY_TRADE':
        // Both stops: a position that was opened by hand a moment ago is not known to the server yet.
        return position && { ticket: position.ticket, sl: this.#farFrom(position, -1), tp: 0 }
      case 'CLOSE_TRADE':
        return position && { ticket: position.ticket }
      case 'CLOSE_PARTIAL':
        return this.#part(positions)
      case 'CLOSE_BY':
        return this.#pair(positions)
      case 'MODIFY_PENDING':
        return order && { ticket: order.ticket, price: this.#nudged(order.price) }
      case 'CANCEL_PENDING':
        return order && { ticket: order.ticket }
      case 'CLOSE_ALL':
        return { symbol: this.#symbol(), magic: this.#magic() }
      case 'SUBSCRIBE_SYMBOLS':
        return { symbols: SYMBOLS.slice(0, this.#random.between(1, SYMBOLS.length)) }
      case 'REQUEST_HISTORY':
        return { symbol: this.#symbol(), timeframe: 'M1', from: Math.floor(Date.now() / 1000) - 600 }
      case 'REQUEST_SYNC':
        return {}
      case 'PROBE':
        return known.length === 0 ? null : { command_id: this.#one(known) }
    }
  }

  #open(): Record<string, unknown> {
    const order_type = this.#random.chance(0.5) ? 'BUY' : 'SELL'
    return {
      symbol: this.#symbol(),
      order_type,
      volume: this.#volume(),
      magic: this.#magic(),
      comment: 'chaos',
    }
  }

  #place(): Record<string, unknown> {
    const symbol = this.#symbol()
    const spec = DEFAULT_SYMBOLS.find((one) => one.symbol === symbol)
    const price = (spec?.reference_price ?? 1) * (1 - FAR)
    const fields = { symbol, order_type: 'BUY_LIMIT', volume: this.#volume(), magic: this.#magic() }
    return { ...fields, price: Number(price.toFixed(spec?.digits ?? 5)) }
  }

  #part(positions: Standing['positions']): Record<string, unknown> | null {
    const position = this.#one(positions.filter(({ volume }) => volume > 0.015))
    if (position === null) return null
    const expected_volume = position.volume
    return { ticket: position.ticket, expected_volume, remaining_volume: lots(expected_volume - 0.01) }
  }

  #pair(positions: Standing['positions']): Record<string, unknown> | null {
    const opposite = (one: Standing['positions'][number]) =>
      positions.find(({ symbol, direction }) => symbol === one.symbol && direction !== one.direction)
    const first = this.#one(positions.filter((one) => opposite(one) !== undefined))
    const second = first && opposite(first)
    if (!first || !second) return null
    const remaining_volume = Math.max(0, lots(first.volume - second.volume))
    const volumes = { expected_volume: first.volume, remaining_volume }
    return { ticket: first.ticket, opposite_ticket: second.ticket, ...volumes }
  }

  /** Another level every time, so that each modify has something to do. */
  #farFrom({ direction, open_price, symbol }: Standing['positions'][number], side: 1 | -1): number {
    const { digits = 5, point = 1e-5 } = DEFAULT_SYMBOLS.find((one) => one.symbol === symbol) ?? {}
    const away = (direction === 'BUY' ? side : -side) * FAR
    return Number((open_price * (1 + away) + (this.#count++ % 500) * point).toFixed(digits))
  }

  #nudged(price: number): number {
    const digits = price > 20 ? 3 : 5
    return Number((price - 10 ** -digits * (1 + (this.#count++ % 50))).toFixed(digits))
  }

  #symbol(): string {
    return this.#one(SYMBOLS) ?? 'EURUSD'
  }

  #magic(): number {
    return this.#random.between(0, STRATEGIES - 1)
  }

  #volume(): number {
    return lots(this.#random.between(1, 5) * 0.01)
  }

  #one<T>(list: readonly T[]): T | null {
    return list[this.#random.between(0, list.length - 1)] ?? null
  }
}

/** Always possible, for every EA. */
const STOP: Wish = { type: 'CLOSE_ALL', payload: { symbol: SYMBOLS[0] } }
/** Without the noise of binary fractions. */
const lots = (volume: number) => Number(volume.toFixed(2))
