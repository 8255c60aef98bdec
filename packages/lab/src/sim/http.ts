// One HTTP exchange over two ways: the request may be lost, late or doubled; the answer is heard until the caller's
// patience ends, and never after (K9: a late reply is dead).
import type { Happening } from './coverage.ts'
import type { Ask, Told } from './doors.ts'
import type { House } from './house.ts'
import type { Network, Way } from './network.ts'
import type { VirtualTime } from './virtual-time.ts'

export interface Line {
  readonly there: Way
  readonly back: Way
}

export interface HttpParts {
  readonly time: VirtualTime
  readonly network: Network
  readonly house: House
  count(kind: Happening): void
  onAsked(ask: Ask, arrived_at: number): void
  /** Each answer as it leaves the server. */
  onTold(ask: Ask, told: Told, arrived_at: number): void
}

export class Http {
  readonly #parts: HttpParts

  constructor(parts: HttpParts) {
    this.#parts = parts
  }

  /** @param heard called once: with the answer, or with null when none came in time */
  ask(line: Line, ask: Ask, patience_ms: number, heard: (told: Told | null) => void): void {
    const { time, network, house, onTold } = this.#parts
    let open = true
    const end = (told: Told | null) => {
      if (!open) return
      open = false
      timeout.cancel()
      heard(told)
    }
    const timeout = time.after(patience_ms, () => end(null))
    network.send(line.there, () => {
      const arrived_at = time.now
      this.#parts.onAsked(ask, arrived_at)
      house.ask(ask, (told) => {
        if (told) onTold(ask, told, arrived_at)
        network.reply(line.back, () => {
          if (!open) this.#parts.count('answer after the caller gave up')
          end(told)
        })
      })
    })
  }
}
