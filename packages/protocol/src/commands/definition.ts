// What one command type is, as data: read by admission, lifecycle, doors, SDK and the reference page.
import type Type from 'typebox'
import type { PriorityName } from '../vocabulary.ts'

/**
 * How a command whose outcome is unknown may be sent again (contract §4 table).
 * `never`: one send, looked for by its tag. `repeat`: absolute or read only, at once and to anyone. `close`: as
 * `repeat`, but on a netting account to another journal only after settle, for a repeat could reverse.
 * `compare`: compare-and-set, never to another journal: that one is asked by a PROBE first (docs/adr/0013).
 */
export type Resend = 'never' | 'repeat' | 'close' | 'compare'

export interface CommandDefinition {
  readonly type: string
  /** Priority when the caller names none (contract §4). */
  readonly priority: PriorityName
  /** May it be handed out again, to whoever asks? An OPEN never (contract §4 table). */
  readonly idempotent: boolean
  readonly resend: Resend
  /** Adds no risk: stays possible where opening is refused (P14). */
  readonly reduces_risk: boolean
  /** Time to live from creation in ms; 'default_timeout' = DEFAULT_COMMAND_TIMEOUT, null = until done or cancelled. */
  readonly ttl_ms: number | 'default_timeout' | null
  /** Where a native EA's deadline may be shorter, for it keeps it to the millisecond (P5). */
  readonly native_ttl_ms?: number
  /** A plain client is handed the published types only (contract §4). */
  readonly plain: boolean
  readonly payload: Type.TSchema
  /** What the schema can't say: one sentence that says what to change, or null. Field shapes are checked before. */
  problem(payload: unknown): string | null
}
