// Measurements over time: a row of each account and one of this server, every NGTB_HISTORY_EVERY_SEC. Written in small
// statements of their own, outside of every command's way. A sample may be lost: it is no ledger.
import type { AccountSample, Clock, Gauges, Log, Store, SystemSample, Timers } from '../ports.ts'
import type { Desk } from '../services/desk.ts'
import type { Desks } from '../services/desks.ts'
import type { Meter } from '../services/meter.ts'

const DAY_MS = 86_400_000
const FORGET_EVERY_MS = 3_600_000

interface SamplerParts {
  readonly desks: Pick<Desks, 'opened'>
  readonly meter: Meter
  readonly store: Pick<Store, 'saveSamples' | 'forgetSamples' | 'size'>
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
  readonly gauges: Gauges | null
  readonly redis: (() => boolean) | null
  /** The name of this server in its rows: the same after a restart. */
  readonly server: string
  sockets(): number
  readonly every_ms: number
  /** 0: nothing is measured. */
  readonly keep_days: number
}

export class Sampler {
  readonly #parts: SamplerParts
  #timer: { cancel(): void } | null = null
  #working: Promise<void> = Promise.resolve()
  #forgot_at = Number.NEGATIVE_INFINITY
  #stopped = false

  constructor(parts: SamplerParts) {
    this.#parts = parts
  }

  start(): void {
    const { keep_days, every_ms, clock, timers } = this.#parts
    if (this.#stopped || keep_days === 0) return
    const now = clock.now()
    // On the step of the clock: the samples of several servers fall together.
    const next = (Math.floor(now / every_ms) + 1) * every_ms
    this.#timer = timers.after(next - now, () => {
      this.#working = this.sample(next).finally(() => this.start())
    })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    await this.#working
  }

  async sample(at: number): Promise<void> {
    const { store, desks, log, keep_days } = this.#parts
    try {
      const accounts = desks.opened().flatMap((desk) => this.#account(desk, at))
      await store.saveSamples(accounts, await this.#system(at))
      if (at - this.#forgot_at < FORGET_EVERY_MS) return
      this.#forgot_at = at
      await store.forgetSamples(at - keep_days * DAY_MS)
    } catch (error) {
      log.warn('a sample of the history was lost', { error: String(error) })
    }
  }

  #account({ state }: Desk, at: number): AccountSample[] {
    if (!state) return []
    const { account, connection, open } = state
    const { p50, p99 } = this.#parts.meter.latencies(account.account_id, at)
    let open_volume = 0
    for (const { volume } of open.values()) open_volume += volume ?? 0
    return [
      {
        account_id: account.account_id,
        at,
        connected: connection.state === 'connected' ? 1 : 0,
        health_score: connection.health_score,
        heartbeat_latency_ms: connection.avg_heartbeat_latency_ms,
        command_latency_p50_ms: p50,
        command_latency_p99_ms: p99,
        balance: connection.balance,
        equity: connection.equity,
        margin: connection.margin,
        open_positions: open.size,
        open_volume: Number(open_volume.toFixed(8)),
      },
    ]
  }

  async #system(at: number): Promise<SystemSample> {
    const { meter, gauges, redis, sockets, server, store, desks } = this.#parts
    const { mean_ms, max_ms } = meter.commits(at)
    const read = gauges?.read()
    gauges?.reset()
    let unsettled = 0
    for (const { state } of desks.opened()) unsettled += state?.unsettled.size ?? 0
    return {
      server,
      at,
      ticks_per_s: meter.rate(meter.ticks, at),
      commands_created_per_s: meter.rate(meter.created, at),
      commands_settled_per_s: meter.rate(meter.settled, at),
      commands_unsettled: unsettled,
      sockets: sockets(),
      event_loop_p99_ms: read?.event_loop_p99_ms ?? null,
      commit_ms: mean_ms,
      commit_max_ms: max_ms,
      database_bytes: await store.size(),
      redis_reachable: redis === null ? null : redis() ? 1 : 0,
      memory_bytes: read?.memory_bytes ?? null,
    }
  }
}
