// The raw wire of commands: what was handed to an EA, and what it answered, as it went over. Kept beside the ledger.
//
//   W1. Nothing waits for it: it is noted after the hand-out's commit, and written a second later, many at a time.
//   W2. It is bounded: so many texts a second, each cut at 8 KiB and saying so; under a flood the rest is not kept.
//   W3. Keys are left out.
//   W4. It may be lost with the process: what counts is in the audit trail.
import type { Clock, Log, Store, Timers, WireText } from '../ports.ts'

const EVERY_MS = 1_000
const KEPT_AT_ONCE = 100
const TEXT_MAX = 8_192

type Noted = Pick<WireText, 'account_id' | 'command_id' | 'attempt' | 'direction'>

export class WireTap {
  readonly #clock: Clock
  #waiting: WireText[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param attempt null: the message does not say */
  note(noted: Noted, body: object): void {
    if (this.#waiting.length >= KEPT_AT_ONCE) return
    const whole = JSON.stringify(body, withoutKeys)
    const text = whole.length > TEXT_MAX ? whole.slice(0, TEXT_MAX) : whole
    this.#waiting.push({ ...noted, at: this.#clock.now(), text, cut: text !== whole })
  }

  take(): WireText[] {
    const taken = this.#waiting
    this.#waiting = []
    return taken
  }
}

const withoutKeys = (name: string, value: unknown) =>
  /^(?:api_?key|x-api-key|authorization|password|secret)$/i.test(name) ? '…' : value

/** The clock of W1. */
export class WireWriter {
  readonly #parts: { wire: WireTap; store: Pick<Store, 'saveWire'>; timers: Timers; log: Log }
  #timer: { cancel(): void } | null = null
  #working: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(parts: { wire: WireTap; store: Pick<Store, 'saveWire'>; timers: Timers; log: Log }) {
    this.#parts = parts
  }

  start(): void {
    if (this.#stopped) return
    this.#timer = this.#parts.timers.after(EVERY_MS, () => {
      this.#working = this.#write().finally(() => this.start())
    })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    await this.#working
    await this.#write()
  }

  async #write(): Promise<void> {
    const { wire, store, log } = this.#parts
    const texts = wire.take()
    if (texts.length === 0) return
    try {
      await store.saveWire(texts)
    } catch (error) {
      log.warn('raw texts of commands were lost', { texts: texts.length, error: String(error) })
    }
  }
}
