// What stands in the journal. Append-only; the order of the records is the order of the facts.
//
//   J1. A record is written once and never changed; a later one adds to it.
//   J2. A final (done, rejected, expired, tombstone) is the answer for ever, but `again` ones for their attempt only.
//   J3. What can't be read is never taken as absent: it makes the journal's continuity unproven (K11).

import type { Evidence } from '@ngtb/protocol'
import type { Stamp } from './stamp.ts'

/** A command as it was handed out: flat, with the payload fields beside these. */
export interface NativeCommand {
  readonly id: string
  readonly type: string
  readonly command_no: number
  readonly attempt: number
  readonly priority: number
  readonly [field: string]: unknown
}

/** To whom the file belongs; another login, trade server or folder means another journal. */
export interface Binding {
  readonly login: string
  readonly trade_server: string
  readonly folder: string
}

/** Volumes of a compare-and-set, fixed when the intent is written. */
export interface Compare {
  readonly expected_volume: number
  readonly remaining_volume: number
}

/** What the ledger was known by: a ledger without it went back (contract §4). */
export interface Mark {
  readonly audit_no: number
  readonly audit_hash: string
}

interface Final {
  command_id: string
  command_no: number
  attempt: number
  type: string
  /** What it named: the position or order; null for an opening. */
  ticket: string | null
  response: Record<string, unknown>
}

export type RecordBody =
  | ({ kind: 'opened'; journal_id: string; boot_id: string; highest_command_no: number } & Binding)
  /**
   * Up to `unproven_to` a command may have been sent by a record that can't be read; up to `twin_to` (left out: 0) by
   * another machine that this file was copied from.
   */
  | {
      kind: 'epoch'
      epoch: number
      boot_id: string
      unproven_to: number
      look_to: number
      twin_to?: number
      mark?: Mark
    }
  /** The tail was torn, a record damaged, or the machine restarted: continuity unproven until the next epoch. */
  | { kind: 'unproven'; reason: 'torn' | 'damaged' | 'restart'; boot_id: string }
  /**
   * Durable before the order. `maybe`: not sent by this record; an unreadable one may have sent it. `ttl_ms`: how long
   * it had still to live when it was handed out; null: no limit.
   */
  | { kind: 'intent'; command: NativeCommand; maybe: boolean; compare?: Compare; ttl_ms?: number | null }
  | { kind: 'try'; command_id: string; try_no: number }
  | ({ kind: 'done'; evidence: Extract<Evidence, 'journal' | 'tag' | 'state'> } & Final)
  | ({
      kind: 'rejected'
      evidence: Extract<Evidence, 'retcode' | 'rejected' | 'settled'>
      again: boolean
    } & Final)
  | ({ kind: 'expired' } & Final)
  | ({ kind: 'tombstone' } & Final)
  /** One position or order of a CLOSE_ALL. */
  | {
      kind: 'sub'
      command_id: string
      target: 'position' | 'order'
      ticket: string
      state: 'sent' | 'done' | 'refused'
      retcode: number
      error: string
    }
  /** A command that only reads was seen: its number counts, its answer is not kept. */
  | { kind: 'seen'; command_no: number }
  | { kind: 'generation'; symbol: string | null; strategy_no: number | null; command_no: number }
  | { kind: 'incarnation'; incarnation: number }
  | { kind: 'acked'; command_ids: readonly string[]; mark?: Mark }

export type JournalRecord = RecordBody & { readonly at: Stamp }
export type FinalRecord = Extract<JournalRecord, { kind: 'done' | 'rejected' | 'expired' | 'tombstone' }>
export const isFinal = (record: JournalRecord): record is FinalRecord =>
  record.kind === 'done' ||
  record.kind === 'rejected' ||
  record.kind === 'expired' ||
  record.kind === 'tombstone'

export type IntentRecord = Extract<JournalRecord, { kind: 'intent' }>

/**
 * Where the records lie. `append` resolves when the text is written, and, if `durable`, flushed to the disk: only then
 * may an order follow. `replace` keeps the old file aside and begins an empty one; `rewrite` puts these records in
 * place of all (write new, then rename). A failure of any of them ends the EA: it starts again from what can be read.
 */
export interface JournalPort {
  append(records: readonly JournalRecord[], durable: boolean): void | Promise<void>
  replace(): void | Promise<void>
  rewrite(records: readonly JournalRecord[]): void | Promise<void>
}
