// What the house and a thread of the tick door say to each other. The thread asks who a key belongs to; after each
// commit it says what the house should know; the rest is starting and stopping.
import type { ErrorCode } from '@ngtb/protocol'
import type { Config } from '../config.ts'
import type { ListedTickets } from '../legacy/reading.ts'
import type { ClockOrigin } from '../platform/clock.ts'
import type { Log } from '../ports.ts'
import type { Principal } from '../services/keys.ts'
import type { TickNews } from '../services/tick-intake.ts'
import type { DatabaseAddress } from '../storage/postgres/session.ts'

/** What a thread is given to begin with. */
export interface ThreadStart {
  readonly config: Config
  readonly address: DatabaseAddress
  readonly clock: ClockOrigin
  /** Gives the ticks of all threads their numbers (T2). */
  readonly sequence: SharedArrayBuffer
  /** Its own place there, from 1 on. */
  readonly lane: number
  readonly port: number
  /** Other threads listen on this port, too: the system deals the connections out (SO_REUSEPORT). */
  readonly shared: boolean
}

/** Null: that key is not good right now. */
export type Known = { readonly principal: Principal; readonly account_number: string | null } | null

type Details = Record<string, unknown>

export type ToHouse =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'who'; readonly ref: number; readonly key: string }
  | { readonly type: 'news'; readonly news: readonly TickNews[] }
  | { readonly type: 'unsure' }
  | { readonly type: 'tickets'; readonly account_id: number; readonly listed: ListedTickets }
  | { readonly type: 'log'; readonly level: keyof Log; readonly message: string; readonly details?: Details }

export type ToThread =
  | { readonly type: 'known'; readonly ref: number; readonly known: Known }
  | { readonly type: 'unknown'; readonly ref: number; readonly code: ErrorCode; readonly message: string }
  /** A key was revoked or replaced: ask again. */
  | { readonly type: 'forget' }
  | { readonly type: 'close' }
