// What is handed to an EA: the commands of one lease, and the heads that every reply to a native EA carries.
import { type Command, generationFor, isShutOut } from '@ngtb/core'
import { type Generation, type LedgerMark, plainInt64, tagOf, toInt64 } from '@ngtb/protocol'
import type { DeskState } from './desk-state.ts'

export interface Handout {
  readonly commands: readonly Command[]
  /** Null: to a plain client. */
  readonly heads: Heads | null
}

/** In every reply to a native EA. */
export interface Heads extends LedgerMark {
  readonly epoch: number
  readonly incarnation: number
  readonly rev: number
  readonly generations: readonly Generation[]
}

/** What an EA knows this ledger by. Nothing to be known by, as long as it may have gone back. */
export const markOf = ({ account, proven }: DeskState): LedgerMark =>
  proven ? { audit_no: account.audit_no, audit_hash: account.audit_hash } : {}

export const headsOf = (state: DeskState): Heads => ({
  epoch: state.account.epoch,
  incarnation: state.account.incarnation,
  rev: state.account.rev,
  ...markOf(state),
  generations: [...state.generations.values()].map(({ symbol, strategy_no, command_no }) => ({
    symbol,
    strategy_no,
    command_no,
  })),
})

/**
 * As a plain client reads it: flat, its fields beside `id` and `type` (contract §3); tickets bare where
 * they fit (R1).
 */
export function plainCommand(command: Command): Record<string, unknown> {
  const ticket = toInt64(command.payload.ticket)
  return {
    id: command.command_id,
    type: command.type,
    ...command.payload,
    ...(ticket === null ? {} : { ticket: plainInt64(ticket) }),
  }
}

/**
 * As a native EA reads it (docs/spec/native-protocol.md).
 * @param counted_from the server's time that `ttl_ms` is counted from: when the poll arrived, or when the word that a
 *   push is anchored to was heard (P5)
 */
export function nativeCommand(
  command: Command,
  generations: readonly Generation[],
  counted_from: number,
): Record<string, unknown> {
  const { command_id, command_no, type, payload, priority, attempt, strategy_no, expires_at } = command
  const order = isShutOut(command)
  return {
    ...payload,
    id: command_id,
    type,
    command_no,
    priority,
    attempt,
    ttl_ms: expires_at === null ? null : Math.max(0, expires_at - counted_from),
    strategy_no,
    ...(order
      ? {
          magic: tagOf({ strategy_no: strategy_no ?? 0, command_no }),
          generation: generationFor(command, generations),
        }
      : {}),
  }
}
