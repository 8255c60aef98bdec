// A connection as the process sees it (published): its figures are read when asked for.
import { NEW_HEALTH, NEW_OWNERSHIP, riskClosed } from '@ngtb/core'
import type { ConnectionState } from '@ngtb/protocol'
import type { Services } from '../services/services.ts'

export class EAConnection {
  readonly account_id: number
  readonly #services: Services
  #last: {
    account_number: string
    broker: string
    connected_at: number | null
    command_count: number
    epoch: number
    drifted: boolean
  } & typeof NEW_HEALTH &
    typeof NEW_OWNERSHIP

  constructor(services: Services, account_id: number) {
    this.account_id = account_id
    this.#services = services
    const nobody = { account_number: '', broker: '', connected_at: null, command_count: 0 }
    this.#last = { ...NEW_HEALTH, ...NEW_OWNERSHIP, ...nobody, epoch: 0, drifted: false }
  }

  /** What the desk has at hand; while it reads the ledger again, what it had before. */
  get #now() {
    const state = this.#services.desks.get(this.account_id).state
    if (state) {
      const { account, connection } = state
      const { broker, epoch } = account
      this.#last = { ...connection, account_number: account.account_number ?? '', broker, epoch }
    }
    return this.#last
  }

  /** The MT5 login. */
  get account_number(): string {
    return this.#now.account_number
  }
  get broker(): string {
    return this.#now.broker
  }
  get state(): ConnectionState {
    return this.#now.state
  }
  get connected_at(): Date | null {
    return dateOrNull(this.#now.connected_at)
  }
  get last_heartbeat(): Date | null {
    return dateOrNull(this.#now.last_heartbeat_at)
  }
  get heartbeat_count(): number {
    return this.#now.heartbeat_count
  }
  get failed_heartbeats(): number {
    return this.#now.failed_heartbeats
  }
  get reconnect_count(): number {
    return this.#now.reconnect_count
  }
  get tick_count(): number {
    return this.#services.ticks.count(this.account_id).ticks
  }
  get command_count(): number {
    return this.#now.command_count
  }
  /** Seconds. */
  get avg_heartbeat_latency(): number | null {
    return seconds(this.#now.avg_heartbeat_latency_ms)
  }
  /** Seconds. */
  get avg_command_response_latency(): number | null {
    return seconds(this.#now.avg_command_latency_ms)
  }
  get consecutive_failures(): number {
    return this.#now.consecutive_failures
  }
  get health_score(): number {
    return this.#now.health_score
  }
  /** 2: a native EA, which keeps a journal; 1: a plain client; null: nobody has connected yet. */
  get protocol(): 1 | 2 | null {
    return this.#now.protocol
  }
  /** Rises by one at every accepted connect of a native EA. */
  get epoch(): number {
    return this.#now.epoch
  }
  /** The journal that holds the account's lease, or held it last. */
  get owner_journal_id(): string | null {
    return this.#now.owner_journal_id
  }
  /** Why opening is refused (`NGTB_RISK_CLOSED`), as a sentence; null while it is open. */
  get risk_closed(): string | null {
    return riskClosed(this.#now, this.#now.drifted, this.#services.clock.now())
  }

  isHealthy(): boolean {
    const state = this.#services.desks.get(this.account_id).state
    return state !== null && this.#services.connections.healthy(state.connection)
  }
}

const dateOrNull = (ms: number | null) => (ms === null ? null : new Date(ms)) // sim-ok: wraps a given moment
const seconds = (ms: number | null) => (ms === null ? null : ms / 1000)
