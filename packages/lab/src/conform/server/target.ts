// The server under test: its five ports, the keys that the dialogues act with, and one JSON request.
import { JsonRefused, type PlaneName, parseJson } from '@ngtb/protocol'
import type { Json } from '../language/dialogue.ts'

export interface ServerTarget {
  readonly host: string
  readonly ports: Readonly<Record<PlaneName, number>>
  /** May do everything; null: dialogues that need an admin are left out. */
  readonly admin_key: string | null
  /** May create commands on every account. */
  readonly client_key: string | null
  /** The longest that anything may take, in ms. */
  readonly patience_ms: number
}

export interface HttpAnswer {
  readonly http: number
  readonly body: Json
}

export interface HttpRequest {
  readonly plane: PlaneName
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Json | undefined
}

export async function ask(
  target: ServerTarget,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { plane, method, path, headers, body } = request
  const response = await fetch(`http://${target.host}:${target.ports[plane]}${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal,
  })
  return { http: response.status, body: read(await response.text()) }
}

/** Without rounding a ticket; what is no JSON stays the text that it is. */
export function read(text: string): Json {
  try {
    return parseJson(text) as Json
  } catch (error) {
    if (error instanceof JsonRefused) return text
    throw error
  }
}
