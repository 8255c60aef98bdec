// Who speaks for an EA in one message: its journal and the epoch that it was given (P9).
import { isOwner, type Receiver } from '@ngtb/core'
import { type NativeSession, Refusal } from '@ngtb/protocol'
import type { DeskState } from './desk-state.ts'

/** A native EA's session. A plain client has none. */
export interface EaSession {
  readonly journal_id: string
  readonly epoch: number
}

/** The session that a message names; null: a plain client's. */
export function sessionOf({ journal_id, epoch }: NativeSession): EaSession | null {
  return journal_id === undefined || epoch === undefined
    ? null
    : { journal_id: journal_id.toLowerCase(), epoch }
}

/**
 * P9: polls, heartbeats and pushes are the owner's alone.
 * @throws {Refusal} NGTB_FENCED
 */
export function requireOwner(state: DeskState, session: EaSession | null): void {
  const { connection, account } = state
  if (session === null) {
    if (connection.protocol === 2)
      throw new Refusal(
        'NGTB_FENCED',
        'this account has a native EA: send journal_id and epoch, or connect anew',
      )
    return
  }
  if (!isOwner(session, connection, account))
    throw new Refusal('NGTB_FENCED', `epoch ${session.epoch} is over; the account is at ${account.epoch}`)
}

export const receiverOf = ({ connection }: DeskState, session: EaSession | null): Receiver => ({
  journal_id: session?.journal_id ?? null,
  margin_mode: connection.margin_mode,
})

/** It has spoken under its epoch: from here on whoever names the epoch before is a copy of it (O4). */
export const hasSpoken = ({ journals }: DeskState, { journal_id }: EaSession): boolean =>
  journals.get(journal_id)?.confirmed === true
