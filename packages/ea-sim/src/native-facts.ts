// What a native EA tells of its terminal: full lists, numbered facts, and whether both ends agree (R2-R5, R13, P10).
//
//   N2. A full list is never older than a fact sent before it, never leaves out an opening that was answered,
//       and always shows what this EA did itself a moment ago.

import type { Bell } from './clock.ts'
import { backoffMs } from './model/backoff.ts'
import { dealEvent } from './model/native/deal-cursor.ts'
import { isFlat } from './model/native/recipes/recipe.ts'
import { agreementOf, endOf } from './model/native/snapshots.ts'
import type { Stamp } from './model/native/stamp.ts'
import type { LoopsContext } from './native-loops.ts'
import { syncBody } from './wire.ts'

export interface FactsContext extends LoopsContext {
  readonly bells: { readonly events: Bell }
  /** Something came in: who may have something to do now. */
  ring(): void
}

export class NativeFacts {
  readonly #context: FactsContext

  constructor(context: FactsContext) {
    this.#context = context
  }

  /** A full list now. True: the server took it. */
  async syncNow(): Promise<boolean> {
    const { gate } = this.#context
    // Before the gate: an end that is told here must not wait behind the list.
    await this.#search()
    return gate.exclusive(() => this.#sendList())
  }

  async #sendList(): Promise<boolean> {
    const { link, ea, stats, signal, broker } = this.#context
    const { rev } = ea().snapshots
    const terminal = await Promise.resolve(broker.terminal()).catch(() => null)
    const positions = await this.#wholeList()
    const sent_at = link.clock.stamp()
    const session = ea().sessionFields(sent_at)
    // Not while it is down: facts would have to wait behind it.
    if (positions === null || terminal?.connected !== true || session === null || signal.aborted || !link.up)
      return false
    const fields = ea().snapshots.fields(positions, rev, terminal.connected)
    const { reply, verdict } = await link.sendNow(
      'trades_sync',
      syncBody(link.account, positions, { ...session, ...fields }),
    )
    if (reply !== null && !signal.aborted) {
      const { status: http, body, retry_after_ms } = reply
      ea().synced({ http, body, retry_after_ms }, link.clock.stamp())
      this.#context.ring()
    }
    if (verdict === 'taken') stats.syncs++
    return verdict === 'taken'
  }

  /** What the server misses in the last list: how did it end? */
  async #search(): Promise<void> {
    const { ea, broker } = this.#context
    for (const ticket of ea().snapshots.suspects) {
      const query = { what: 'command', magic: null, ticket, opposite_ticket: null } as const
      const seen = await Promise.resolve(broker.look(query)).catch(() => null)
      const deals = seen && ea().snapshots.searched(ticket, seen)
      if (deals) ea().events.push(endOf(ticket, deals))
    }
    await this.#readHistory()
    this.#context.bells.events.ring()
  }

  /** N2. Null: the terminal still shows the past. */
  async #wholeList() {
    const { broker, ea, link } = this.#context
    try {
      const positions = await broker.positions()
      const shown = new Set(positions.map(({ ticket }) => ticket))
      for (const { ticket, magic } of ea().unseenOpenings(shown, link.clock.stamp())) {
        const seen = await broker.look({ what: 'command', magic, ticket, opposite_ticket: null })
        if (!isFlat(seen.ticket_deals)) return null
        ea().openingIsOver(ticket)
      }
      return ea().isPresent(positions, link.clock.stamp()) ? positions : null
    } catch {
      // A broker in another process may be gone for a while.
      return null
    }
  }

  /** R13; nothing while word of a position may be on its way. */
  async agreement(): Promise<object> {
    const { ea, broker, link } = this.#context
    const { rev } = ea().snapshots
    if (!ea().is_quiet) return {}
    const positions = await Promise.resolve(broker.positions()).catch(() => null)
    const now = link.clock.stamp()
    const shown = positions !== null && ea().isPresent(positions, now) && this.#showsOpenings(positions, now)
    return shown && ea().is_quiet ? agreementOf(positions, rev) : {}
  }

  #showsOpenings(positions: readonly { ticket: string }[], now: Stamp): boolean {
    const shown = new Set(positions.map(({ ticket }) => ticket))
    return this.#context.ea().unseenOpenings(shown, now).length === 0
  }

  /** Facts of trades, numbered: one message at a time, the same again until it is taken (P10). */
  async telling(): Promise<void> {
    const { link, ea, gate, stats, signal } = this.#context
    let failures = 0
    while (!signal.aborted) {
      if (ea().status === 'online') await this.#readHistory()
      const told = await gate.shared(async () => {
        const session = ea().sessionFields(link.clock.stamp())
        const batch = session === null || ea().status !== 'online' ? null : ea().events.next()
        if (batch === null) return null
        const reply = await link.say('events', { ...session, ...batch })
        return { taken: ea().heardOfEvents(reply, link.clock.stamp()), count: batch.events.length }
      })
      if (signal.aborted) return
      if (told === null) await this.#context.bells.events.wait(Number.POSITIVE_INFINITY, link.clock, signal)
      else if (told.taken) {
        failures = 0
        stats.trade_events_acked += told.count
      } else {
        this.#context.ring() // it may have been fenced
        await link.clock.sleep(backoffMs(failures++, link.backoff, link.random), signal)
      }
    }
  }

  /** Deals and pending orders that the terminal has and the server may not. */
  async #readHistory(): Promise<void> {
    const { ea, broker, link } = this.#context
    const issued = link.clock.stamp()
    const orders = await Promise.resolve(broker.look(ea().history.orders.query)).catch(() => null)
    if (orders) ea().seesOrders(orders, issued)
    const seen = await Promise.resolve(broker.look(ea().history.deals.query)).catch(() => null)
    for (const deal of ea().history.deals.fresh(seen?.deals ?? [])) ea().events.push(dealEvent(deal))
  }
}
