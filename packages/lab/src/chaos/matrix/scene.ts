// One account in the matrix: its terminal, its trader, and something at hand for every type of command.
import type { Random } from '@ngtb/ea-sim'
import { COMMAND_TYPES, type CommandType } from '@ngtb/protocol'
import type { Violation } from '../audit/evidence.ts'
import type { ManualTrade } from '../broker/account.ts'
import { Trader } from '../load/trader.ts'
import { type Wish, Wishes } from '../load/wishes.ts'
import type { EaStatus } from '../programs/ea.ts'
import type { TcpProxy } from '../proxy/tcp.ts'
import type { Doors } from '../rig/doors.ts'
import { Terminal } from '../rig/terminal.ts'
import { LATE_MS_MAX, type Wanted, type World } from '../rig/world.ts'
import { NotReached } from './asked.ts'
import { Together } from './together.ts'

/** Short, so that what must be waited for is waited for often: the rules are the same as with the defaults. */
export const SETTLE_MS = 250
export const POLL_MS = 50
const PATIENCE_MS = 60_000
const REACHED_MS_MAX = 30_000
const SYMBOL = 'EURUSD'
/** Of more than these one half is closed by hand: an account that is full takes no OPEN, and no pending order. */
const STANDING_MAX = 30

export class Scene {
  readonly world: World
  readonly login: string
  /** The one that owns the account, or should. */
  terminal: Terminal
  readonly trader: Trader
  readonly random: Random
  /** A pause that the scene itself made: an order may be late by so much (K24). */
  late_ms_max = LATE_MS_MAX
  /** Those who share what happens to the whole world. */
  together = new Together(1)
  /** The ledger was put back (K19). */
  went_back = false
  /** So many acts were played on it. */
  acts = 0
  #spare_doors: Doors | null = null
  #terminals = 1
  readonly #wishes: Wishes
  readonly #seen = new Set<string>()

  private constructor(world: World, terminal: Terminal, doors: Doors) {
    this.world = world
    this.login = terminal.options.login
    this.terminal = terminal
    this.random = world.random.fork()
    this.trader = new Trader(world.client(this.login, doors))
    this.#wishes = new Wishes(this.random.fork(), COMMAND_TYPES)
  }

  /** On an account of its own, with ways of its own. */
  static async open(world: World, login: string): Promise<Scene> {
    const api_key = await world.account(login)
    const [doors, cable] = [await world.ownDoors(), await world.ownCable()]
    const cadence = { settle_ms: SETTLE_MS, poll_interval_ms: POLL_MS, push: false }
    const scene = new Scene(world, new Terminal(world, { login, api_key, ...cadence, doors, cable }), doors)
    await scene.terminal.start()
    await scene.online(scene.terminal)
    // Something that a PROBE can ask about.
    await scene.trader.wants({
      type: 'OPEN_TRADE',
      payload: { symbol: SYMBOL, order_type: 'BUY', volume: 0.05 },
    })
    await scene.quiet()
    return scene
  }

  /** A wish of this type that can be fulfilled: the trader's hand puts there what is missing. */
  async wish(type: CommandType): Promise<Wish> {
    await this.#clear()
    const { positions, pending } = await this.world.standing(this.login)
    for (const direction of ['BUY', 'SELL'] as const)
      if (!positions.some((one) => one.symbol === SYMBOL && one.direction === direction && one.volume > 0.02))
        await this.#byHand({ kind: 'open', symbol: SYMBOL, direction, volume: 0.05 })
    if (pending.length === 0) await this.#byHand({ kind: 'place', symbol: SYMBOL, volume: 0.05, price: 0.9 })
    if (type === 'CLOSE_ALL') return { type, payload: { symbol: SYMBOL } }
    const standing = await this.world.standing(this.login)
    const wish = this.#wishes.of(type, standing, this.trader.created)
    if (wish === null) throw new Error(`there is nothing that a ${type} could be about`)
    return wish
  }

  async #clear(): Promise<void> {
    const { positions, pending } = await this.world.standing(this.login)
    const surplus = <T>(all: readonly T[]) => (all.length > STANDING_MAX ? all.slice(STANDING_MAX / 2) : [])
    for (const { ticket } of surplus(positions)) await this.#byHand({ kind: 'close', ticket })
    for (const { ticket } of surplus(pending)) await this.#byHand({ kind: 'cancel', ticket })
  }

  async #byHand(trade: ManualTrade): Promise<void> {
    await this.world.broker.ask('manual', { login: this.login, trade })
  }

  /** Nothing is under way any more: what was ordered is done, and told. */
  async quiet(): Promise<void> {
    await this.world.calm(this.#wanted(), PATIENCE_MS)
  }

  /** A second terminal on this account, with a journal and a way to the server of its own. */
  async another(): Promise<Terminal> {
    const doors = this.#spare_doors ?? (await this.world.ownDoors())
    const name = `terminal-${++this.#terminals}`
    const terminal = new Terminal(this.world, { ...this.terminal.options, name, doors })
    await terminal.start()
    return terminal
  }

  /** From now on this is the account's terminal; the other one is switched off. */
  async becomes(terminal: Terminal): Promise<void> {
    this.#spare_doors = this.terminal.options.doors ?? null
    await this.terminal.close()
    this.terminal = terminal
  }

  async online(terminal: Terminal): Promise<void> {
    await this.#until('an accepted connect', terminal, ({ status }) => status === 'online')
  }

  /** All that it knew was taken by the server. */
  async answered(terminal: Terminal): Promise<void> {
    await this.#until('an empty outbox', terminal, ({ unanswered }) => unanswered === 0)
  }

  async #until(what: string, terminal: Terminal, holds: (status: EaStatus) => boolean): Promise<void> {
    const until = performance.now() + REACHED_MS_MAX
    while (!holds(await terminal.status())) {
      if (performance.now() > until) throw new NotReached(`${what} did not happen`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /**
   * Waits for what must happen now. @param asked what it is the consequence of: refused, it can not happen
   * @throws {NotReached}
   */
  async reached(what: string, happens: Promise<unknown>, asked?: Promise<unknown>): Promise<void> {
    let late: NodeJS.Timeout | undefined
    const patience = new Promise<never>((_, reject) => {
      late = setTimeout(() => reject(new NotReached(`${what} did not happen`)), REACHED_MS_MAX)
      asked?.catch(reject)
    })
    try {
      await Promise.race([happens, patience])
    } finally {
      clearTimeout(late)
    }
  }

  /** What is wrong once nothing moves any more, and was not wrong before. */
  async verdict(): Promise<Violation[]> {
    const found = await this.world.calm(this.#wanted(), PATIENCE_MS)
    const fresh = found.filter(({ rule, subject, what }) => {
      const name = `${rule} ${subject} ${what}`
      if (this.#seen.has(name)) return false
      this.#seen.add(name)
      return true
    })
    await this.world.writeDown(this.login, fresh)
    return fresh
  }

  #wanted(): Wanted {
    const { login, late_ms_max, went_back } = this
    return { login, native: true, intents: this.trader.intents, late_ms_max, went_back }
  }

  /** The way of this scene's own terminal: what lies about it concerns no other account. */
  get doors(): Doors {
    return this.terminal.options.doors ?? this.world.doors
  }

  /** Its cable to the trade server. */
  get cable(): TcpProxy {
    return this.terminal.options.cable ?? this.world.cable
  }

  async close(): Promise<void> {
    await this.terminal.close()
    const doors = [this.doors, ...(this.#spare_doors ? [this.#spare_doors] : [])]
    this.world.giveBack({ doors, cables: [this.cable] })
  }
}
