// What a native EA says of its positions, however it comes in; and the answer to a full list, a plain client's too.
import { type EventsBody, Refusal, type TradesSyncBody, toInt64 } from '@ngtb/protocol'
import { type EaSession, sessionOf } from '../services/ea-session.ts'
import type { ListedSnapshot, SyncReport } from '../services/trade-sync.ts'
import { serverTime } from '../services/views.ts'
import type { EaCall } from './ea-calls.ts'

/** A native EA's full list (R2). Its mark is looked at first, as of every word of an owner. */
export async function snapshot(call: EaCall, body: TradesSyncBody, session: EaSession) {
  const { services, desk, actor } = call
  await services.native.heard(desk, session, body, actor)
  const { heads, drifted, ...report } = await services.tradeSync.snapshot(
    desk,
    snapshotOf(body),
    session,
    actor,
  )
  const now = serverTime(services.clock.now())
  return { status: 'success', ...reportReply(report, String), drifted, ...heads, server_time: now }
}

/** A native EA's numbered facts (P10). */
export async function events({ services, desk, actor }: EaCall, body: EventsBody) {
  const session = sessionOf(body)
  if (session) await services.native.prove(desk, session, body)
  const { heads, ...taken } = await services.streams.take(desk, body, actor)
  return { status: 'success', ...taken, ...heads }
}

const NEEDED = [
  'snapshot_no',
  'based_on_rev',
  'terminal_connected',
  'complete',
  'positions_total',
  'digest',
] as const

/** @throws {Refusal} NGTB_BODY_INVALID */
function snapshotOf(body: TradesSyncBody): ListedSnapshot {
  const missing = NEEDED.find((field) => body[field] === undefined)
  if (missing !== undefined)
    throw new Refusal(
      'NGTB_BODY_INVALID',
      `${missing} is missing: a native EA’s list says what it is (protocol 2)`,
    )
  const { not_found = [], trades, ...fields } = body as Required<TradesSyncBody>
  const looked_for = not_found.map((ticket) => toInt64(ticket)).filter((ticket) => ticket !== null)
  return { ...fields, trades, not_found: new Set(looked_for) }
}

/**
 * The published shape: `reconciliation{…}`; what is beyond it stands beside it, only when there is any.
 * @param bare how a ticket is written (R1)
 */
export function reportReply(
  { suspect_trades, rejected_rows, ...reconciliation }: SyncReport,
  bare: (ticket: string) => number | string,
) {
  const write = (ticket: unknown) => bare(toInt64(ticket) ?? '0')
  return {
    reconciliation: {
      ...reconciliation,
      changes: reconciliation.changes.map((change) => ({ ...change, ticket: write(change.ticket) })),
    },
    ...(suspect_trades.length > 0 ? { suspect_trades: suspect_trades.map(write) } : {}),
    ...(rejected_rows.length > 0
      ? {
          rejected_rows: rejected_rows.map((row) => ({
            ...row,
            ticket: row.ticket === null ? null : write(row.ticket),
          })),
        }
      : {}),
  }
}
