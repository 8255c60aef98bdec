// A terminal with an EA that keeps nothing: polls, executes at once, repeats its answer until it is taken, and
// remembers what it did only as long as it runs. What existing EAs do (contract §3, §4).
import { type BrokerEvent, type EaAnswer, type EaCommand, ReferenceEa } from '@ngtb/ea-sim'
import { Courier, type Send } from './courier.ts'
import type { AccountDay, TerminalDay } from './day.ts'
import type { Told } from './doors.ts'
import { eaAsk, eventAsk, syncAsk } from './facts.ts'
import type { History } from './history.ts'
import { Machine } from './machine.ts'
import type { Market } from './market.ts'
import type { Random } from './random.ts'
import type { Terminal } from './terminal.ts'
import type { VirtualTime } from './virtual-time.ts'

export interface TerminalParts {
  readonly name: string
  readonly time: VirtualTime
  readonly history: History
  readonly random: Random
  readonly account: AccountDay
  readonly day: TerminalDay
  readonly market: Market
  readonly send: Send
}

const PATIENCE_MS = 4_000

export class PlainTerminal implements Terminal {
  readonly name: string
  readonly machine: Machine
  onDied: () => void = () => {}
  readonly #parts: TerminalParts
  #ea: ReferenceEa
  #answers: Courier
  #facts: Courier
  #crash_at_effect: number

  constructor(parts: TerminalParts) {
    this.#parts = parts
    this.name = parts.name
    this.machine = new Machine(parts.time, parts.random)
    this.#ea = new ReferenceEa(parts.market.broker)
    this.#answers = new Courier(this.machine, parts.send)
    this.#facts = new Courier(this.machine, parts.send)
    this.#crash_at_effect = parts.day.crash_at_effect
    parts.market.listeners.push((event) => this.#happened(event))
  }

  start(): void {
    if (this.machine.alive) return
    const { account, history } = this.#parts
    history.note(this.name, 'starts')
    this.machine.begin()
    this.#ea = new ReferenceEa(this.#parts.market.broker)
    this.#answers = new Courier(this.machine, this.#parts.send)
    this.#facts = new Courier(this.machine, this.#parts.send)
    this.#connect()
    this.machine.every(account.poll_ms, () => this.#poll())
    this.machine.every(account.heartbeat_ms, () => this.#heartbeat())
    this.machine.every(account.sync_ms, () => this.#sync())
  }

  crash(why: string, power = false): void {
    if (!this.machine.alive) return
    this.#parts.history.note(this.name, `dies: ${why}`, power ? 'EA lost power' : 'EA killed')
    this.machine.end(power)
    this.onDied()
  }

  calm(): void {
    this.#crash_at_effect = 0
  }

  #connect(): void {
    const { account, send } = this.#parts
    const ask = eaAsk(account, 'command', '/api/connect', { broker: 'Sim', platform: 'MT5' })
    send(
      ask,
      PATIENCE_MS,
      this.machine.bound((told: Told | null) => {
        if (told?.http !== 200) this.machine.after(1_000, () => this.#connect())
      }),
    )
  }

  #poll(): void {
    const { account, send } = this.#parts
    const ask = eaAsk(account, 'command', '/api/get_commands', {})
    send(
      ask,
      PATIENCE_MS,
      this.machine.bound((told: Told | null) => this.#received(told)),
    )
  }

  #heartbeat(): void {
    const { account, send, market } = this.#parts
    const figures = market.broker.account()
    const ask = eaAsk(account, 'command', '/api/heartbeat', { ...figures, latency_ms: 5 })
    send(
      ask,
      PATIENCE_MS,
      this.machine.bound((told: Told | null) => this.#received(told)),
    )
  }

  #received(told: Told | null): void {
    if (told?.http !== 200) return
    for (const command of told.body.commands as EaCommand[]) {
      if (!this.machine.alive) return
      const { history, random } = this.#parts
      const { answer, repeated } = this.#ea.handle(command)
      history.note(
        this.name,
        `${repeated ? 'answers again' : 'executes'} ${command.type} ${command.id}: ${answer.status}`,
      )
      // The worst moment: it is done, and nobody has been told.
      if (random.chance(this.#crash_at_effect)) this.crash(`after ${command.id}`)
      else this.#answer(command.id, answer)
    }
  }

  #answer(command_id: string, answer: EaAnswer): void {
    const { account } = this.#parts
    const ask = eaAsk(account, 'command', '/api/command_response', { command_id, ...answer })
    this.#answers.push(() => ask)
  }

  /** One list at a time, and none while an event waits: a plain client's requests come one after another (§7). */
  #sync(): void {
    const { account, market } = this.#parts
    if (this.#facts.pending > 0) return
    this.#facts.push(() => syncAsk(account, market.positions))
  }

  #happened(event: BrokerEvent): void {
    const ask = eventAsk(this.#parts.account, event)
    if (this.machine.alive && ask) this.machine.bound(() => this.#facts.push(() => ask))()
  }
}
