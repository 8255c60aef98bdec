// What is asked of the server and what it tells, as HTTP has it; and the two depths at which a world asks it.
import type { PortName } from '@ngtb/server/parts'

export interface Ask {
  readonly port: PortName
  readonly method: 'POST' | 'GET' | 'PUT'
  readonly path: string
  /** Whose key is used: an EA's for its account, or a strategy's. */
  readonly key: { readonly account_id: number; readonly role: 'ea' | 'strategy' }
  readonly idempotency_key?: string
  readonly body: Readonly<Record<string, unknown>>
}

export interface Told {
  readonly http: number
  readonly body: Readonly<Record<string, unknown>>
  readonly retry_after_ms: number | null
}

export interface Doors {
  answer(ask: Ask): Promise<Told>
}
