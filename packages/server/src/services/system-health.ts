// How the system does now: database, Redis, queues, throughput, process; and since when a condition holds, and why.
import type { Condition } from '@ngtb/core'
import { Refusal, type SystemHealthView } from '@ngtb/protocol'
import type { Gauges } from '../ports.ts'
import type { Context } from './context.ts'
import type { DeskState } from './desk-state.ts'
import { conditionView, isoOrNull } from './views.ts'

export const VERSION = '0.1.0'
const LOOP_BUSY_MS = 200

export interface HealthParts {
  readonly gauges: Gauges | null
  /** Null: none is set. */
  readonly redis: (() => boolean) | null
  sockets(): { ea_push: number; windows: boolean }
}

type Name = 'database' | 'redis' | 'event_loop'

export class SystemHealth {
  readonly #ctx: Context
  readonly #parts: HealthParts
  /** What was seen last, and since when it is so. */
  readonly #seen = new Map<Name, { is: boolean | null; since: number }>()

  constructor(ctx: Context, parts: HealthParts) {
    this.#ctx = ctx
    this.#parts = parts
  }

  get parts(): HealthParts {
    return this.#parts
  }

  /** @param visible_to null: every account */
  async view(visible_to: number | null): Promise<SystemHealthView> {
    const { clock, config, meter, store } = this.#ctx
    const now = clock.now()
    const database = await this.database()
    const queues = this.#queues(visible_to)
    const commits = meter.commits(now)
    const gauges = this.#parts.gauges?.read() ?? null
    return {
      version: VERSION,
      started_at: isoOrNull(meter.began_at) ?? '',
      uptime_s: (now - meter.began_at) / 1_000,
      audit_seq: database.up ? await store.newestSeq().catch(() => null) : null,
      database: {
        ...database,
        kind: config.DATABASE_URL === null ? 'embedded' : 'url',
        size_bytes: database.up ? await store.size().catch(() => null) : null,
        commit_ms: commits.mean_ms,
        commit_max_ms: commits.max_ms,
      },
      redis: {
        configured: this.#parts.redis !== null,
        reachable: this.#parts.redis?.() ?? null,
      },
      queues: { total: queues.reduce(sum, NOTHING), accounts: queues },
      last_minute: {
        ticks_per_s: meter.rate(meter.ticks, now),
        commands_created_per_s: meter.rate(meter.created, now),
        commands_settled_per_s: meter.rate(meter.settled, now),
      },
      sockets: { ...this.#parts.sockets() },
      process: gauges ?? NO_GAUGES,
      conditions: {
        database_up: conditionView(this.#databaseUp(database, now)),
        redis_reachable: conditionView(this.#redisReachable(now)),
        event_loop_free: conditionView(this.#loopFree(gauges?.event_loop_p99_ms ?? null, now)),
      },
    }
  }

  /** One round trip: up, and how long it took. */
  async database(): Promise<{ up: boolean; latency_ms: number | null }> {
    const { clock, store } = this.#ctx
    const began = clock.now()
    try {
      await store.ping()
      return { up: true, latency_ms: clock.now() - began }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { up: false, latency_ms: null }
    }
  }

  #databaseUp({ up }: { up: boolean }, now: number): Condition {
    const cause = up ? 'the database answers' : 'the database does not answer: nothing is acknowledged'
    return { is: up, since: this.#since('database', up, now), cause }
  }

  #redisReachable(now: number): Condition {
    const { redis } = this.#parts
    if (redis === null)
      return { is: null, since: null, cause: 'no Redis is set (REDIS_HOST): PostgreSQL rings' }
    const is = redis()
    const cause = is ? 'Redis answers' : 'Redis does not answer: PostgreSQL rings in its place'
    return { is, since: this.#since('redis', is, now), cause }
  }

  #loopFree(p99_ms: number | null, now: number): Condition {
    if (p99_ms === null) return { is: null, since: null, cause: 'nobody measures the event loop here' }
    const is = p99_ms < LOOP_BUSY_MS
    const cause = is
      ? `what is due runs at once (99 % within ${p99_ms} ms)`
      : `what is due waits ${p99_ms} ms: this process has more to do than it can`
    return { is, since: this.#since('event_loop', is, now), cause }
  }

  /** Since when this process has seen it so. */
  #since(name: Name, is: boolean, now: number): number {
    const seen = this.#seen.get(name)
    if (seen?.is === is) return seen.since
    this.#seen.set(name, { is, since: now })
    return now
  }

  #queues(visible_to: number | null): SystemHealthView['queues']['accounts'] {
    const desks = this.#ctx.desks.opened().sort((a, b) => a.account_id - b.account_id)
    return desks.flatMap((desk) =>
      desk.state && (visible_to === null || desk.account_id === visible_to) ? [queueOf(desk.state)] : [],
    )
  }
}

type Queue = SystemHealthView['queues']['accounts'][number]
type Depth = SystemHealthView['queues']['total']

const NOTHING: Depth = { undelivered: 0, retrying: 0, executing: 0, unknown: 0 }
const NO_GAUGES = {
  event_loop_p50_ms: null,
  event_loop_p99_ms: null,
  event_loop_max_ms: null,
  memory_bytes: null,
}

const sum = (all: Depth, one: Depth): Depth => ({
  undelivered: all.undelivered + one.undelivered,
  retrying: all.retrying + one.retrying,
  executing: all.executing + one.executing,
  unknown: all.unknown + one.unknown,
})

function queueOf({ account, unsettled }: DeskState): Queue {
  const depth = { ...NOTHING }
  let oldest: number | null = null
  for (const { status, attempt, created_at } of unsettled.values()) {
    if (status === 'executing') depth.executing += 1
    else if (status === 'timeout') depth.unknown += 1
    else if (attempt > 0) depth.retrying += 1
    else {
      depth.undelivered += 1
      oldest = Math.min(oldest ?? created_at, created_at)
    }
  }
  return {
    account_id: account.account_id,
    account_number: account.account_number ?? '',
    ...depth,
    oldest_undelivered_at: isoOrNull(oldest),
  }
}
