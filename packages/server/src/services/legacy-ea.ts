// An EA of the older dialect at its desk (docs/spec/legacy-ea.md): who it is, what it is told to stream, what it says
// of itself, and its answers. Trades are legacy-trades.ts; what it reads and writes is translated in ../legacy.

import { type BarsBody, type LogBody, TIMEFRAMES, type Timeframe } from '@ngtb/protocol'
import { cutTicket, hasLongTickets, readAnswer } from '../legacy/answers.ts'
import {
  type Figures,
  hintOf,
  type LogHint,
  readCandles,
  readSpecs,
  readTransaction,
} from '../legacy/reading.ts'
import type { BarIntake } from './bar-intake.ts'
import type { CommandAnswers } from './command-answers.ts'
import type { CommandDelivery } from './command-delivery.ts'
import type { Connections } from './connections.ts'
import type { Context } from './context.ts'
import type { Deals } from './deals.ts'
import type { Desk } from './desk.ts'
import type { DeskState } from './desk-state.ts'
import { loginOf } from './desks.ts'
import type { EaLogs } from './ea-logs.ts'
import type { Handout } from './handout.ts'
import { isAdopted } from './keys.ts'
import { meet } from './legacy-meeting.ts'
import type { LegacyStops } from './legacy-stops.ts'
import type { Step } from './step.ts'

type Body = Readonly<Record<string, unknown>>

/** So many symbols are streamed when nobody chose: each comes twenty times a second. */
const SYMBOLS_BY_DEFAULT = 5
/** Heartbeats for so long without ticks: it streams nothing. */
const NO_TICKS_MS = 10_000
/** No EA of the login has spoken for so long: none holds an old list of symbols. */
const RUN_OVER_MS = 300_000
/** Bars that are younger are worth asking for; a weekend is not. */
const STALE_MS = 3 * 86_400_000
/** A broker's clock is ahead or behind by no more, while its offset is not known. */
const OFFSET_MAX_MS = 14 * 3_600_000
const RAW_MAX = 65_536

export interface LegacyParts {
  readonly connections: Connections
  readonly delivery: CommandDelivery
  readonly answers: CommandAnswers
  readonly deals: Deals
  readonly bars: BarIntake
  readonly logs: EaLogs
  readonly stops: LegacyStops
}

export class LegacyEa {
  readonly #ctx: Context
  readonly #parts: LegacyParts
  /** What a terminal offered with a hello that had no key, by account: it is not believed before a key came. */
  readonly #offered = new Map<number, { readonly peer: string; readonly symbols: readonly string[] }>()
  /** Since when heartbeats come without ticks, by account. */
  readonly #silent_since = new Map<number, number>()

  constructor(ctx: Context, parts: LegacyParts) {
    this.#ctx = ctx
    this.#parts = parts
  }

  /** Is it known as one? */
  async speaks(desk: Desk): Promise<boolean> {
    return (await desk.ready()).connection.dialect === 'legacy'
  }

  offers(account_id: number, symbols: readonly unknown[], peer: string): void {
    const spelled = symbols.flatMap((one) => (typeof one === 'string' ? [one] : []))
    this.#offered.set(account_id, { peer, symbols: spelled.slice(0, 5_000) })
  }

  /**
   * A login that was printed with `%d`: the one account whose low 32 bits these are, if it is one of this dialect, or
   * was taken over from another server; else as it was told.
   */
  async wholeLogin(told: unknown): Promise<string> {
    const text = String(told)
    if (!/^-?[0-9]{1,10}$/.test(text)) return loginOf(told)
    if (!text.startsWith('-') && (await this.#ctx.desks.byNumber(text))) return text
    const accounts = await this.#ctx.store.accounts()
    const whole = accounts.flatMap(({ account_number: login }) =>
      login !== null && hasLongTickets([login]) && cutTicket(login) === text ? [login] : [],
    )
    const [login] = whole
    return login !== undefined && whole.length === 1 && (await this.#isOurs(login)) ? login : loginOf(told)
  }

  async #isOurs(login: string): Promise<boolean> {
    const desk = await this.#ctx.desks.byNumber(login)
    if (!desk) return false
    if (await this.speaks(desk)) return true
    return (await this.#ctx.store.keysOf(desk.account_id)).some(({ key_id }) => isAdopted(key_id))
  }

  /** `/api/symbols`: a run of the EA begins, and with it the order of its symbols. */
  async symbols(desk: Desk, actor: string, peer: string): Promise<string[]> {
    const offer = this.#offered.get(desk.account_id)
    return desk
      .run((step) => {
        meet(step, actor, this.#ctx.log)
        this.#parts.connections.seen(step, 'legacy_symbols', actor)
        // Its own, and no stranger's: from where the hello came, too.
        for (const symbol of offer?.peer === peer ? offer.symbols : [])
          if (!step.state.specs.has(symbol)) step.saveSpec(symbol, { symbol })
        // Another EA of this login may hold the old list: it goes on as it was (page: array out of range).
        const { run_symbols: held, last_heartbeat_at } = step.state.connection
        const lives = last_heartbeat_at !== null && step.now - last_heartbeat_at < RUN_OVER_MS
        const run_symbols = [...new Set([...(lives ? (held ?? []) : []), ...wantedSymbols(step.state)])]
        step.saveConnection({ run_symbols })
        return run_symbols
      })
      .finally(() => this.#offered.delete(desk.account_id))
  }

  async specs(desk: Desk, body: Body, actor: string): Promise<void> {
    const specs = readSpecs(body)
    await desk.run((step) => {
      meet(step, actor, this.#ctx.log)
      this.#parts.connections.seen(step, 'legacy_specs', actor)
      for (const spec of specs) {
        const known = step.state.specs.get(spec.symbol)
        const merged = { ...known, ...spec }
        if (JSON.stringify(known) !== JSON.stringify(merged)) step.saveSpec(spec.symbol, merged)
      }
    })
  }

  /** @returns commands that are due, and the symbols of this run where some came to them */
  async heartbeat(
    desk: Desk,
    figures: Figures,
    actor: string,
  ): Promise<{ handout: Handout; symbols: string[] | null }> {
    const { connections, delivery, stops } = this.#parts
    return desk.run((step) => {
      meet(step, actor, this.#ctx.log)
      connections.heartbeat(step, figures, actor)
      stops.look(step)
      const symbols = this.#grown(step)
      return { handout: delivery.claim(step, 'heartbeat', actor, null), symbols }
    })
  }

  /** Only ever longer, at the end: a list that shrinks or changes its order ends the EA. */
  #grown(step: Step): string[] | null {
    const { run_symbols } = step.state.connection
    if (this.#sendsNone(step)) {
      const wanted = [...new Set([...(run_symbols ?? []), ...wantedSymbols(step.state)])]
      if (wanted.length === 0) return null
      step.saveConnection({ run_symbols: wanted })
      return wanted
    }
    if (run_symbols === null) return null
    const more = wantedSymbols(step.state).filter((symbol) => !run_symbols.includes(symbol))
    if (more.length === 0) return null
    const grown = [...run_symbols, ...more]
    step.saveConnection({ run_symbols: grown })
    return grown
  }

  /**
   * It has heartbeats and no ticks, so it streams nothing: it began while no server was there, or the answer to its
   * question was lost. Its list is empty, and may be anything.
   */
  #sendsNone(step: Step): boolean {
    const { account_id } = step.account
    const listed_at = this.#parts.stops.listedAt(account_id) ?? 0
    const since = this.#silent_since.get(account_id)
    if (since === undefined || listed_at > since) this.#silent_since.set(account_id, step.now)
    else if (step.now - since >= NO_TICKS_MS) {
      this.#silent_since.set(account_id, step.now)
      return true
    }
    return false
  }

  /** Money alone; no heartbeat, and no row of its own. */
  async figures(desk: Desk, figures: Figures, actor: string): Promise<void> {
    await this.#parts.connections.alive(desk, 'profit_update', actor)
    const state = await desk.ready()
    state.connection = { ...state.connection, ...figures }
    state.connection_dirty = true
  }

  /** What moved the balance: its first run tells the account's whole history again. */
  async transaction(desk: Desk, body: Body, actor: string): Promise<string | null> {
    const event = readTransaction(body)
    if (typeof event === 'string') return event
    await desk.run(async (step) => {
      this.#parts.connections.seen(step, 'transaction', actor)
      const known = await this.#parts.deals.known(step, [event])
      if (!known.has(String(event.deal))) await this.#parts.deals.bookIn(step, event)
    })
    return null
  }

  async coverage(
    desk: Desk,
    body: Body,
    actor: string,
  ): Promise<{ coverage_percent: number; needs_update: boolean }> {
    await desk.run((step) => {
      meet(step, actor, this.#ctx.log)
      this.#parts.connections.seen(step, 'coverage', actor)
    })
    const { symbol, timeframe, required_bars } = body
    const wanted =
      typeof required_bars === 'number' && required_bars > 0 ? Math.min(Math.ceil(required_bars), 10_000) : 1
    if (typeof symbol !== 'string' || !isTimeframe(timeframe))
      return { coverage_percent: 0, needs_update: true }
    const until = this.#ctx.clock.now() + OFFSET_MAX_MS
    const range = { limit: wanted, after: null }
    const span_ms = TIMEFRAMES[timeframe] * 1_000 * wanted * 3 + STALE_MS
    const of = { account_id: desk.account_id, symbol, timeframe }
    const { items } = await this.#ctx.store.bars(of, until - span_ms, until, range)
    const newest = items.reduce((latest, { time_ms }) => Math.max(latest, time_ms), 0)
    const stale = this.#ctx.clock.now() - newest > STALE_MS
    const coverage_percent = Math.min(100, Math.round((items.length / wanted) * 1_000) / 10)
    return { coverage_percent, needs_update: stale || coverage_percent < 90 }
  }

  /** @returns a sentence where it is no history */
  async candles(desk: Desk, body: Body, actor: string): Promise<string | null> {
    const read = readCandles(body)
    if (typeof read === 'string') return read
    const { symbol, timeframe, bars } = read
    if (!isTimeframe(timeframe)) return `timeframe ${timeframe.slice(0, 20)} is unknown`
    const { connection } = await desk.ready()
    const known = connection.time_basis === 'utc' || connection.time_basis === 'broker'
    const ahead_ms = known ? connection.broker_offset_min * 60_000 : -OFFSET_MAX_MS
    const broker_now = this.#ctx.clock.now() + ahead_ms
    const newest_ms = bars.reduce((latest, { time }) => Math.max(latest, time * 1_000), 0)
    const forming = newest_ms + TIMEFRAMES[timeframe] * 1_000 > broker_now
    const told: BarsBody = { symbol, timeframe, forming, bars: [...bars] }
    await this.#parts.bars.save(desk.account_id, told, actor)
    return null
  }

  /** @returns false: nothing that moves a command; it is kept all the same */
  async answer(desk: Desk, body: Body, actor: string): Promise<boolean> {
    const state = await desk.ready()
    const command = state.command(String(body.command_id))
    const ticket = typeof command?.payload.ticket === 'string' ? command.payload.ticket : null
    const long_tickets = hasLongTickets([...state.open.keys(), ...state.closed.keys()])
    const answer = readAnswer(body, { type: command?.type ?? null, ticket, long_tickets })
    if (answer === null) return false
    await this.#parts.answers.answer(desk, [answer], null, actor, (step) =>
      this.#parts.connections.heard(step, 'command_response', actor, null),
    )
    await desk.run((step) => this.#parts.stops.look(step))
    return true
  }

  async log(desk: Desk, body: LogBody, actor: string): Promise<void> {
    await this.#parts.logs.store(desk, body, actor)
    const hint = hintOf(body)
    if (hint) await desk.run((step) => this.#take(step, hint, actor))
  }

  #take(step: Step, hint: LogHint, actor: string): void {
    if (hint.kind === 'leaving') {
      this.#parts.connections.goodbye(step, 'EA disconnecting', actor, null)
      return
    }
    const command = step.state.command(hint.command_id)
    if (!command) return
    if (hint.kind === 'received') step.audit('command.acknowledged', actor, command.command_id, {})
    else this.#parts.answers.refuseUnknownType(step, command, actor)
  }

  /** What could not be read as it was sent, as it was sent. */
  async keepRaw(desk: Desk, path: string, bytes: Buffer, why: string): Promise<void> {
    const details = {
      path,
      why,
      bytes: bytes.length,
      raw: bytes.subarray(0, RAW_MAX).toString('latin1').replaceAll('\0', ''),
    }
    await desk.run((step) =>
      step.log({
        level: 'WARNING',
        message: `a body that had to be salvaged: ${path}`,
        details,
        received_at: step.now,
      }),
    )
  }
}

const isTimeframe = (name: unknown): name is Timeframe =>
  typeof name === 'string' && Object.hasOwn(TIMEFRAMES, name)

/** Chosen by somebody, or traded; else the first that the terminal offers: without one it lists no positions. */
function wantedSymbols({ account, open, specs }: DeskState): string[] {
  const traded = [...open.values()].flatMap(({ symbol }) => symbol ?? [])
  const chosen = account.subscribed_symbols ?? [...specs.keys()].sort().slice(0, SYMBOLS_BY_DEFAULT)
  return [...new Set([...chosen, ...traded])]
}
