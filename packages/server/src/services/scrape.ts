// What /metrics tells beside what was counted: how things stand at this moment, read from what is at hand. A scrape
// asks the database three things (is it there, how large is it, which alerts stand), and nobody else anything.
import { ALERT_SEVERITIES, type AlertSeverity } from '@ngtb/protocol'
import { ACCOUNTS_LABELLED } from '../telemetry/metrics.ts'
import type { Metrics, Series } from '../telemetry/ports.ts'
import type { Context } from './context.ts'
import type { DeskState } from './desk-state.ts'
import type { Status } from './status.ts'
import { type SystemHealth, VERSION } from './system-health.ts'
import type { Ticks } from './ticks.ts'

interface Parts {
  readonly metrics: Metrics
  readonly status: Status
  readonly ticks: Ticks
  readonly system: SystemHealth
  readonly feed: { readonly size: number }
  readonly tape: { readonly size: number }
}

export class Scrape {
  readonly #ctx: Context
  readonly #parts: Parts

  constructor(ctx: Context, parts: Parts) {
    this.#ctx = ctx
    this.#parts = parts
  }

  async text(): Promise<string> {
    const { metrics } = this.#parts
    const now = this.#ctx.clock.now()
    const states = this.#ctx.desks.opened().flatMap(({ state }) => (state ? [state] : []))
    states.sort((a, b) => a.account.account_id - b.account.account_id)
    this.#accounts(states, now)
    this.#commands(states, now)
    this.#process()
    await this.#database()
    return metrics.text()
  }

  #accounts(states: readonly DeskState[], now: number): void {
    const { metrics, status, ticks } = this.#parts
    const labelled = states.slice(0, ACCOUNTS_LABELLED)
    const each = (value: (state: DeskState) => number | null): Series[] =>
      labelled.map((state) => [value(state), loginOf(state)])
    metrics.show('ngtb_accounts', [[states.length]])
    metrics.show('ngtb_accounts_labelled', [[labelled.length]])
    metrics.show('ngtb_connections', counted(states.map(({ connection }) => connection.state)))
    metrics.show(
      'ngtb_connection_up',
      each(({ connection }) => Number(connection.state === 'connected')),
    )
    metrics.show(
      'ngtb_connection_health_score',
      each(({ connection }) => connection.health_score),
    )
    metrics.show(
      'ngtb_connection_consecutive_failures',
      each(({ connection }) => connection.consecutive_failures),
    )
    metrics.show(
      'ngtb_connection_last_seen_timestamp_seconds',
      each(({ connection }) => seconds(connection.last_seen_at)),
    )
    metrics.show(
      'ngtb_heartbeat_latency_seconds',
      each(({ connection }) => seconds(connection.avg_heartbeat_latency_ms)),
    )
    metrics.tell(
      'ngtb_heartbeats_total',
      each(({ connection }) => connection.heartbeat_count),
    )
    metrics.show(
      'ngtb_account_drifted',
      each(({ connection }) => Number(connection.drifted)),
    )
    metrics.show(
      'ngtb_open_positions',
      each(({ open }) => open.size),
    )
    metrics.show(
      'ngtb_ea_clock_uncertainty_seconds',
      each(({ account }) => this.#uncertainty(account.account_id)),
    )
    metrics.show(
      'ngtb_quote_age_seconds',
      each(({ account }) => {
        const times = ticks.times(account.account_id)
        return times === null ? null : (now - times.newest_at) / 1_000
      }),
    )
    const views = labelled.map((state) => [loginOf(state), status.view(state, now)] as const)
    metrics.show(
      'ngtb_connection_healthy',
      views.map(([login, { healthy }]) => [Number(healthy), login]),
    )
    metrics.show(
      'ngtb_connection_condition',
      views.flatMap(([login, { conditions }]) =>
        Object.entries(conditions).map(
          ([name, { is }]): Series => [is === null ? null : Number(is), login, name],
        ),
      ),
    )
  }

  #uncertainty(account_id: number): number | null {
    const bounds = this.#ctx.ways.bounds(account_id)
    return bounds === null ? null : (bounds.high - bounds.low) / 2_000
  }

  #commands(states: readonly DeskState[], now: number): void {
    const { metrics } = this.#parts
    const by_state = { undelivered: 0, retrying: 0, executing: 0, unknown: 0 }
    const leases = { open: 0, overdue: 0 }
    let oldest = now
    for (const { unsettled } of states)
      for (const { status, attempt, created_at, lease_expires_at } of unsettled.values()) {
        if (status === 'executing') by_state.executing += 1
        else if (status === 'timeout') by_state.unknown += 1
        else by_state[attempt > 0 ? 'retrying' : 'undelivered'] += 1
        if (attempt === 0) oldest = Math.min(oldest, created_at)
        if (lease_expires_at === null || status !== 'executing') continue
        leases.open += 1
        if (lease_expires_at < now) leases.overdue += 1
      }
    metrics.show(
      'ngtb_commands',
      Object.entries(by_state).map(([state, count]) => [count, state]),
    )
    metrics.show('ngtb_commands_oldest_undelivered_seconds', [[(now - oldest) / 1_000]])
    metrics.show('ngtb_leases', [[leases.open]])
    metrics.show('ngtb_leases_overdue', [[leases.overdue]])
  }

  #process(): void {
    const { metrics, system, feed, tape } = this.#parts
    const { gauges, redis } = system.parts
    const read = gauges?.read() ?? null
    metrics.show('ngtb_build_info', [[1, VERSION, gauges?.runtime ?? '']])
    metrics.show('ngtb_start_time_seconds', [[this.#ctx.began_at / 1_000]])
    metrics.show('ngtb_event_loop_delay_seconds', [
      [seconds(read?.event_loop_p50_ms ?? null), 'p50'],
      [seconds(read?.event_loop_p99_ms ?? null), 'p99'],
      [seconds(read?.event_loop_max_ms ?? null), 'max'],
    ])
    metrics.show('ngtb_process_resident_memory_bytes', [[read?.memory_bytes ?? null]])
    metrics.tell('ngtb_process_cpu_seconds_total', [[read?.cpu_seconds ?? null]])
    metrics.show('ngtb_redis_up', [[redis === null ? null : Number(redis())]])
    metrics.show('ngtb_ea_push_lines', [[this.#ctx.lines.size]])
    metrics.show('ngtb_window_clients', [
      [feed.size, 'events'],
      [tape.size, 'every_tick'],
    ])
  }

  async #database(): Promise<void> {
    const { metrics, system } = this.#parts
    const { store } = this.#ctx
    const { up, latency_ms } = await system.database()
    const alerts = up ? await store.openAlerts().catch(() => null) : null
    metrics.show('ngtb_alerts', alerts === null ? [] : bySeverity(alerts))
    const pool = store.pool?.() ?? null
    metrics.show('ngtb_database_up', [[Number(up)]])
    metrics.show('ngtb_database_ping_seconds', [[seconds(latency_ms)]])
    metrics.show('ngtb_database_size_bytes', [[up ? await store.size().catch(() => null) : null]])
    metrics.show('ngtb_database_pool_connections', [
      [pool && pool.total - pool.idle, 'busy'],
      [pool?.idle ?? null, 'idle'],
    ])
    metrics.show('ngtb_database_pool_waiting', [[pool?.waiting ?? null]])
  }
}

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1_000)
const loginOf = ({ account }: DeskState): string => account.account_number ?? String(account.account_id)

/** A severity of which none stands is told as 0: a rule that sums them up must not find nothing. */
const bySeverity = (alerts: readonly { severity: AlertSeverity }[]): Series[] =>
  ALERT_SEVERITIES.map((severity) => [alerts.filter((alert) => alert.severity === severity).length, severity])

/** How many of each word. */
function counted(words: readonly string[]): Series[] {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].map(([word, count]): Series => [count, word])
}
