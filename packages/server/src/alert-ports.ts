// What alerts need from outside: their rows in the ledger, the channels that carry them, and what a machine says.
import type { Alert, EquityMark } from '@ngtb/core'
import type { AlertSettings, AlertSeverity, ChannelName, DeliveryState, Tiding } from '@ngtb/protocol'
import type { Page, PageRequest, StoredAudit } from './ports.ts'

export type StoredAlert = Alert & { readonly alert_no: number }

/** What a channel is given: whole, so that each attempt says the same. */
export interface AlertMessage {
  readonly delivery_id: string
  readonly alert_id: string | null
  readonly tiding: Tiding
  readonly severity: AlertSeverity
  readonly rule: string
  readonly name: string
  readonly text: string
  /** The MT5 login; null: the system. */
  readonly account_number: string | null
  /** ISO 8601. */
  readonly raised_at: string
  readonly at: string
}

export interface Delivery {
  readonly delivery_id: string
  readonly alert_id: string | null
  readonly channel: ChannelName
  readonly tiding: Tiding
  readonly message: AlertMessage
  readonly state: DeliveryState
  readonly attempts: number
  readonly created_at: number
  readonly next_at: number | null
  readonly done_at: number | null
  readonly error: string | null
  readonly claimed_by: string | null
  readonly claimed_until: number | null
}

export interface AlertSettingRow {
  readonly account_id: number
  readonly settings: AlertSettings
}

export interface AlertCursorRow {
  readonly name: string
  readonly seq: number
}

/** Of a step of the system's own account. */
export interface AlertChanges {
  readonly alerts: readonly Alert[]
  readonly deliveries: readonly Delivery[]
  readonly alert_settings: readonly AlertSettingRow[]
  readonly alert_marks: readonly EquityMark[]
  readonly alert_cursors: readonly AlertCursorRow[]
}

export interface AlertFilter {
  readonly state: 'active' | 'acknowledged' | 'cleared' | 'open' | 'all'
  readonly severity?: AlertSeverity
  readonly rule?: string
  readonly account_id?: number
}

export interface ChannelQueue {
  readonly channel: string
  readonly waiting: number
  readonly given_up: number
  /** Of those that wait, the newest error. */
  readonly error: string | null
}

export type DeliveryEnd = Pick<Delivery, 'state' | 'attempts' | 'next_at' | 'done_at' | 'error'>

export interface AlertStore {
  /** Those that are not cleared, oldest first. */
  openAlerts(): Promise<StoredAlert[]>
  alert(alert_id: string): Promise<StoredAlert | null>
  /** Newest first. */
  alerts(page: PageRequest, where: AlertFilter): Promise<Page<StoredAlert>>
  /** Oldest first. */
  deliveriesOf(alert_id: string): Promise<Delivery[]>
  alertSettings(): Promise<AlertSettingRow[]>
  alertMarks(): Promise<EquityMark[]>
  alertCursor(name: string): Promise<number | null>
  /** Events of these kinds behind `after`, in order of seq; `upto`: all until there were looked at. */
  happenedAfter(
    after: number,
    kinds: readonly string[],
    limit: number,
  ): Promise<{ readonly events: StoredAudit[]; readonly upto: number }>
  /** Due messages of a channel, oldest first, of each alert the earliest: nobody else is given them until then. */
  claimDeliveries(
    channel: ChannelName,
    by: string,
    now: number,
    until: number,
    limit: number,
  ): Promise<Delivery[]>
  /** What became of a message that `by` has claimed; false: another has claimed it since. */
  endAttempt(delivery_id: string, by: string, end: DeliveryEnd): Promise<boolean>
  /** When the next message of a channel is due; null: none waits. */
  nextDelivery(channel: ChannelName): Promise<number | null>
  /** @param since of those that were given up, the ones since then count */
  channelQueues(since: number): Promise<ChannelQueue[]>
  /** Whoever has the turn keeps it until then; true: it is this one. */
  takeTurn(name: string, holder: string, now: number, until: number): Promise<boolean>
  /** Alerts that were cleared before that moment, with their messages, and test messages as old. */
  forgetAlerts(before: number): Promise<void>
}

/** What became of one attempt. */
export type Sent =
  | { readonly kind: 'done' }
  /** @param after_ms what the receiver asked for */
  | { readonly kind: 'failed'; readonly error: string; readonly after_ms: number | null }

/** One way out. It keeps no memory: what is to be sent again is the ledger's business. */
export interface Channel {
  readonly name: ChannelName
  /** Where it goes, without secrets. */
  readonly about: string
  readonly min_severity: AlertSeverity
  /**
   * One attempt, ended by `signal` at the latest. Never throws.
   * @param attempt 1: the first; more: an earlier one may have arrived, though its answer did not
   */
  send(message: AlertMessage, attempt: number, signal: AbortSignal): Promise<Sent>
  close(): Promise<void>
}

/** What the machine says of itself. */
export interface Machine {
  disk(): Promise<{ free_bytes: number; total_bytes: number } | null>
  certificateEnd(): Promise<number | 'unreadable' | null>
}

/** What somebody said in a chat. */
export interface ChatWord {
  readonly chat: string
  /** The same as the chat, where it is a person's own. */
  readonly user: string
  readonly text: string
  /** ms UTC. */
  readonly at: number
}

export interface ChatAnswer {
  readonly text: string
  /** Pressed within so many seconds, it confirms. */
  readonly button?: { readonly id: string; readonly label: string; readonly seconds: number }
}

/** Whoever answers chats. */
export interface ChatDesk {
  /** Null: nothing is answered. */
  hear(word: ChatWord): Promise<ChatAnswer | null>
  confirm(word: Omit<ChatWord, 'text' | 'at'>, id: string): Promise<string | null>
}

/** A program that listens to chats, on whichever server has its turn. */
export interface ChatListener {
  start(desk: ChatDesk): void
  stop(): Promise<void>
}
