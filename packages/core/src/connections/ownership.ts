// Who may speak for an account (contract §1, §4, P9, P14, R11). Pure: rows in, a verdict out.
//
//   O1. One owner: the journal whose lease (15 s since its last message) is alive. Another one is a warm standby.
//   O2. Every accepted connect raises the epoch; what needs an owner is asked for with the newest epoch only.
//   O3. A journal goes on only from the epoch that it was given last. One that is behind is a copy or an old image;
//       one that is ahead shows that the *ledger* went back.
//   O4. A connect whose answer was lost is accepted again, as long as nobody has spoken under the new epoch; and
//       until then nothing is handed out under it, for a copy could be at work on that.

import { limits, type MarginMode } from '@ngtb/protocol'

/** What the ledger knows of one journal. */
export interface Journal {
  readonly journal_id: string
  /** Of its last accepted connect. */
  readonly epoch: number
  /** The one that it had recorded when it was confirmed last: what it was given since may have been lost. */
  readonly previous_epoch: number
  /** It has spoken under `epoch`. */
  readonly confirmed: boolean
}

export interface Ownership {
  readonly protocol: 1 | 2 | null
  readonly owner_journal_id: string | null
  readonly owner_seen_at: number | null
  readonly contended_until: number | null
  readonly poll_interval_ms: number
  readonly settle_ms: number
  readonly margin_mode: MarginMode
  /** Results are replayed after the ledger went back; opening waits (423). */
  readonly replaying: boolean
}

export const NEW_OWNERSHIP: Ownership = {
  protocol: null,
  owner_journal_id: null,
  owner_seen_at: null,
  contended_until: null,
  poll_interval_ms: limits.poll_interval_ms_default,
  settle_ms: limits.settle_ms_default,
  margin_mode: 'hedging',
  replaying: false,
}

export interface NativeHello {
  readonly journal_id: string
  readonly last_epoch: number
  readonly highest_command_no: number
}

/** The heads of the account's row that a connect is judged by. */
export interface Heads {
  readonly epoch: number
  readonly command_no: number
}

export type ConnectVerdict =
  | { kind: 'accepted'; epoch: number; went_back: boolean }
  | { kind: 'other_owner'; retry_after_ms: number }
  | { kind: 'copy' }

/**
 * What an accepted connect leaves as the journal's `previous_epoch`. A hello may come late, after the answer to a newer
 * one was heard: then the journal has recorded one of the epochs between (O4).
 */
export const recordedBefore = (hello: Pick<NativeHello, 'last_epoch'>, journal: Journal | null): number =>
  journal === null || journal.confirmed
    ? hello.last_epoch
    : Math.min(journal.previous_epoch, hello.last_epoch)

export const ownerLeaseUntil = ({ owner_journal_id, owner_seen_at }: Ownership): number | null =>
  owner_journal_id === null || owner_seen_at === null ? null : owner_seen_at + limits.owner_lease_ms

/** Judges a native connect (O1–O4). @param journal what is known of the journal that asks; null: never seen */
export function judgeConnect(
  hello: NativeHello,
  journal: Journal | null,
  ownership: Ownership,
  heads: Heads,
  now: number,
): ConnectVerdict {
  const lease_until = ownerLeaseUntil(ownership)
  const other = lease_until !== null && now < lease_until && ownership.owner_journal_id !== hello.journal_id
  if (other) return { kind: 'other_owner', retry_after_ms: lease_until - now }
  const known_epoch = journal?.epoch ?? 0
  const went_back = hello.last_epoch > known_epoch || hello.highest_command_no > heads.command_no
  if (hello.last_epoch < known_epoch) {
    const answer_was_lost =
      journal !== null && !journal.confirmed && hello.last_epoch >= journal.previous_epoch
    if (!answer_was_lost) return { kind: 'copy' }
  }
  return { kind: 'accepted', epoch: Math.max(heads.epoch, hello.last_epoch) + 1, went_back }
}

/** May this session act as the owner? Facts are taken from everyone (P9); polls, heartbeats and snapshots are not. */
export const isOwner = (
  session: { journal_id: string; epoch: number },
  ownership: Ownership,
  heads: Pick<Heads, 'epoch'>,
): boolean => session.epoch === heads.epoch && session.journal_id === ownership.owner_journal_id

/** Why opening is closed (P14), as a sentence; null when it is not. Plain clients prove none of this. */
export function riskClosed(ownership: Ownership, drifted: boolean, now: number): string | null {
  if (ownership.protocol !== 2) return null
  if (ownership.contended_until !== null && now < ownership.contended_until)
    return 'two EAs contend for this account: stop one of them; it opens again 15 s after the other asked last'
  if (ownership.replaying) return 'the ledger went back: it opens again when the EA has replayed its results'
  if (drifted)
    return 'the EA’s positions and the ledger differ: it opens again after the next sync that agrees'
  return null
}
