// What a strategy may want at this moment: a body that can be executed, given what stands at the broker.
import type { PendingOrder, Position } from '@ngtb/ea-sim'
import type { CommandType } from '@ngtb/protocol'
import type { AccountDay, StrategyDay } from './day.ts'
import { type Market, SYMBOLS } from './market.ts'
import type { Random } from './random.ts'

export interface Wish {
  readonly type: CommandType
  readonly payload: Readonly<Record<string, unknown>>
  readonly ttl_ms?: number
}

/** Types by how often they are wanted; the first that has something to act on is taken. */
const NATIVE: readonly CommandType[] = [
  ...times(12, 'OPEN_TRADE'),
  ...times(3, 'CLOSE_TRADE'),
  ...times(4, 'MODIFY_TRADE'),
  ...times(2, 'CLOSE_PARTIAL'),
  ...times(1, 'CLOSE_BY'),
  ...times(3, 'PLACE_PENDING'),
  ...times(1, 'MODIFY_PENDING'),
  ...times(1, 'CANCEL_PENDING'),
  ...times(2, 'CLOSE_ALL'),
  ...times(1, 'REQUEST_SYNC'),
  ...times(1, 'SUBSCRIBE_SYMBOLS'),
]
const PLAIN: readonly CommandType[] = [
  ...times(12, 'OPEN_TRADE'),
  ...times(4, 'CLOSE_TRADE'),
  ...times(4, 'MODIFY_TRADE'),
  ...times(2, 'CLOSE_ALL'),
]

function times(count: number, type: CommandType): CommandType[] {
  return Array.from({ length: count }, () => type)
}

export class Wishes {
  readonly #random: Random
  readonly #account: AccountDay
  readonly #market: Market
  readonly #day: StrategyDay
  #made = 0

  constructor(random: Random, account: AccountDay, market: Market, day: StrategyDay) {
    this.#day = day
    this.#random = random
    this.#account = account
    this.#market = market
  }

  next(): Wish {
    const type = this.#random.pick(this.#day.wants ?? (this.#account.kind === 'native' ? NATIVE : PLAIN))
    this.#made += 1
    return this.#make(type) ?? this.#open()
  }

  closeAll(): Wish {
    const symbol = this.#random.chance(0.3) ? { symbol: this.#random.pick(SYMBOLS) } : {}
    const magic = this.#random.chance(0.3) ? { magic: this.#random.between(1, 3) } : {}
    return { type: 'CLOSE_ALL', payload: { ...symbol, ...magic, reason: 'sim' } }
  }

  #make(type: CommandType): Wish | null {
    const random = this.#random
    const { positions, broker } = this.#market
    const position = positions.length > 0 ? random.pick(positions) : null
    const orders = broker.orders.all()
    const order = orders.length > 0 ? random.pick(orders) : null
    // Short enough that a day ends; a CLOSE that goes on for its five minutes is one of them now and then.
    const ttl_ms = random.between(6_000, 15_000)
    switch (type) {
      case 'OPEN_TRADE':
        return this.#open()
      case 'PLACE_PENDING':
        return this.#pending()
      case 'CLOSE_ALL':
        return this.closeAll()
      case 'REQUEST_SYNC':
        return { type, payload: {}, ttl_ms }
      case 'SUBSCRIBE_SYMBOLS':
        return { type, payload: { symbols: [random.pick(SYMBOLS)] }, ttl_ms }
      case 'CLOSE_TRADE':
        if (!position) return null
        return { type, payload: { ticket: position.ticket }, ...(random.chance(0.7) ? { ttl_ms } : {}) }
      case 'MODIFY_TRADE':
        return position && { type, payload: { ticket: position.ticket, ...this.#levels(position) }, ttl_ms }
      case 'CLOSE_PARTIAL':
        return position && this.#partial(position, ttl_ms)
      case 'CLOSE_BY':
        return position && this.#closeBy(position, positions, ttl_ms)
      case 'CANCEL_PENDING':
        return order && { type, payload: { ticket: order.ticket }, ttl_ms }
      case 'MODIFY_PENDING':
        return order && this.#modifyPending(order, ttl_ms)
      default:
        return null
    }
  }

  #open(): Wish {
    const random = this.#random
    const symbol = random.pick(SYMBOLS)
    const buy = random.chance(0.6)
    const price = this.#price(symbol)
    const away = (points: number) => Number((price + (buy ? 1 : -1) * points * 1e-5).toFixed(5))
    return {
      type: 'OPEN_TRADE',
      payload: {
        symbol,
        order_type: buy ? 'BUY' : 'SELL',
        // No two alike: to a plain client's server a likeness is what an unknown OPEN is settled by.
        volume: Number((0.1 + this.#made * 0.01).toFixed(2)),
        ...(random.chance(0.4)
          ? { sl: away(-random.between(150, 900)), tp: away(random.between(150, 900)) }
          : {}),
        ...(random.chance(0.6) ? { magic: random.between(1, 3) } : {}),
      },
      ...(random.chance(0.5)
        ? { ttl_ms: random.pick(this.#day.patient ? [40_000, 90_000] : [1_500, 3_000, 9_000]) }
        : {}),
    }
  }

  #pending(): Wish {
    const random = this.#random
    const symbol = random.pick(SYMBOLS)
    const price = Number((this.#price(symbol) - random.between(30, 2_000) * 1e-5).toFixed(5))
    return {
      type: 'PLACE_PENDING',
      payload: {
        symbol,
        order_type: 'ORDER_TYPE_BUY_LIMIT',
        volume: Number((0.1 + this.#made * 0.01).toFixed(2)),
        price,
        ...(random.chance(0.6) ? { magic: random.between(1, 3) } : {}),
      },
      ttl_ms: this.#day.patient ? random.between(40_000, 90_000) : random.between(3_000, 12_000),
    }
  }

  #levels({ open_price, direction }: Position): { sl: number; tp: number } {
    const sign = direction === 'BUY' ? 1 : -1
    const level = (points: number) => Number((open_price + sign * points * 1e-5).toFixed(5))
    // Each MODIFY names values that no other names, so that the newest can be told from the rest.
    return { sl: level(-this.#random.between(1_000, 4_000)), tp: level(this.#random.between(1_000, 4_000)) }
  }

  #partial({ ticket, volume }: Position, ttl_ms: number): Wish | null {
    const part = this.#day.uneven ? ([50, 70, 85][this.#made % 3] ?? 50) : 50
    const remaining_volume = Number((Math.floor(volume * part) / 100).toFixed(2))
    if (remaining_volume < 0.01 || remaining_volume >= volume) return null
    return { type: 'CLOSE_PARTIAL', payload: { ticket, expected_volume: volume, remaining_volume }, ttl_ms }
  }

  #closeBy(position: Position, positions: readonly Position[], ttl_ms: number): Wish | null {
    const opposite = positions.find(
      ({ symbol, direction }) => symbol === position.symbol && direction !== position.direction,
    )
    if (!opposite || this.#account.margin_mode === 'netting' || opposite.volume === position.volume)
      return null
    const remaining_volume = Number(Math.max(0, position.volume - opposite.volume).toFixed(2))
    const payload = {
      ticket: position.ticket,
      opposite_ticket: opposite.ticket,
      expected_volume: position.volume,
      remaining_volume,
    }
    return { type: 'CLOSE_BY', payload, ttl_ms }
  }

  #modifyPending({ ticket, price }: PendingOrder, ttl_ms: number): Wish {
    const lower = Number((price - this.#random.between(20, 500) * 1e-5).toFixed(5))
    return { type: 'MODIFY_PENDING', payload: { ticket, price: lower }, ttl_ms }
  }

  #price(symbol: string): number {
    return this.#market.broker.quotes.prices(symbol)?.bid ?? 1
  }
}
