// What is handed to an EA: the commands of one lease, and the heads that every reply to a native EA carries.
import { type Command, generationFor, isShutOut } from '@ngtb/core'
import { type Generation, plainInt64, tagOf, toInt64 } from '@ngtb/protocol'
import type { DeskState } from './desk-state.ts'

export interface Handout {
  readonly commands: readonly Command[]
  /** Null: to a plain client. */
  readonly heads: Heads | null
}

/** In every reply to a native EA. */
export interface Heads {
  readonly epoch: number
  readonly incarnation: number
  readonly rev: number
  readonly generations: readonly Generation[]
}

export const headsOf = ({ account, generations }: DeskState): Heads => ({
  epoch: account.epoch,
  incarnation: account.incarnation,
  rev: account.rev,
  generations: [...generations.values()].map(({ symbol, strategy_no, command_no }) => ({
    symbol,
    strategy_no,
    command_no,
  })),
})

/** As a plain client reads it: flat, its fields beside `id` and `type` (contract §3); tickets bare where they fit (R1). */
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
