// The load of the kill cycles: wishes at a pace, whatever the answers do, and ticks beside them.
import type { Random } from '@ngtb/ea-sim'
import type { CommandType } from '@ngtb/protocol'
import type { World } from '../rig/world.ts'
import { TickStream } from './ticks.ts'
import { Trader } from './trader.ts'
import { Wishes } from './wishes.ts'

/** Unanswered intents beyond this: the strategies wait, too. */
const UNANSWERED_MAX = 200

export interface StormOptions {
  readonly login: string
  readonly api_key: string
  readonly types: readonly CommandType[]
  readonly commands_per_sec: number
  readonly ticks_per_sec: number
  readonly random: Random
}

export class Storm {
  readonly trader: Trader
  readonly ticks: TickStream
  /** What broke in the rig itself; must stay empty. */
  readonly faults: string[] = []
  readonly #world: World
  readonly #login: string
  readonly #wishes: Wishes
  readonly #every_ms: number
  readonly #waiting = new Set<Promise<unknown>>()
  #timer: NodeJS.Timeout | null = null

  constructor(world: World, options: StormOptions) {
    const { login, api_key, random, types } = options
    this.#world = world
    this.#login = login
    this.trader = new Trader(world.client(login))
    this.ticks = new TickStream(world.url('ticks'), api_key, random.fork(), options.ticks_per_sec)
    this.#wishes = new Wishes(random.fork(), types)
    this.#every_ms = 1000 / options.commands_per_sec
  }

  start(): void {
    this.ticks.start()
    this.#timer = setInterval(() => {
      if (this.trader.unanswered < UNANSWERED_MAX) this.#keep(this.#wish())
    }, this.#every_ms)
  }

  /** No new wishes and ticks; resolves when everything was answered or given up. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
    await Promise.all([this.ticks.stop(), ...this.#waiting])
  }

  async #wish(): Promise<void> {
    const standing = await this.#world.standing(this.#login)
    await this.trader.wants(this.#wishes.next(standing, this.trader.created))
  }

  #keep(work: Promise<void>): void {
    const kept = work
      .catch((error) => void this.faults.push((error as Error).stack ?? String(error)))
      .finally(() => this.#waiting.delete(kept))
    this.#waiting.add(kept)
  }
}
