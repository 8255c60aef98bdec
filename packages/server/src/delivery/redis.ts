// Redis as a wire of the bell: PUBLISH to all who subscribed. Whoever was away hears nothing of it later, and looks.
import type { BellWire } from '../ports.ts'
import type { RedisLink } from './redis-link.ts'

export class RedisWire implements BellWire {
  readonly name = 'redis'
  readonly #link: RedisLink
  #others = 0

  constructor(link: RedisLink) {
    this.#link = link
  }

  /** None while Redis is away: the ledger's own wire counts, too. */
  get others(): number {
    return this.#link.up ? this.#others : 0
  }

  async start(heard: (text: string) => void): Promise<void> {
    const { channel } = this.#link
    this.#link.onBeat(async (client) => {
      const { [channel]: subscribed = 0 } = await client.pubSubNumSub(channel)
      this.#others = others(subscribed)
    })
    this.#link.start(heard)
  }

  async tell(texts: readonly string[]): Promise<number> {
    const { channel } = this.#link
    const heard = await this.#link.ask((client) =>
      Promise.all(texts.map((text) => client.publish(channel, text))),
    )
    return others(Math.min(...heard))
  }

  async stop(): Promise<void> {
    this.#link.stop()
  }
}

/** One of those who hear it is this server. */
const others = (subscribed: number) => Math.max(0, Number(subscribed) - 1)
