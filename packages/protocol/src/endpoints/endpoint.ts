// One endpoint as data. Validation, routes, OpenAPI and the reference page are read from these tables (rule 14).
import type Type from 'typebox'
import type { Scope } from '../vocabulary.ts'

export type PlaneName = 'command' | 'ticks' | 'trades' | 'logs' | 'management'

/**
 * Who may come in. `ea`: the account's EA key. `connect`: with the EA key, or without one (enrolment).
 * `watch`: nobody needs a key while bound to loopback, else commands:read. `either`: EA key or management key.
 * A list: a management key with one of these scopes, or a person's session that has one. `session`: a person's session
 * only. `open`: always open.
 */
export type Access = 'open' | 'session' | 'watch' | 'connect' | 'ea' | 'either' | readonly Scope[]

export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly summary: string
  readonly access: Access
  readonly body?: Type.TSchema
  readonly query?: Type.TSchema
  readonly params?: Type.TSchema
  readonly reply?: Type.TSchema
  readonly body_bytes_max?: number
  /** Answers 201 when it made something. */
  readonly creates?: boolean
  /** Which limit counts it (NGTB_RATE_*). */
  readonly rate?: 'poll' | 'ticks' | 'create' | 'safety'
  /** Also, or only, called by EAs whose JSON is spliced: read with patience (docs/spec/legacy-ea.md). */
  readonly dialect?: 'also legacy' | 'legacy'
}

export const endpoints = <const T extends Record<string, Endpoint>>(table: T) => table
