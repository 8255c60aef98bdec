// What a commit tells the metrics: read from the rows and events that were just made durable, never in a step's way.
import { type AuditEvent, isSettled } from '@ngtb/core'
import { isCommandType } from '@ngtb/protocol'
import { type ChangeSet, VersionConflict } from '../ports.ts'
import type { Metrics, Traces } from '../telemetry/ports.ts'
import type { Ways } from './ways.ts'

/** A command's way in seconds, step by step; they sum from created to stored. */
export const HOPS = [
  'created_durable',
  'durable_delivered',
  'delivered_ea_received',
  'ea_received_executed',
  'executed_answered',
  /** Of an EA that tells no times of its own. */
  'delivered_answered',
  'answered_stored',
] as const
type HopName = (typeof HOPS)[number]

export class Observer {
  readonly #metrics: Metrics
  readonly #ways: Ways
  readonly #traces: Traces

  constructor(metrics: Metrics, ways: Ways, traces: Traces) {
    this.#metrics = metrics
    this.#ways = ways
    this.#traces = traces
  }

  /** @param began @param now of the wait for the commit, ms UTC */
  committed(change: ChangeSet, began: number, now: number): void {
    const metrics = this.#metrics
    metrics.count('ngtb_commits_total')
    metrics.observe('ngtb_commit_seconds', (now - began) / 1_000)
    metrics.count('ngtb_audit_events_total', change.audit.length)
    for (const { stream } of change.dead_letters) metrics.count('ngtb_dead_letters_total', 1, stream)
    for (const event of change.audit)
      if (event.subject !== null && event.kind.startsWith('command.')) this.#step(event, event.subject, now)
      else if (event.kind === 'account.drifted') metrics.count('ngtb_drifts_total')
    for (const { command_id, status, created_at, completed_at } of change.commands)
      if (completed_at !== null && isSettled({ status }) && this.#ways.get(command_id) !== null) {
        metrics.observe('ngtb_command_duration_seconds', (completed_at - created_at) / 1_000, status)
        this.#ways.ended(command_id)
      }
  }

  failed(error: unknown): void {
    this.#metrics.count('ngtb_commit_failures_total', 1, error instanceof VersionConflict ? 'stale' : 'away')
  }

  #step(event: AuditEvent, command_id: string, now: number): void {
    const { kind, at, data } = event
    const name = kind.slice('command.'.length)
    this.#metrics.count('ngtb_command_events_total', 1, name)
    if (name === 'created') {
      const type = String(data.type)
      this.#metrics.count('ngtb_commands_created_total', 1, isCommandType(type) ? type : 'other')
      this.#ways.at(command_id).durable_at = now
      this.#hop('created_durable', now - at)
    } else if (name === 'delivered') this.#delivered(command_id, data, now)
    else if (name === 'lease_expired') this.#metrics.count('ngtb_leases_expired_total')
    else if (ANSWERS.has(name)) this.#answered(command_id, event, now)
    this.#traces.stepped(event, command_id, now)
  }

  #delivered(command_id: string, data: AuditEvent['data'], now: number): void {
    const way = this.#ways.at(command_id)
    way.handed_out_at = now
    if (data.attempt === 1 && way.durable_at !== null) this.#hop('durable_delivered', now - way.durable_at)
  }

  #answered(command_id: string, { at, data }: AuditEvent, now: number): void {
    this.#hop('answered_stored', now - at)
    const way = (data.way ?? {}) as Record<string, number | undefined>
    const left = way.handed_out_at ?? this.#ways.get(command_id)?.handed_out_at ?? null
    if (left === null) return
    const { ea_received_at } = way
    if (ea_received_at === undefined) {
      this.#hop('delivered_answered', at - left)
      return
    }
    const executed_at = way.executed_at ?? ea_received_at
    this.#hop('delivered_ea_received', ea_received_at - left)
    this.#hop('ea_received_executed', executed_at - ea_received_at)
    this.#hop('executed_answered', at - executed_at)
  }

  #hop(name: HopName, ms: number): void {
    this.#metrics.observe('ngtb_command_hop_seconds', ms / 1_000, name)
  }
}

/** Words of the EA; what a person or a position says is no hop of it. */
const ANSWERS: ReadonlySet<string> = new Set(['completed', 'refused', 'attempt_failed'])
