// One account of the high-frequency load: its simulated EA, and the strategy that opens and closes through the
// REST API.
import { randomUUID } from 'node:crypto'
import {
  createSimulatedEa,
  type EaEvent,
  findSymbol,
  Random,
  randomWalk,
  type SimulatedEa,
} from '@ngtb/ea-sim'
import { type Latencies, nowMs } from '../support/measure.ts'
import type { Target } from './target.ts'
import { auditCommands, type Findings } from './verdict.ts'

export interface Clocks {
  readonly created: Latencies
  readonly delivered: Latencies
  readonly settled: Latencies
}

interface Outcome {
  readonly completed: boolean
  readonly ticket: unknown
}

interface Flight {
  readonly due: number
  outcome: Outcome
  landed(outcome: Outcome): void
}

const QUOTE_MS = 100
const SYMBOL = 'EURUSD'

export class Trader {
  readonly login: number
  readonly ea: SimulatedEa
  readonly acknowledged: string[] = []
  /** Creations that the server answered with a refusal: their sentences. */
  readonly refused: string[] = []
  trades = 0
  under_way = 0
  readonly #target: Target
  readonly #clocks: Clocks
  readonly #flights = new Map<string, Flight>()

  constructor(login: number, target: Target, clocks: Clocks, poll_ms: number) {
    const spec = findSymbol(SYMBOL)
    if (!spec) throw new Error(`${SYMBOL} is not among the simulator's symbols`)
    this.login = login
    this.#target = target
    this.#clocks = clocks
    const market = {
      spec,
      random: new Random(login % 1_000_000),
      start_ms: Date.now(),
      interval_ms: QUOTE_MS,
    }
    this.ea = createSimulatedEa({
      account: login,
      url: target.ea_url,
      ports: target.ports,
      ticks: randomWalk(market),
      endless: true,
      cadence: { poll_ms },
      broker_options: { balance: 10_000_000, positions_max: 1_000_000 },
      onEvent: (event) => this.#heard(event),
    })
  }

  /** Opens at its time, and closes as soon as the opening is settled. */
  async trade(due: number): Promise<void> {
    this.under_way++
    try {
      const open = { symbol: SYMBOL, order_type: 'BUY', volume: 0.01, comment: 'load' }
      const opened = await this.#command('OPEN_TRADE', open, due)
      if (opened?.completed) await this.#command('CLOSE_TRADE', { ticket: opened.ticket }, nowMs())
      this.trades++
    } catch (error) {
      this.refused.push(String(error))
    } finally {
      this.under_way--
    }
  }

  async audit(): Promise<Findings> {
    const statuses = new Map<string, string>()
    const list = this.#target.rest.all<{ command_id: string; status: string }>(
      `/api/v1/accounts/${this.login}/commands`,
    )
    for await (const { command_id, status } of list) statuses.set(command_id, status)
    return auditCommands(this.acknowledged, statuses, (id) => this.ea.broker.ledger.executionCount(id))
  }

  /** Open in the ledger minus open at the broker: 0 when both have the same picture. */
  async unlikeTrades(): Promise<number> {
    const at_broker = new Set(this.ea.broker.positions().map(({ ticket }) => ticket))
    let stranger = 0
    for await (const { ticket } of this.#target.rest.all<{ ticket: string | number }>(
      `/api/v1/accounts/${this.login}/trades?status=open`,
    ))
      if (!at_broker.delete(String(ticket))) stranger++
    return stranger + at_broker.size
  }

  async #command(type: string, payload: Record<string, unknown>, due: number): Promise<Outcome | null> {
    const command_id = `load-${randomUUID()}`
    const landed = new Promise<Outcome>((resolve) => {
      this.#flights.set(command_id, { due, outcome: { completed: false, ticket: null }, landed: resolve })
    })
    const path = `/api/v1/accounts/${this.login}/commands`
    const reply = await this.#target.rest.post(path, { type, payload, command_id }, {})
    if (reply.status !== 201 && reply.status !== 200) {
      this.#flights.delete(command_id)
      this.refused.push(`${type}: ${reply.status} ${reply.body.slice(0, 200)}`)
      return null
    }
    this.acknowledged.push(command_id)
    this.#clocks.created.record(nowMs() - due)
    return landed
  }

  #heard(event: EaEvent): void {
    if (event.type === 'command') {
      const flight = this.#flights.get(event.command.id)
      if (!flight || event.repeated) return
      const { status, response } = event.answer
      this.#clocks.delivered.record(nowMs() - flight.due)
      flight.outcome = { completed: status === 'completed', ticket: response.ticket }
    } else if (event.type === 'response_acked') {
      const flight = this.#flights.get(event.command_id)
      if (!flight) return
      this.#flights.delete(event.command_id)
      this.#clocks.settled.record(nowMs() - flight.due)
      flight.landed(flight.outcome)
    }
  }
}
