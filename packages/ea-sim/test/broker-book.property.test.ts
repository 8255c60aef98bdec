// Any day of the book with pending orders, partial closes, close by and netting: volumes and money add up.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SimulatedBroker } from '../src/index.ts'
import { EXPERT, START_MS, tickOf } from './market.ts'

type Step =
  | { kind: 'tick'; points: number }
  | { kind: 'open'; buy: boolean; lots: number; sl: number }
  | { kind: 'place'; buy: boolean; stop: boolean; lots: number; away: number }
  | { kind: 'part'; nth: number; lots: number }
  | { kind: 'by'; nth: number; other: number }
  | { kind: 'close' | 'cancel'; nth: number }

const lots = fc.integer({ min: 1, max: 60 }).map((n) => n / 100)
const kind = <const K extends Step['kind']>(name: K) => fc.constant(name)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: kind('tick'), points: fc.integer({ min: -400, max: 400 }) }),
  fc.record({ kind: kind('open'), buy: fc.boolean(), lots, sl: fc.integer({ min: 0, max: 300 }) }),
  fc.record({
    kind: kind('place'),
    buy: fc.boolean(),
    stop: fc.boolean(),
    lots,
    away: fc.integer({ min: 20, max: 400 }),
  }),
  fc.record({ kind: kind('part'), nth: fc.nat(5), lots }),
  fc.record({ kind: kind('by'), nth: fc.nat(5), other: fc.nat(5) }),
  fc.record({ kind: fc.constantFrom('close' as const, 'cancel' as const), nth: fc.nat(5) }),
)

class Day {
  readonly broker: SimulatedBroker
  #bid = 109_000

  constructor(margin_mode: 'hedging' | 'netting') {
    this.broker = new SimulatedBroker({ margin_mode, balance: 50_000, commission_per_lot: 3.5 })
    this.#tick(0)
  }

  play(one: Step): void {
    const { broker } = this
    const ticketOf = (nth: number) => broker.positions()[nth]?.ticket ?? '4711'
    switch (one.kind) {
      case 'tick':
        this.#tick(one.points)
        break
      case 'open':
        broker.open(
          {
            symbol: 'EURUSD',
            direction: one.buy ? 'BUY' : 'SELL',
            volume: one.lots,
            sl: this.#level(one.buy, one.sl),
          },
          EXPERT,
        )
        break
      case 'place': {
        const sign = one.buy === one.stop ? 1 : -1
        const price = (this.#bid + sign * one.away) / 1e5
        const order = {
          symbol: 'EURUSD',
          direction: one.buy ? 'BUY' : 'SELL',
          kind: one.stop ? 'STOP' : 'LIMIT',
        } as const
        broker.orders.place({ ...order, volume: one.lots, price }, EXPERT)
        break
      }
      case 'part':
        broker.close(ticketOf(one.nth), EXPERT, one.lots)
        break
      case 'by':
        broker.closeBy(ticketOf(one.nth), ticketOf(one.other), EXPERT)
        break
      case 'close':
        broker.close(ticketOf(one.nth), EXPERT)
        break
      case 'cancel':
        broker.orders.cancel(broker.orders.all()[one.nth]?.ticket ?? '4711', EXPERT)
    }
  }

  #tick(points: number): void {
    this.#bid = Math.max(50_000, this.#bid + points)
    const time_ms = this.broker.time_ms === 0 ? START_MS : this.broker.time_ms + 250
    this.broker.onTick(tickOf('EURUSD', this.#bid / 1e5, (this.#bid + 8) / 1e5, time_ms))
  }

  #level(buy: boolean, points: number): number {
    return points === 0 ? 0 : (this.#bid + (buy ? -points : points + 8)) / 1e5
  }
}

const cents = (amount: number) => Math.round(amount * 100)
const units = (volume: number) => Math.round(volume * 1e8)

for (const margin_mode of ['hedging', 'netting'] as const)
  test(`any day, ${margin_mode}: what the deals say is what there is`, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const day = new Day(margin_mode)
        for (const one of steps) day.play(one)
        const { broker } = day
        const { deals } = broker.ledger
        const booked = deals.reduce(
          (sum, deal) => sum + cents(deal.profit) + cents(deal.commission),
          5_000_000,
        )
        expect(cents(broker.account().balance)).toBe(booked)
        const open = new Map(broker.positions().map((one) => [one.ticket, one]))
        for (const ticket of new Set(deals.map(({ position }) => position))) {
          const signed = deals
            .filter(({ position }) => position === ticket)
            .reduce((sum, { direction, volume }) => sum + (direction === 'BUY' ? 1 : -1) * units(volume), 0)
          const there = open.get(ticket)
          const held = there === undefined ? 0 : (there.direction === 'BUY' ? 1 : -1) * units(there.volume)
          expect(signed).toBe(held)
        }
        for (const { volume } of open.values()) expect(volume).toBeGreaterThanOrEqual(0.01)
        if (margin_mode === 'netting') expect(open.size).toBeLessThanOrEqual(1)
        const { margin } = broker.account()
        if (open.size === 0) expect(margin).toBe(0)
        else expect(margin).toBeGreaterThan(0)
        // An order is waiting or over, never both, and every filled one has its deal.
        const over = broker.history.orders
        for (const { ticket } of broker.orders.all()) expect(broker.history.order(ticket)).toBeNull()
        const filled = over.filter(({ state }) => state === 'ORDER_STATE_FILLED').map(({ ticket }) => ticket)
        const dealt = new Set(deals.flatMap(({ order }) => (order === null ? [] : [order])))
        expect([...dealt].sort()).toEqual([...new Set(filled)].sort())
      }),
      { numRuns: 300 },
    )
  })
