// The load of the kill cycles: wishes at a pace, whatever the answers do, and ticks beside them.
import type { Random } from '@ngtb/ea-sim'
import type { CommandType } from '@ngtb/protocol'
import type { World } from '../rig/world.ts'
import { TickStream } from './ticks.ts'
import { Trader } from './trader.ts'
import { Wishes } from './wishes.ts'

/** Unanswered intents beyond this: the strategies wait, too. */
const UNANSWERED_MAX = 200
/**
 * And orders under way: a strategy waits for what it ordered. A machine that is slow for other reasons is then asked
 * for less, instead of for orders that would all be too old when their turn comes.
 */
const UNDER_WAY_MAX = 60
const LOOK_EVERY_MS = 250

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
  #looker: NodeJS.Timeout | null = null
  #under_way = 0

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
      const calm = this.trader.unanswered < UNANSWERED_MAX && this.#under_way < UNDER_WAY_MAX
      if (calm) this.#keep(this.#wish())
    }, this.#every_ms)
    this.#looker = setInterval(() => void this.#look(), LOOK_EVERY_MS)
  }

  /** A database that is away just now is told of by others; what was known last holds on. */
  async #look(): Promise<void> {
    this.#under_way = await this.#world.unsettled(this.#login).catch(() => this.#under_way)
  }

  /** No new wishes and ticks; resolves when everything was answered or given up. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    if (this.#looker) clearInterval(this.#looker)
    this.#timer = null
    this.#looker = null
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
