// Alerts of modules and of their host: raised once under their name, by the management API.
import type { RaiseOptions } from './definition.ts'

export interface AlertDoor {
  readonly url: string
  readonly api_key: string
}

interface Complain {
  warn(message: string, details?: Record<string, unknown>): void
}

const PATH = '/api/v1/alerts'
const TEXT_MAX = 2_000
const TRIES = 3
const PATIENCE_MS = 5_000
const PAUSE_MS = 500

export class Alerts {
  readonly #door: AlertDoor
  readonly #log: Complain
  /** By the name that it was raised under. */
  readonly #raised = new Map<string, string>()

  constructor(door: AlertDoor, log: Complain) {
    this.#door = door
    this.#log = log
  }

  /** Never throws: what could not be told is said to the log. @returns whether it was told */
  async raise(text: string, how: RaiseOptions = {}): Promise<boolean> {
    const body = { text: text.slice(0, TEXT_MAX), ...how }
    const answer = await this.#post(PATH, body)
    if (answer === null) return false
    const id = answer.alert_id ?? answer.id
    if (id !== undefined) this.#raised.set(how.name ?? text, String(id))
    return true
  }

  /** Clears what was raised here under this name, or text. */
  async clear(name: string): Promise<void> {
    const id = this.#raised.get(name)
    if (id === undefined) return
    this.#raised.delete(name)
    await this.#post(`${PATH}/${encodeURIComponent(id)}/clear`, {})
  }

  async #post(path: string, body: unknown): Promise<Record<string, unknown> | null> {
    let why = ''
    for (let left = TRIES; left > 0; left--) {
      if (why !== '') await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      try {
        const response = await fetch(new URL(path, this.#door.url), {
          method: 'POST',
          headers: { authorization: `Bearer ${this.#door.api_key}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
          redirect: 'manual',
          signal: AbortSignal.timeout(PATIENCE_MS),
        })
        const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>
        if (response.ok) return answer
        why = `${response.status} ${String(answer.message ?? '')}`
        // Asked again it would be the same: only what passes is waited for.
        if (response.status < 500 && response.status !== 429) break
      } catch (error) {
        why = error instanceof Error ? error.message : String(error)
      }
    }
    this.#log.warn(`an alert could not be told: ${why}`, { alert: JSON.stringify(body).slice(0, 300) })
    return null
  }
}
