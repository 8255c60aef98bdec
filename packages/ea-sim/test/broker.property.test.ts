// What holds for every day the simulated broker can have.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type BrokerEvent, findSymbol, ReferenceEa, SimulatedBroker } from '../src/index.ts'
import { START_MS, tickOf } from './market.ts'

type Step =
  | { kind: 'tick'; points: number; spread: number }
  | { kind: 'open'; direction: 'BUY' | 'SELL'; lots: number; sl_points: number; tp_points: number }
  | { kind: 'modify'; nth: number; sl_points: number }
  | { kind: 'close'; nth: number; by_hand: boolean }
  | { kind: 'again'; nth: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('tick' as const),
    points: fc.integer({ min: -300, max: 300 }),
    spread: fc.integer({ min: 0, max: 30 }),
  }),
  fc.record({
    kind: fc.constant('open' as const),
    direction: fc.constantFrom('BUY' as const, 'SELL' as const),
    lots: fc.oneof(
      fc.integer({ min: 1, max: 40 }).map((n) => n / 100),
      fc.double({ min: -1, max: 200 }),
    ),
    sl_points: fc.integer({ min: -50, max: 400 }),
    tp_points: fc.integer({ min: -50, max: 400 }),
  }),
  fc.record({
    kind: fc.constant('modify' as const),
    nth: fc.nat(9),
    sl_points: fc.integer({ min: 0, max: 400 }),
  }),
  fc.record({ kind: fc.constant('close' as const), nth: fc.nat(9), by_hand: fc.boolean() }),
  fc.record({ kind: fc.constant('again' as const), nth: fc.nat(9) }),
)

const cents = (amount: number) => Math.round(amount * 100)

/** One day: commands through the EA, trades by hand, ticks between them. */
class Day {
  readonly broker = new SimulatedBroker({ balance: 10_000, commission_per_lot: 3.5 })
  readonly ea = new ReferenceEa(this.broker)
  readonly events: BrokerEvent[] = []
  readonly commands: { id: string; type: string }[] = []
  #bid_points = 109_000

  constructor() {
    this.broker.listener = (event) => this.events.push(event)
    this.play({ kind: 'tick', points: 0, spread: 8 })
  }

  play(one: Step): void {
    if (one.kind === 'tick') this.#tick(one.points, one.spread)
    else if (one.kind === 'again') this.#again(one.nth)
    else if (one.kind === 'open') this.#open(one)
    else this.#touch(one)
  }

  #open(one: Extract<Step, { kind: 'open' }>): void {
    const sign = one.direction === 'BUY' ? 1 : -1
    const bid = this.#bid_points
    const levels = { sl: (bid - sign * one.sl_points) / 1e5, tp: (bid + sign * one.tp_points) / 1e5 }
    const order = { symbol: 'EURUSD', order_type: one.direction, volume: one.lots }
    this.#command({ type: 'OPEN_TRADE', ...order, ...levels })
  }

  #touch(one: Extract<Step, { kind: 'modify' | 'close' }>): void {
    const ticket = this.broker.positions()[one.nth]?.ticket
    if (ticket === undefined) return
    if (one.kind === 'modify')
      this.#command({ type: 'MODIFY_TRADE', ticket, sl: (this.#bid_points - one.sl_points) / 1e5 })
    else if (one.by_hand) this.broker.close(ticket, { by: 'manual' })
    else this.#command({ type: 'CLOSE_TRADE', ticket })
  }

  #tick(points: number, spread: number): void {
    this.#bid_points = Math.max(50_000, this.#bid_points + points)
    const time_ms = this.broker.time_ms === 0 ? START_MS : this.broker.time_ms + 250
    this.broker.onTick(tickOf('EURUSD', this.#bid_points / 1e5, (this.#bid_points + spread) / 1e5, time_ms))
  }

  #command(command: { type: string; [field: string]: unknown }): void {
    const sent = { id: `c${this.commands.length + 1}`, ...command }
    this.commands.push(sent)
    this.ea.handle(sent)
  }

  #again(nth: number): void {
    const command = this.commands[nth]
    if (command === undefined) return
    const before = this.#state()
    const { answer, repeated } = this.ea.handle(command)
    // Only a transient refusal of a repeatable type may run again; nothing here is transient.
    expect(repeated, JSON.stringify(answer)).toBe(true)
    expect(this.#state()).toEqual(before)
  }

  #state() {
    const { ledger } = this.broker
    return [this.broker.positions(), this.broker.account(), ledger.deals.length, ledger.executions.length]
  }
}

test('any day: books, volumes, stops, one effect a command', () => {
  const spec = findSymbol('EURUSD')
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const day = new Day()
      for (const one of steps) day.play(one)
      const { broker, events, commands } = day

      const booked = broker.ledger.deals.map((deal) => cents(deal.profit) + cents(deal.commission))
      expect(cents(broker.account().balance)).toBe(booked.reduce((sum, part) => sum + part, 1_000_000))

      const floating = broker.positions().reduce((sum, position) => sum + cents(position.profit), 0)
      expect(cents(broker.account().equity)).toBe(cents(broker.account().balance) + floating)

      for (const position of broker.positions())
        expect(position.volume).toBeGreaterThanOrEqual(spec?.volume_min ?? 0)

      for (const event of events) {
        if (event.kind !== 'closed') continue
        const { direction, close_price, close_reason, sl, tp } = event.position
        const sign = direction === 'BUY' ? 1 : -1
        if (close_reason === 'sl_hit') expect(sign * (close_price - sl)).toBeLessThanOrEqual(0)
        if (close_reason === 'tp_hit') expect(sign * (close_price - tp)).toBeGreaterThanOrEqual(0)
      }

      for (const { id } of commands) expect(broker.ledger.executionCount(id)).toBeLessThanOrEqual(1)
      const opened = events.filter((event) => event.kind === 'opened').length
      const closed = events.filter((event) => event.kind === 'closed').length
      expect(opened - closed).toBe(broker.positions().length)
    }),
    { numRuns: 300 },
  )
})

test('a day can be repeated: same steps, same books', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const [first, second] = [new Day(), new Day()]
      for (const one of steps) first.play(one)
      for (const one of steps) second.play(one)
      expect(first.broker.ledger.deals).toEqual(second.broker.ledger.deals)
    }),
    { numRuns: 50 },
  )
})
