// What of the terminal's history is still to be told: deals, and pending orders with their ends.
import { fieldsOf, whole } from './commands-in.ts'
import { DealCursor } from './deal-cursor.ts'
import { OrderWatch } from './order-watch.ts'

export class ToldHistory {
  readonly deals = new DealCursor()
  readonly orders = new OrderWatch()

  /** A connect was accepted: its answer says what the server has. */
  begins(body: unknown): void {
    const { last_deal, waiting_orders, last_order_end } = fieldsOf(body)
    const waiting = Array.isArray(waiting_orders) ? waiting_orders.map(String) : []
    this.deals.begins(typeof last_deal === 'string' ? last_deal : null)
    this.orders.begins(waiting, whole(last_order_end))
  }

  /** What a ledger that went back has of it is not known: all of it is told again, and stored once (Q6). */
  again(): void {
    this.deals.begins(null)
    this.orders.again()
  }
}
