// What one command type is, as data: read by admission, lifecycle, doors, SDK and the reference page.
import type Type from 'typebox'
import type { PriorityName } from '../vocabulary.ts'

export interface CommandDefinition {
  readonly type: string
  /** Priority when the caller names none (contract §4). */
  readonly priority: PriorityName
  /** May it be handed out again? An OPEN never (contract §4 table). */
  readonly idempotent: boolean
  /** CLOSE and CLOSE_ALL stay possible where opening is refused (P14). */
  readonly reduces_risk: boolean
  /** Time to live from creation in ms; 'default_timeout' = DEFAULT_COMMAND_TIMEOUT, null = until done or cancelled. */
  readonly ttl_ms: number | 'default_timeout' | null
  readonly payload: Type.TSchema
  /** What the schema can't say: one sentence that says what to change, or null. Field shapes are checked before. */
  problem(payload: unknown): string | null
}
