// The bell behind `settled()`: one shared live stream that says "look again". It is never the data.
//
//   B1. While nobody waits, it does not keep the process alive, and hangs up after a moment.
//   B2. It rings for all once it hears: what happened before that, nobody would tell.
//   B3. A server without a live window costs nothing but the bell: polling goes on.
//   B4. A server whose database went back is listened to anew.

import { platform } from '#platform'
import { isRefusal } from './errors.ts'
import type { LiveStream } from './live.ts'
import type { Timer } from './platform/platform.ts'

const LINGER_MS = 2_000

export class Bell {
  readonly #open: (onBegun: () => void) => LiveStream
  readonly #listeners = new Map<string, Set<() => void>>()
  #stream: LiveStream | undefined
  #linger: Timer | undefined
  #out_of_order = false

  constructor(open: (onBegun: () => void) => LiveStream) {
    this.#open = open
  }

  /** True while events arrive by themselves: polling may be rare. */
  get works(): boolean {
    return this.#stream?.connected ?? false
  }

  /** Rings at each event of this command until the returned function is called. */
  listen(command_id: string, ring: () => void): () => void {
    const rings = this.#listeners.get(command_id) ?? new Set()
    this.#listeners.set(command_id, rings.add(ring))
    this.#lift()
    return () => {
      rings.delete(ring)
      if (rings.size === 0 && this.#listeners.get(command_id) === rings) this.#listeners.delete(command_id)
      if (this.#listeners.size === 0) this.#rest()
    }
  }

  close(): void {
    this.#out_of_order = true
    clearTimeout(this.#linger)
    this.#stream?.close()
    this.#stream = undefined
  }

  #lift(): void {
    clearTimeout(this.#linger)
    if (this.#out_of_order) return
    if (this.#stream) {
      this.#stream.hold()
    } else {
      this.#stream = this.#open(() => this.#ring([...this.#listeners.values()]))
      void this.#attend(this.#stream)
    }
  }

  #rest(): void {
    const stream = this.#stream
    if (stream?.connected) {
      stream.release()
      this.#linger = setTimeout(() => this.#hangUp(stream), LINGER_MS)
      platform.hold(this.#linger, false)
    } else {
      this.#hangUp(stream)
    }
  }

  #hangUp(stream: LiveStream | undefined): void {
    stream?.close()
    if (this.#stream === stream) this.#stream = undefined
  }

  async #attend(stream: LiveStream): Promise<void> {
    try {
      for await (const event of stream) {
        const id = event.data.command_id
        this.#ring(typeof id === 'string' ? [this.#listeners.get(id)] : [...this.#listeners.values()])
      }
    } catch (error) {
      this.#hangUp(stream)
      if (isRefusal(error, 'NGTB_CURSOR_INVALID')) {
        if (this.#listeners.size > 0) this.#lift()
      } else {
        // The live window refused us (scope, no such door): polling is the guarantee.
        this.#out_of_order = true
      }
    }
  }

  #ring(rings: readonly (ReadonlySet<() => void> | undefined)[]): void {
    for (const ring of rings.flatMap((set) => [...(set ?? [])])) ring()
  }
}
