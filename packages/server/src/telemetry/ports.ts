// What desks and doors hold of telemetry: somewhere to count, and somewhere to tell a command's trace. Neither decides
// anything, fails anything or holds anything up.
import type { AuditEvent } from '@ngtb/core'
import type { CommandType } from '@ngtb/protocol'
import type { NameOf } from './metrics.ts'

/** The value of a series and its labels' values, in the table's order; null: not known, so left out. */
export type Series = readonly [value: number | null, ...values: (string | number)[]]

export interface Metrics {
  count(name: NameOf<'counter'>, by?: number, ...values: string[]): void
  observe(name: NameOf<'histogram'>, value: number, ...values: string[]): void
  /** All series of a gauge at once: one that is not named is gone. */
  show(name: NameOf<'gauge'>, series: Iterable<Series>): void
  /** The same of a counter that is kept elsewhere. */
  tell(name: NameOf<'counter'>, series: Iterable<Series>): void
  text(): Promise<string>
  readonly content_type: string
}

export interface Traces {
  /**
   * A command is asked for. @param traceparent as it came with the request @param at its arrival, ms UTC
   * @returns what is kept with the command, so that its trace goes on: its own, or the caller's; null: there is none
   */
  asked(traceparent: string | undefined, type: CommandType | string, at: number): string | null
  /** A step of a command's life was committed. @param now when it was */
  stepped(event: AuditEvent, command_id: string, now: number): void
}
