// One login: its fake terminal, the existing EAs on it, the strategy that trades it, and hands that meddle.
import type { Random } from '@ngtb/ea-sim'
import { ExistingEa, forex, type KeyFile, type Position, Terminal } from '../../conform/existing-ea/index.ts'
import type { BrokerPosition, LedgerCommand } from '../audit/evidence.ts'
import { Trader } from '../load/trader.ts'
import type { Doors } from '../rig/doors.ts'
import { ledgerEvidence, storedTicks } from '../rig/evidence.ts'
import type { World } from '../rig/world.ts'
import { levelsKey, type Opening, type Shown, shapeOf } from './audit.ts'
import { Wire } from './wire.ts'
import { MIDDLE, Wishes } from './wishes.ts'

export interface LoginPlan {
  readonly login: string
  readonly about: string
  readonly symbols: readonly string[]
  /** On one terminal's account: each hears of everything, and a command goes to whichever asks first. */
  readonly eas: number
  readonly lossy: boolean
  /** Of WebRequest without a connection: with another than -1 the EA never takes itself for disconnected. */
  readonly trouble_code: -1 | 1001 | 1003
  readonly timer_ms: number
  readonly first_ticket?: bigint
}

const QUOTE_EVERY_MS = 250
const WISH_EVERY_MS = 450
const HAND_EVERY_MS = 1_500
const LOOK_EVERY_MS = 1_000
/** So often the EA tells every position by itself, where no request is slow. */
const SYNC_MS = 10_000
/** A strategy waits for what it ordered. */
const UNDER_WAY_MAX = 6
const UNANSWERED_MAX = 10
const POINT = 0.00001
const SPREAD = 2 * POINT
/** The quotes' walk goes so far from the middle. */
const SWING = 150 * POINT
/** What hands open is larger than any intent: its position can't be taken for one of those. */
const BY_HAND = 0.5
const BY_HAND_MAX = 4

export class Login {
  readonly plan: LoginPlan
  readonly terminal: Terminal
  readonly eas: readonly ExistingEa[]
  readonly trader: Trader
  readonly wire: Wire
  readonly wishes: Wishes
  readonly openings: Opening[] = []
  /** What broke in the rig itself; must stay empty. */
  readonly faults: string[] = []
  readonly #world: World
  readonly #random: Random
  readonly #timers: NodeJS.Timeout[] = []
  readonly #waiting = new Set<Promise<void>>()
  #quoting: NodeJS.Timeout | null = null
  #under_way = 0
  #known: ReadonlySet<string> = new Set()
  #calm = false

  private constructor(world: World, plan: LoginPlan, doors: Doors) {
    const { login, symbols, eas, trouble_code, timer_ms, lossy, first_ticket } = plan
    this.#world = world
    this.#random = world.random.fork()
    this.plan = plan
    const specs = symbols.map((symbol) => forex(symbol))
    this.terminal = new Terminal({ login: BigInt(login), symbols: specs, deposit: 1e6 })
    if (first_ticket !== undefined) this.terminal.next_ticket = first_ticket
    for (const symbol of symbols) this.terminal.quote(symbol, MIDDLE, MIDDLE + SPREAD)
    this.terminal.listen((event) => {
      if (event.kind === 'DEAL_ADD' && event.deal.entry === 'IN') this.#opened(event.deal.position)
    })
    const key_file: KeyFile = { api_key: '' }
    const { command, ticks, trades, logs } = doors.ports
    const ports = { command, ticks, trades, logs }
    const { terminal } = this
    const pace = { timer_ms, sync_calls: Math.round(SYNC_MS / timer_ms) }
    const ea = () => new ExistingEa({ ports, terminal, key_file, trouble_code, pace })
    this.eas = Array.from({ length: eas }, ea)
    this.trader = new Trader(world.client(login, doors))
    this.wire = new Wire({ doors, random: this.#random.fork(), lossy })
    this.wishes = new Wishes(this.#random.fork(), symbols)
  }

  /** Its EAs are at work when it resolves. */
  static async open(world: World, plan: LoginPlan): Promise<Login> {
    const login = new Login(world, plan, await world.ownDoors())
    login.#quoting = setInterval(() => login.#quote(), QUOTE_EVERY_MS)
    for (const ea of login.eas) await ea.start()
    return login
  }

  /** What reached its broker: that a kill met something. */
  get effects(): number {
    return this.terminal.orders.length
  }

  /** Ticks that wait for a 200. */
  get backlog(): number {
    return this.eas.reduce((sum, ea) => sum + ea.backlog, 0)
  }

  /** Strategy and hands. */
  begin(): void {
    this.#every(WISH_EVERY_MS, () => this.#wish())
    this.#every(HAND_EVERY_MS, async () => this.meddle())
    this.#every(LOOK_EVERY_MS, async () => {
      await this.#look()
    })
  }

  /** No new wishes, and no hands. */
  hush(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer)
  }

  /** Nothing gets lost, no price moves any more; resolves when all wishes were answered or given up. */
  async rest(): Promise<void> {
    this.hush()
    this.#calm = true
    this.wire.heal()
    await Promise.all(this.#waiting)
  }

  /** The EAs end: what was under way is done, ticks that were not answered are dropped and counted. */
  async end(): Promise<void> {
    for (const ea of this.eas) await ea.stop()
    this.kill()
  }

  kill(): void {
    this.hush()
    if (this.#quoting) clearInterval(this.#quoting)
    for (const ea of this.eas) ea.kill()
  }

  async shown(audit_problems: readonly string[], ended: boolean): Promise<Shown> {
    const { login } = this.plan
    const { database } = this.#world
    const stored = ended ? await storedTicks(database, login) : 0
    const { commands, trades } = await ledgerEvidence(database, login)
    const orders = this.terminal.orders.filter((order) => order.action === 'SLTP')
    const levels = new Set(orders.map(({ position, sl, tp }) => levelsKey(position, sl, tp)))
    const { unheard, handed } = this.wire
    const acknowledged = this.eas.reduce((sum, { collected }) => sum + collected, 0) - this.backlog
    return {
      login,
      intents: this.trader.intents,
      commands,
      trades,
      positions: this.terminal.positions().map(asBrokers),
      openings: this.openings,
      levels,
      handed,
      audit_problems,
      ticks: ended ? { acknowledged, unheard, stored } : null,
    }
  }

  /** Something happens at the terminal that nobody ordered here. */
  meddle(): void {
    const mine = this.#byHand()
    const draw = this.#random.unit()
    const [held] = mine
    if (!held || (mine.length < BY_HAND_MAX && draw < 0.4)) this.openByHand()
    else if (draw < 0.6) this.terminal.closeByHand(held.ticket)
    else if (draw < 0.8 && held.volume === BY_HAND) this.terminal.closeByHand(held.ticket, 0.2)
    else this.terminal.modifyByHand(held.ticket, held.sl - this.#side(held) * POINT, held.tp)
  }

  /** One of those that hands opened, if there is one. */
  closeByHand(): void {
    const [held] = this.#byHand()
    if (held) this.terminal.closeByHand(held.ticket)
  }

  #byHand = (): Position[] => this.terminal.positions().filter(({ magic }) => magic === 0)

  /** @param away_points of its stop: the walk of the quotes reaches a near one soon */
  openByHand(away_points = this.#random.between(10, 60)): Position {
    const [symbol = 'EURUSD'] = this.plan.symbols
    const direction = this.#random.chance(0.5) ? 'BUY' : 'SELL'
    const up = direction === 'BUY' ? 1 : -1
    const { bid, ask } = this.terminal.quoteOf(symbol) ?? { bid: MIDDLE, ask: MIDDLE }
    const price = direction === 'BUY' ? bid : ask
    const level = (points: number) => Number((price + up * points * POINT).toFixed(5))
    const levels = { sl: level(-away_points), tp: level(2_000) }
    return this.terminal.openByHand({ symbol, direction, volume: BY_HAND, ...levels })
  }

  /** Positions that are there, and that the server has told of. */
  known(): Position[] {
    return this.terminal.positions().filter(({ ticket }) => this.#known.has(String(ticket)))
  }

  #side = ({ direction }: Position): number => (direction === 'BUY' ? 1 : -1)

  async #wish(): Promise<void> {
    if (this.trader.unanswered >= UNANSWERED_MAX || this.#under_way >= UNDER_WAY_MAX) return
    await this.trader.wants(this.wishes.next(this.known()))
  }

  /** A strategy knows of positions by the server, and of its own orders. */
  async #look(): Promise<void> {
    const { commands, trades } = await ledgerEvidence(this.#world.database, this.plan.login)
    this.#under_way = commands.filter(isMoving).length
    this.#known = new Set(trades.flatMap(({ ticket, status }) => (status === 'open' ? [ticket] : [])))
  }

  #opened(ticket: bigint): void {
    const held = this.terminal.position(ticket)
    if (!held || held.magic === 0) return
    const shape = shapeOf(held.symbol, held.direction, held.sl, held.tp)
    this.openings.push({ ticket: String(ticket), shape })
  }

  #quote(): void {
    for (const symbol of this.plan.symbols) {
      const { bid } = this.terminal.quoteOf(symbol) ?? { bid: MIDDLE }
      const step = this.#calm ? 0 : this.#random.between(-12, 12) * POINT
      const next = Math.min(MIDDLE + SWING, Math.max(MIDDLE - SWING, bid + step))
      this.terminal.quote(symbol, Number(next.toFixed(5)), Number((next + SPREAD).toFixed(5)))
    }
  }

  #every(ms: number, work: () => Promise<void>): void {
    this.#timers.push(
      setInterval(() => {
        const kept = work()
          .catch((error) => void this.faults.push((error as Error).stack ?? String(error)))
          .finally(() => this.#waiting.delete(kept))
        this.#waiting.add(kept)
      }, ms),
    )
  }
}

const isMoving = ({ status }: LedgerCommand) => status === 'pending' || status === 'executing'

function asBrokers(held: Position): BrokerPosition {
  const { ticket, symbol, direction, volume, open_price, open_time, sl, tp, magic } = held
  const place = { ticket: String(ticket), symbol, direction, volume, open_price }
  return { ...place, open_time_ms: open_time * 1_000, sl, tp, magic: String(magic) }
}
