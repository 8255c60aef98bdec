// The bell between processes, over one wire or two. What is rung while one telling is under way goes with the next.
//
//   W1. A ring waits for nothing, and keeps one number an account at most, whatever hangs.
//   W2. The first wire that reaches every other server is enough; where it reaches fewer, the next one tells it, too.
//   W3. A wire that is silent is passed over until it has answered: it costs one ring a moment, and no request any.
//   W4. A ring may be lost, doubled or late: whoever hears one looks at the ledger.
import type { Bell, BellWire, Log, Timers } from '../ports.ts'
import { readRingText, ringTexts } from './ring-text.ts'

/** Longer than a wire takes on a loaded machine; what goes over the next wire meanwhile is only heard twice. */
const PATIENCE_MS = 100

interface WiredOptions {
  /** In the order in which they are tried. */
  readonly wires: readonly BellWire[]
  /** Tells this server's own rings from those of others. */
  readonly server_id: string
  readonly timers: Timers
  readonly log: Log
}

export class WiredBell implements Bell {
  readonly #options: WiredOptions
  #listener: (account_id: number, version: number) => void = () => {}
  /** W1: the newest version of each account that was rung and not told yet. */
  #waiting = new Map<number, number>()
  readonly #silent = new Set<BellWire>()
  #telling = false
  #stopped = false

  constructor(options: WiredOptions) {
    this.#options = options
  }

  get others(): number {
    return Math.max(...this.#options.wires.map(({ others }) => others))
  }

  onRing(listener: (account_id: number, version: number) => void): void {
    this.#listener = listener
  }

  async start(): Promise<void> {
    await Promise.all(this.#options.wires.map((wire) => wire.start((text) => this.#heard(text))))
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#options.wires.map((wire) => wire.stop()))
  }

  ring(account_id: number, version: number): void {
    if (this.others === 0 || this.#stopped) return
    this.#waiting.set(account_id, Math.max(version, this.#waiting.get(account_id) ?? 0))
    void this.#tellAll()
  }

  async #tellAll(): Promise<void> {
    if (this.#telling) return
    this.#telling = true
    // One turn of the loop lets the rings of one group commit go together.
    await Promise.resolve()
    while (this.#waiting.size > 0 && this.#free().length > 0 && !this.#stopped) {
      const texts = ringTexts(this.#options.server_id, this.#waiting)
      this.#waiting = new Map()
      await this.#tell(texts)
    }
    this.#telling = false
  }

  /** W2. */
  async #tell(texts: readonly string[]): Promise<void> {
    for (const wire of this.#free()) if ((await this.#reached(wire, texts)) >= this.others) return
  }

  #free(): BellWire[] {
    return this.#options.wires.filter((wire) => !this.#silent.has(wire))
  }

  /** W3. How many others heard it, as far as is known in time. */
  #reached(wire: BellWire, texts: readonly string[]): Promise<number> {
    this.#silent.add(wire)
    return new Promise((resolve) => {
      const late = this.#options.timers.after(PATIENCE_MS, () => resolve(0))
      const answered = (reached: number) => {
        this.#silent.delete(wire)
        late.cancel()
        resolve(reached)
        // What was rung while every wire was silent is told now.
        if (this.#waiting.size > 0) void this.#tellAll()
      }
      wire.tell(texts).then(answered, () => answered(0))
    })
  }

  #heard(text: string): void {
    const told = readRingText(text)
    if (told === null || told.server_id === this.#options.server_id || this.#stopped) return
    for (const [account_id, version] of told.rings)
      try {
        this.#listener(account_id, version)
      } catch (error) {
        this.#options.log.error('a ring of another server was heard, and not followed', {
          error: String(error),
        })
      }
  }
}
