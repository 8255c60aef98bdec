// One day of a native EA: the server's side of protocol 2 in a few lines, and what must hold at the end.

import type { Answer } from '@ngtb/protocol'
import type { OrderFault } from '../src/index.ts'
import { tickOf } from './market.ts'
import { open, place, type Wire, wire } from './native-commands.ts'
import { judge } from './native-judge.ts'
import { Crash, SETTLE_MS, World } from './native-world.ts'

export type Step =
  | { kind: 'create'; what: number; of: number }
  | { kind: 'fault'; fault: OrderFault; lag_ms: number }
  | { kind: 'run'; ms: number }
  | { kind: 'crash'; after_effects: number; tear: number | null; machine: boolean; away_ms: number }
  | { kind: 'again'; of: number }
  | { kind: 'acks'; on: boolean }
  | { kind: 'terminal'; connected: boolean }
  | { kind: 'price'; points: number }
  | { kind: 'wall'; ms: number }
  | { kind: 'sleep'; ms: number }
  | { kind: 'reconnect' }

interface Created {
  wire: Wire
  /** Real time: what a clock that nobody moves would say. */
  expires_at: number | null
  sent_at: number
  attempts: number
  /** The answer that settled it. */
  final: Answer | null
  settled_at: number
}

const LEASE_MS = 1_000

/**
 * Settle is the longest time after which an order can still appear: its lateness and the terminal's lag together. News
 * comes in order, so one slow change holds up all. A day has late effects or a slow terminal.
 */
function withinSettle(fault: OrderFault, slow: boolean): OrderFault {
  const most_ms = slow ? 800 : 2_500
  if (fault.kind === 'ambiguous' && fault.effect_after_ms !== null)
    return { ...fault, effect_after_ms: Math.min(fault.effect_after_ms, most_ms) }
  if (fault.kind === 'placed' && fault.deal_after_ms !== null)
    return { ...fault, deal_after_ms: Math.min(fault.deal_after_ms, most_ms) }
  return fault
}

export class Day {
  readonly world: World
  readonly commands: Created[] = []
  readonly late: string[] = []
  readonly #probes = new Map<string, Created>()
  #faults: { fault: OrderFault; lag_ms: number }[] = []
  /** Real time goes on while the machine sleeps; the monotonic clock does not. */
  #slept_ms = 0
  /** Someone set the wall clock: then a machine that slept does not know it (P5 needs one of the two clocks). */
  #wall_was_set = false
  #bid_points = 109_000
  #acks = true
  #said = 0

  constructor(margin_mode: 'hedging' | 'netting', slow_terminal: boolean) {
    const lags = new Map<string, number>()
    this.world = new World({
      broker: { margin_mode, balance: 1_000_000 },
      trade: {
        decide: ({ command_id }) => {
          const next = this.#faults.shift()
          lags.set(command_id, Math.min(next?.lag_ms ?? 0, slow_terminal ? 2_000 : 400))
          return withinSettle(next?.fault ?? { kind: 'normal' }, slow_terminal)
        },
        visibleAfter: ({ command_id }) => lags.get(command_id) ?? 0,
      },
    })
    this.world.acks = false
    this.world.connect()
    this.world.afterEffect = (effect) => {
      if (effect.kind !== 'order') return
      const { command_id, action } = effect.request
      const { expires_at = null } = this.commands.find(({ wire: { id } }) => id === command_id) ?? {}
      // P5. Real time, which no clock of the EA shows by itself.
      if (expires_at !== null && this.now > expires_at && !this.#wall_was_set)
        this.late.push(`${command_id} ${action} began ${this.now - expires_at} ms late`)
    }
  }

  get now(): number {
    return this.world.mono_ms + this.#slept_ms
  }

  play(step: Step): void {
    switch (step.kind) {
      case 'create':
        this.#create(step.what, step.of)
        return
      case 'fault':
        this.#faults.push(step)
        return
      case 'run':
        this.#run(step.ms)
        return
      case 'crash':
        this.#crash(step)
        return
      case 'again': {
        const command = this.#nth(step.of)
        if (command !== null) this.#deliver([command])
        return
      }
      case 'acks':
        this.#acks = step.on
        return
      case 'terminal':
        this.world.trade.setConnected(step.connected, this.world.mono_ms)
        return
      case 'price':
        this.#tick(step.points)
        return
      case 'wall':
        this.world.skew_ms += step.ms
        this.#wall_was_set = true
        return
      case 'sleep':
        // Both the EA and its broker's view stop; commands go on ageing.
        this.#slept_ms += step.ms
        this.world.skew_ms += step.ms
        return
      case 'reconnect':
        this.world.ea.linkLost(this.world.now())
        this.#connect()
    }
  }

  /** Everything works again, and time enough passes. */
  heal(): void {
    this.#faults = []
    this.#acks = true
    this.world.trade.setConnected(true, this.world.mono_ms)
    this.#run(3 * SETTLE_MS + 12_000)
  }

  complaints(): string[] {
    return [...this.late, ...judge(this.world.broker, this.commands)]
  }

  #create(what: number, of: number): void {
    const no = ++this.world.command_no
    const command = this.#make(what, of, no)
    const { ttl_ms } = command
    const expires_at = typeof ttl_ms === 'number' ? this.now + ttl_ms : null
    const created = { wire: command, expires_at, sent_at: 0, attempts: 0, final: null, settled_at: 0 }
    this.commands.push(created)
    this.#deliver([created])
  }

  #make(what: number, of: number, no: number): Wire {
    const positions = this.world.broker.positions()
    const orders = this.world.broker.orders.all()
    const position = positions[of % Math.max(1, positions.length)]
    const opposite = positions.find(
      (one) => one.symbol === position?.symbol && one.direction !== position.direction,
    )
    const order = orders[of % Math.max(1, orders.length)]
    const bid = this.#bid_points
    if (what < 35 || (position === undefined && order === undefined))
      return open(no, {
        volume: 0.1 + of / 10,
        order_type: what % 2 ? 'BUY' : 'SELL',
        ttl_ms: 1_000 + what * 40,
      })
    if (what < 45) return place(no, { price: (bid - 200 - of) / 1e5, ttl_ms: 3_000 })
    if (what < 50) return wire('CLOSE_ALL', no, { ttl_ms: null, strategy_no: of % 2 ? null : 7 })
    if (order !== undefined && what < 60)
      return wire('MODIFY_PENDING', no, {
        ticket: order.ticket,
        price: (bid - 300 - of) / 1e5,
        ttl_ms: 3_000,
      })
    if (order !== undefined && what < 66)
      return wire('CANCEL_PENDING', no, { ticket: order.ticket, ttl_ms: 9_000 })
    if (position === undefined) return wire('REQUEST_SYNC', no)
    const { ticket, volume } = position
    if (what < 74)
      return wire('MODIFY_TRADE', no, {
        ticket,
        tp: (bid + (position.direction === 'BUY' ? 900 : -900) - of) / 1e5,
      })
    if (what < 84)
      return wire('CLOSE_PARTIAL', no, {
        ticket,
        expected_volume: volume,
        remaining_volume: Number((volume - 0.05).toFixed(2)),
        ttl_ms: 8_000,
      })
    if (opposite !== undefined && what < 88)
      return wire('CLOSE_BY', no, {
        ticket,
        opposite_ticket: opposite.ticket,
        expected_volume: volume,
        remaining_volume: Math.max(0, Number((volume - opposite.volume).toFixed(2))),
        ttl_ms: 8_000,
      })
    return wire('CLOSE_TRADE', no, { ticket, ttl_ms: 15_000 })
  }

  #nth(of: number): Created | null {
    return this.commands[of % Math.max(1, this.commands.length)] ?? null
  }

  #deliver(commands: readonly Created[]): void {
    if (this.world.ea.status !== 'online') return
    const rows = commands.map((command) => {
      command.attempts++
      command.sent_at = this.now
      const { expires_at } = command
      const ttl_ms = expires_at === null ? null : Math.max(0, expires_at - this.now)
      return { ...command.wire, attempt: command.attempts, ttl_ms }
    })
    this.world.deliver(rows)
    this.#work()
  }

  #work(): void {
    try {
      this.world.work()
    } catch (error) {
      if (!(error instanceof Crash)) throw error
      this.#connect()
    }
    this.#hear()
  }

  #connect(): void {
    for (let tries = 0; tries < 5; tries++) {
      try {
        this.world.connect()
        return
      } catch (error) {
        if (!(error instanceof Crash)) throw error
      }
    }
  }

  /** The server: takes answers, hands out again what is open. */
  #hear(): void {
    const { said, ea } = this.world
    const fresh = said.slice(this.#said)
    this.#said = said.length
    for (const answer of fresh) {
      const unknown = this.#probes.get(answer.command_id)
      if (unknown !== undefined) this.#heardOfProbe(unknown, answer)
      const command = this.commands.find(({ wire: { id } }) => id === answer.command_id)
      if (command === undefined || answer.status === 'progress') continue
      const again = answer.evidence === 'retcode' && answer.response?.safe_to_retry === true
      const idempotent = !['OPEN_TRADE', 'PLACE_PENDING'].includes(command.wire.type)
      if (again && idempotent && (command.expires_at === null || this.now < command.expires_at)) {
        if (command.final === null) command.sent_at = this.now - LEASE_MS + 200
      } else if (command.final === null || answer.status === 'completed') {
        command.final = answer
        command.settled_at = this.now
      }
    }
    if (!this.#acks || fresh.length === 0) return
    const results = fresh.map(({ command_id }) => ({ command_id, status: 'success' }))
    ea.acked(fresh, { http: 200, body: { results }, retry_after_ms: null }, this.world.now())
  }

  #run(ms: number): void {
    const until = this.world.mono_ms + ms
    this.#again()
    while (this.world.mono_ms < until) {
      this.world.mono_ms = Math.min(until, this.world.mono_ms + 50)
      if (this.world.ea.status !== 'online') this.#connect()
      this.#work()
      this.#again()
    }
  }

  #again(): void {
    const open = this.commands.filter(({ final, sent_at, expires_at }) => {
      const over = expires_at !== null && this.now > expires_at + SETTLE_MS + 1_000
      return final === null && !over && this.now - sent_at >= LEASE_MS
    })
    if (open.length > 0) this.#deliver(open)
    this.#probe()
  }

  /** Its time to live and to settle is over, and its answer did not come: the EA is asked what became of it. */
  #probe(): void {
    const unknown = this.commands.find(
      ({ final, sent_at, expires_at }) =>
        final === null &&
        expires_at !== null &&
        this.now > expires_at + SETTLE_MS + 1_000 &&
        this.now - sent_at >= LEASE_MS,
    )
    if (unknown === undefined || this.world.ea.status !== 'online') return
    const { id, type, command_no, magic = null, strategy_no, ...probe_payload } = unknown.wire
    unknown.sent_at = this.now
    const asked = { probe_command_id: id, probe_command_no: command_no, probe_type: type, probe_payload }
    const no = ++this.world.command_no
    this.#probes.set(`c${no}`, unknown)
    this.world.deliver([wire('PROBE', no, { ...asked, magic, strategy_no })])
    this.#work()
  }

  #heardOfProbe(unknown: Created, { status, response }: Answer): void {
    const outcome = response?.outcome
    if (status !== 'completed' || unknown.final !== null) return
    const found = outcome === 'done' ? 'completed' : 'failed'
    unknown.final = { command_id: unknown.wire.id, status: found, response: response ?? {} }
    unknown.settled_at = this.now
  }

  #crash({ after_effects, tear, machine, away_ms }: Step & { kind: 'crash' }): void {
    const { world } = this
    let left = after_effects
    const restart = () => {
      if (machine) world.boot_id += '+'
      world.beforeEffect = () => undefined
    }
    if (tear === null)
      world.beforeEffect = (effect) => {
        // An order may be on its way when the process dies: the effect takes place, and nobody hears of it.
        if (left-- > 0) return
        restart()
        if (effect.kind === 'order') world.trade.order(effect.request, world.mono_ms)
        world.crash(0)
        throw new Crash('killed')
      }
    else {
      restart()
      world.tear = (bytes) => Math.floor(tear * bytes)
    }
    this.#run(away_ms)
  }

  #tick(points: number): void {
    this.#bid_points += points
    const { broker } = this.world
    broker.onTick(
      tickOf('EURUSD', this.#bid_points / 1e5, (this.#bid_points + 8) / 1e5, broker.time_ms + 250),
    )
  }
}
