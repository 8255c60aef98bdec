// What a native EA tells of pending orders: the difference between what the terminal shows and what was told.
//
//   W1. What waits is told when it is new or another; what has ended, with its end, and also when nobody saw it wait.
//   W2. What the server takes for waiting and the terminal shows nowhere, though it has had time to, is told, too.
import type { HistoryOrder, PendingOrder } from '../broker-types.ts'
import type { LookQuery, LookResult } from './broker-port.ts'
import type { Stamp } from './stamp.ts'

/** A terminal may show an order's end later than that of a newer one; in autumn its clock goes back by an hour. */
const OVERLAP_MS = 2 * 3_600_000

type Told = { kind: string } & Record<string, unknown>

export class OrderWatch {
  #ended_since_ms = 0
  /** What the server takes for waiting, as it was told; null: not by this session. */
  readonly #waiting = new Map<string, string | null>()
  readonly #over = new Set<string>()
  /** Of these the terminal shows nothing, since when. */
  readonly #missing = new Map<string, Stamp>()

  /** A connect was accepted. @param newest_end ms of broker time, of those that the server has; null: of none */
  begins(waiting: readonly string[], newest_end: number | null): void {
    this.#waiting.clear()
    for (const ticket of waiting) this.#waiting.set(ticket, null)
    this.#missing.clear()
    this.again()
    this.#ended_since_ms = Math.max(0, (newest_end ?? 0) - OVERLAP_MS)
  }

  /** The server's ledger went back: the whole history once more. */
  again(): void {
    this.#ended_since_ms = 0
    this.#over.clear()
    for (const ticket of this.#waiting.keys()) this.#waiting.set(ticket, null)
  }

  get query(): LookQuery {
    return { what: 'orders', ended_since_ms: this.#ended_since_ms, tickets: [...this.#waiting.keys()] }
  }

  /**
   * What has to be told of this look.
   * @param isWhole does it show what has been there since that moment?
   */
  differences(
    { orders, history_orders }: LookResult,
    now: Stamp,
    isWhole: (since: Stamp) => boolean,
  ): Told[] {
    const told = [...orders.flatMap((order) => this.#waits(order)), ...this.#ends(history_orders)]
    const shown = new Set([...orders, ...history_orders].map(({ ticket }) => ticket))
    return [...told, ...this.#lost(shown, now, isWhole)]
  }

  #waits(order: PendingOrder): Told[] {
    this.#missing.delete(order.ticket)
    const event = orderEvent(order)
    const text = JSON.stringify(event)
    // A list of a moment before its end.
    if (this.#over.has(order.ticket) || this.#waiting.get(order.ticket) === text) return []
    this.#waiting.set(order.ticket, text)
    return [event]
  }

  #ends(ended: readonly HistoryOrder[]): Told[] {
    return ended.flatMap((order) => {
      if (order.was === null || this.#over.has(order.ticket)) return []
      this.#over.add(order.ticket)
      this.#waiting.delete(order.ticket)
      this.#missing.delete(order.ticket)
      return [orderEvent(order.was, order)]
    })
  }

  *#lost(shown: ReadonlySet<string>, now: Stamp, isWhole: (since: Stamp) => boolean): Iterable<Told> {
    for (const ticket of [...this.#waiting.keys()]) {
      if (shown.has(ticket)) continue
      const since = this.#missing.get(ticket)
      if (since === undefined) this.#missing.set(ticket, now)
      else if (isWhole(since)) {
        this.#waiting.delete(ticket)
        this.#missing.delete(ticket)
        yield { kind: 'order_not_found', order: ticket }
      }
    }
  }
}

/** An order as an event; with its end, when it has one. */
function orderEvent(order: PendingOrder, end: HistoryOrder | null = null): Told {
  const { ticket, direction, kind, symbol, volume, price, stop_limit_price, sl, tp, reason } = order
  return {
    kind: 'order',
    order: ticket,
    type: `ORDER_TYPE_${direction}_${kind}`,
    state: end?.state ?? 'ORDER_STATE_PLACED',
    reason,
    ...{ symbol, volume, price, stop_limit_price, sl, tp },
    volume_left: end === null ? volume : volume - end.filled_volume,
    expiration: order.expiration_ms,
    magic: order.magic,
    comment: order.comment,
    position: end?.position ?? null,
    time: order.time_ms,
    done_time: end?.time_ms ?? null,
  }
}
