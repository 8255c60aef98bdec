// What a person or a program asks about the whole: connections, commands, data; and whether it lives.
import { conditionsOf, isHealthy } from '@ngtb/core'
import type { ConnectionView, EaStatus, SystemStatusView } from '@ngtb/protocol'
import type { Connections } from './connections.ts'
import type { Context } from './context.ts'
import type { Desk } from './desk.ts'
import type { DeskState } from './desk-state.ts'
import type { Ticks } from './ticks.ts'
import { connectionView } from './views.ts'

export class Status {
  readonly #ctx: Context
  readonly #connections: Connections
  readonly #ticks: Ticks

  constructor(ctx: Context, connections: Connections, ticks: Ticks) {
    this.#ctx = ctx
    this.#connections = connections
    this.#ticks = ticks
  }

  /** Of a state at hand. */
  view(state: DeskState, now: number): ConnectionView {
    const { account, connection } = state
    const { account_id } = account
    const { health, config } = this.#ctx
    const beside = {
      quotes: this.#ticks.times(account_id),
      suspects: state.suspects(),
      keyless_hello_at: this.#connections.keyless_hellos.get(account_id) ?? null,
      sync_interval_ms: config.TRADE_SYNC_INTERVAL_SEC * 1_000,
    }
    const healthy = isHealthy(connection, now, health)
    const ticks = this.#ticks.count(account_id)
    const conditions = conditionsOf(connection, beside, health, now)
    return connectionView({ account, connection, healthy, ticks, conditions }, now)
  }

  async connection(desk: Desk): Promise<ConnectionView> {
    return this.view(await desk.ready(), this.#ctx.clock.now())
  }

  /** @param visible_to null: every account */
  async connections(visible_to: number | null): Promise<ConnectionView[]> {
    // Accounts that the command line or another server added; while the database is away, those at hand.
    await this.#ctx.desks.openAll().catch(() => {})
    const desks = this.#ctx.desks
      .opened()
      .filter((desk) => visible_to === null || desk.account_id === visible_to)
    return Promise.all(desks.sort((a, b) => a.account_id - b.account_id).map((desk) => this.connection(desk)))
  }

  async system(visible_to: number | null): Promise<SystemStatusView> {
    const details = await this.connections(visible_to)
    const healthy = details.filter((connection) => connection.healthy).length
    const sums = { completed: 0, failed: 0, timeout: 0, expired: 0, cancelled: 0, active: 0 }
    for (const { account_id } of details) {
      const { account, unsettled } = await this.#ctx.desks.get(account_id).ready()
      sums.completed += account.commands_completed
      sums.failed += account.commands_failed
      sums.timeout += account.commands_timeout
      sums.expired += account.commands_expired
      sums.cancelled += account.commands_cancelled
      for (const command of unsettled.values()) if (command.status !== 'timeout') sums.active += 1
    }
    const total_processed = sums.completed + sums.failed + sums.timeout
    const total_failed = sums.failed + sums.timeout
    return {
      connections: { total: details.length, healthy, unhealthy: details.length - healthy, details },
      commands: {
        total_processed,
        total_failed,
        success_rate:
          total_processed === 0 ? 100 : Math.round((sums.completed / total_processed) * 10_000) / 100,
        active: sums.active,
        expired: sums.expired,
        cancelled: sums.cancelled,
      },
      data: {
        total_ticks_received: details.reduce((sum, connection) => sum + connection.tick_count, 0),
        total_heartbeats_received: details.reduce((sum, connection) => sum + connection.heartbeat_count, 0),
      },
    }
  }

  /** What `getEaStatus` answers (published). */
  async ea(desk: Desk): Promise<EaStatus> {
    const { account, connection } = await desk.ready()
    const now = this.#ctx.clock.now()
    const view = await this.connection(desk)
    return {
      account_id: account.account_id,
      account_number: account.account_number ?? '',
      state: connection.state,
      connected: connection.state === 'connected',
      healthy: view.healthy,
      last_heartbeat_age_seconds:
        connection.last_heartbeat_at === null ? null : (now - connection.last_heartbeat_at) / 1000,
      health_score: connection.health_score,
      avg_heartbeat_latency_ms: connection.avg_heartbeat_latency_ms,
      consecutive_failures: connection.consecutive_failures,
    }
  }
}
