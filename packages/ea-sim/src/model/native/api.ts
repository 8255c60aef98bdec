// How a driver, a simulator or a test holds the native EA (NATIVE.md). Everything is handed in: replies, results of
// effects, time, chance. Everything comes out as a value: effects to do, bodies and answers to send.

import type { Answer, LedgerMark, MarginMode, TerminalWord } from '@ngtb/protocol'
import type { BarsSent } from '../candles.ts'
import type { LookQuery, LookResult, OrderRequest, OrderResult, TerminalState } from './broker-port.ts'
import type { JournalRecord } from './records.ts'
import type { Stamp } from './stamp.ts'

/** Something to be done outside. One at a time: the next comes after `effectDone` of the last. */
export type Effect =
  | { kind: 'append'; records: readonly JournalRecord[]; durable: boolean }
  /** Do it at once, with nothing in between: the deadline was read when this was returned. */
  | { kind: 'order'; request: OrderRequest; try_no: number }
  | { kind: 'look'; query: LookQuery }
  /** Keep the old journal aside and begin an empty one; the answer brings its new id. */
  | { kind: 'replace_journal' }
  | { kind: 'rewrite_journal'; records: readonly JournalRecord[] }
  /** Send a full list of positions now; done when the server took it. */
  | { kind: 'sync' }
  /** Send these bars; done when the server has stored them. */
  | ({ kind: 'bars' } & BarsSent)
  /** From now on stream these symbols, and no others. */
  | { kind: 'subscribe'; symbols: readonly string[] }

/** What came of it. `lost`: nobody knows (the broker's process died, the look timed out). */
export type EffectResult =
  | { kind: 'ok' }
  | { kind: 'order'; result: OrderResult }
  | { kind: 'look'; result: LookResult }
  | { kind: 'replaced'; journal_id: string }
  | { kind: 'lost'; cause: string }

/** A reply of the server: HTTP's status and body, or a `reply` text of the socket with its `http`. */
export interface ServerReply {
  http: number
  body: unknown
  retry_after_ms: number | null
}

/** starting: reads the terminal · offline: wants to connect · online · standby: another EA owns the account ·
 *  halted: the journal can't be written; make a new NativeEa from what can be read. */
export type NativeStatus = 'starting' | 'offline' | 'online' | 'standby' | 'halted'

/** accepted · standby: ask again when `connectFields` says so · copy: the journal is being replaced · plain: the server
 *  does not speak protocol 2 · refused: it never will (key, body) · later: trouble, ask again with backoff. */
export type ConnectVerdict = 'accepted' | 'standby' | 'copy' | 'plain' | 'refused' | 'later'

/** The protocol-2 fields of a connect; the driver adds the plain ones. */
export interface ConnectFields extends LedgerMark, TerminalWord {
  protocol: 2
  journal_id: string
  last_epoch: number
  highest_command_no: number
  incarnation: number
  mono_ms: number
  poll_interval_ms: number
  settle_ms: number
  margin_mode: MarginMode
  trade_server: string
}

/** What every message after an accepted connect carries. */
export interface SessionFields extends LedgerMark {
  journal_id: string
  epoch: number
  mono_ms: number
  incarnation: number
}

export interface NativeEaApi {
  readonly status: NativeStatus
  readonly journal_id: string
  readonly epoch: number

  /** The next thing to do, or null. `now` is read right before the call, and an order is sent right after it. */
  nextEffect(now: Stamp): Effect | null
  effectDone(effect: Effect, result: EffectResult, now: Stamp): void

  /** Null: not now (starting, online, or a standby that must wait). */
  connectFields(now: Stamp): ConnectFields | null
  connected(reply: ServerReply, sent: Stamp, now: Stamp): ConnectVerdict
  /**
   * For polls and heartbeats (while `status` is online) and for answers (facts: always, under the last epoch). Null: no
   * connect was accepted yet.
   */
  sessionFields(now: Stamp): SessionFields | null
  /** The answer to a poll or heartbeat; `sent` was read before it left (P5). */
  polled(reply: ServerReply, sent: Stamp, now: Stamp): void
  /** A `commands` text of the socket. */
  pushed(message: unknown, now: Stamp): void
  /** The socket or the link is gone: connect again. What was received is still worked on. */
  linkLost(now: Stamp): void
  /** 409 NGTB_FENCED or close code 4409. `connected`, `polled` and `acked` see it in a reply by themselves. */
  fenced(now: Stamp): void
  /** The server was heard without a message (a ping that was answered): the owner's lease runs from here. */
  alive(now: Stamp): void
  /** What the terminal says of itself; call it at the start and whenever it changes. */
  terminal(state: TerminalState, now: Stamp): void

  /** Answers to send now, oldest first, at most `max`; each comes again with backoff until it is acknowledged. */
  answersDue(now: Stamp, max?: number): Answer[]
  /** The server's word on answers that `answersDue` gave: the same values, in the order in which they were sent. */
  acked(answers: readonly Answer[], reply: ServerReply, now: Stamp): void

  /** When to ask again though nothing came in, on the monotonic clock; Infinity: never by itself. */
  wakeAt(now: Stamp): number
  /** The same, apart: for effects, for answers, for a connect. */
  effectsAt(now: Stamp): number
  answersAt(): number
  connectAt(): number
}
