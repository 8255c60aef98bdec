// Protocol 2: the fields that make an EA native (docs/spec/native-protocol.md). Optional everywhere: a plain client
// sends none of them.
import Type, { type Static } from 'typebox'
import { limits } from './limits.ts'
import { Int64, oneOf, Text } from './model/fields.ts'

/** The protocol of native EAs; plain clients speak 1 and do not say so. */
export const NATIVE_PROTOCOL = 2

const UUID = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$'
const Counter = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
/** The EA's monotonic clock in ms; its zero is anywhere. */
const MonoMs = Type.Number({ minimum: 0, maximum: 1e15 })
export const JournalId = Type.String({ pattern: UUID })

export const MARGIN_MODES = ['hedging', 'netting'] as const
export type MarginMode = (typeof MARGIN_MODES)[number]

/**
 * The ledger's mark: the head of the account's audit chain, as the newest reply told it. A ledger that does not hold it
 * any more went back, whatever its counters say by now.
 */
export const ledgerMark = {
  audit_no: Type.Optional(Counter),
  audit_hash: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
}
export type LedgerMark = Static<typeof LedgerMarkFields>
const LedgerMarkFields = Type.Object(ledgerMark)

/** What a native connect says beside the plain one. */
export const nativeHello = {
  ...ledgerMark,
  protocol: Type.Optional(Type.Literal(NATIVE_PROTOCOL)),
  journal_id: Type.Optional(JournalId),
  last_epoch: Type.Optional(Counter),
  highest_command_no: Type.Optional(Counter),
  incarnation: Type.Optional(Counter),
  mono_ms: Type.Optional(MonoMs),
  poll_interval_ms: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.poll_interval_ms_max })),
  settle_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.settle_ms_max })),
  margin_mode: Type.Optional(oneOf(MARGIN_MODES)),
  trade_server: Type.Optional(Text),
}

/** What every later message of a native EA carries. */
export const nativeSession = {
  ...ledgerMark,
  journal_id: Type.Optional(JournalId),
  epoch: Type.Optional(Counter),
  mono_ms: Type.Optional(MonoMs),
  incarnation: Type.Optional(Counter),
}
export type NativeSession = Static<typeof NativeSessionFields>
const NativeSessionFields = Type.Object(nativeSession)

const Digest = Type.String({ pattern: '^[0-9a-f]{16}$', description: 'of all open positions: digest.ts' })

/** What a native EA's full list says of itself (R2). */
export const nativeSnapshot = {
  snapshot_no: Type.Optional(
    Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'rises within an epoch' }),
  ),
  based_on_rev: Type.Optional(Counter),
  terminal_connected: Type.Optional(Type.Boolean()),
  complete: Type.Optional(Type.Boolean()),
  positions_total: Type.Optional(Counter),
  digest: Type.Optional(Digest),
  not_found: Type.Optional(
    Type.Array(Int64, {
      maxItems: limits.trades_per_sync_max,
      description:
        'suspect_trades of the last answer: in the terminal is neither a position nor a deal of it',
    }),
  ),
}

/** What a heartbeat says of the positions (R13); left out while word of one of them is still on its way. */
export const nativePositions = {
  based_on_rev: nativeSnapshot.based_on_rev,
  positions_total: nativeSnapshot.positions_total,
  digest: nativeSnapshot.digest,
}

/** What can keep an EA from trading, by MQL5's own names of the property that is false then. */
export const TRADE_BLOCKS = [
  'TERMINAL_TRADE_ALLOWED',
  'MQL_TRADE_ALLOWED',
  'ACCOUNT_TRADE_ALLOWED',
  'ACCOUNT_TRADE_EXPERT',
] as const
export type TradeBlock = (typeof TRADE_BLOCKS)[number]

/** What an EA says of its terminal, in hello and heartbeats; what it leaves out is unknown (contract §9). */
export const terminalStanding = {
  terminal_connected: Type.Optional(
    Type.Boolean({ description: 'TERMINAL_CONNECTED: the terminal has its trade server' }),
  ),
  trade_blocked_by: Type.Optional(
    Type.Array(oneOf(TRADE_BLOCKS), {
      maxItems: TRADE_BLOCKS.length,
      description: 'those of these that are false; none: the EA may trade',
    }),
  ),
}
export type TerminalWord = Static<typeof TerminalWordFields>
const TerminalWordFields = Type.Object(terminalStanding)

/** Streams of one journal, by their names: the last number that is stored (P10). */
export const streamHeads = {
  streams: Type.Optional(
    Type.Record(Type.String(), Counter, { description: 'of this journal: the last number that is stored' }),
  ),
}

/** Where an answer's certainty comes from (docs/spec/native-protocol.md, Answers). */
export const EVIDENCE = [
  'journal',
  'tag',
  'state',
  'retcode',
  'rejected',
  'expired',
  'settled',
  'tombstone',
] as const
export type Evidence = (typeof EVIDENCE)[number]

/** `progress`: still at work, the lease is renewed. */
export const ANSWER_STATUSES = ['completed', 'failed', 'progress'] as const
export type AnswerStatus = (typeof ANSWER_STATUSES)[number]

/**
 * When it was at the EA, on the clock of `mono_ms`. Said only by the process that received the command: another one's
 * clock has another zero.
 */
export const timesAtEa = {
  received_at_ms: Type.Optional(MonoMs),
  order_sent_at_ms: Type.Optional(MonoMs),
  executed_at_ms: Type.Optional(MonoMs),
}

/** One answer, alone or among many. */
export const AnswerFields = {
  ...timesAtEa,
  command_id: Type.String({ minLength: 1, maxLength: limits.command_id_length_max }),
  status: oneOf(ANSWER_STATUSES),
  response: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
  command_no: Type.Optional(Counter),
  attempt: Type.Optional(Counter),
  evidence: Type.Optional(oneOf(EVIDENCE)),
  replay: Type.Optional(Type.Boolean()),
}
export type Answer = Static<typeof AnswerObject>
const AnswerObject = Type.Object(AnswerFields)

/** What a PROBE found of the command that it asks for. */
export const PROBE_OUTCOMES = ['done', 'refused', 'expired', 'not_executed'] as const
export type ProbeOutcome = (typeof PROBE_OUTCOMES)[number]

/** The newest CLOSE_ALL of one scope: every OPEN in it with a lower command_no is refused (P12). */
export interface Generation {
  readonly symbol: string | null
  readonly strategy_no: number | null
  readonly command_no: number
}

/** WebSocket close codes of `/ws/ea`. */
export const EA_CLOSE = { FENCED: 4409, KEY_GONE: 4401 } as const
