// Kill cycles: server and EA are killed again and again while everything flows; then calm, then the count (F3).
import type { Random } from '@ngtb/ea-sim'
import { COMMAND_TYPES, PLAIN_TYPES } from '@ngtb/protocol'
import type { Violation } from './audit/evidence.ts'
import { CALM } from './broker/account.ts'
import { Storm } from './load/storm.ts'
import { Terminal } from './rig/terminal.ts'
import { LATE_MS_MAX, World } from './rig/world.ts'

export interface CycleOptions {
  readonly cycles: number
  readonly seed: number
  readonly commands_per_sec: number
  readonly ticks_per_sec: number
  /** Between two kills: drawn from half to one and a half of it. */
  readonly cycle_ms: number
  /** A plain EA: its book lies in its own process, so only the server is killed. */
  readonly plain: boolean
  readonly onCycle: (told: CycleTold) => void
}

export interface CycleTold {
  readonly cycle: number
  /** At the broker, since the last kill. */
  readonly effects: number
  readonly victims: string
  readonly back_ms: number
}

export interface CycleResult {
  readonly kills: { readonly server: number; readonly ea: number }
  readonly intents: number
  readonly acknowledged: number
  readonly refused: Readonly<Record<string, number>>
  readonly unanswered: number
  readonly executions: number
  readonly statuses: Readonly<Record<string, number>>
  readonly ticks: number
  readonly violations: readonly Violation[]
  readonly kept: string | null
}

const LOGIN = '1001'
const SETTLE_MS = 500
const POLL_MS = 100
const PATIENCE_MS = 120_000
const DOWN_MS_MAX = 300
const PROGRESS_MIN = 10
const PROGRESS_MS_MAX = 60_000
/** Some orders are answered with a doubt, some are quoted anew: as on a busy day. */
const BUSY = { ...CALM, ambiguous_ratio: 0.03, ambiguous_ms_max: SETTLE_MS / 2, requote_ratio: 0.02 }

export async function runCycles(options: CycleOptions): Promise<CycleResult> {
  const world = await World.open({ seed: options.seed })
  let kept = true
  try {
    const run = options.plain ? await Run.plain(world, options) : await Run.native(world, options)
    const result = await run.toTheEnd()
    kept = result.violations.length > 0
    return { ...result, kept: kept ? world.folder : null }
  } finally {
    await world.close({ keep_logs: kept })
  }
}

class Run {
  readonly #world: World
  readonly #options: CycleOptions
  readonly #storm: Storm
  readonly #terminal: Terminal | null
  readonly #random: Random
  readonly #kills = { server: 0, ea: 0 }

  private constructor(world: World, options: CycleOptions, api_key: string, terminal: Terminal | null) {
    const { commands_per_sec, ticks_per_sec } = options
    this.#world = world
    this.#options = options
    this.#terminal = terminal
    this.#random = world.random.fork()
    const types = terminal ? COMMAND_TYPES : PLAIN_TYPES
    const random = world.random.fork()
    const pace = { commands_per_sec, ticks_per_sec, types, random }
    this.#storm = new Storm(world, { login: LOGIN, api_key, ...pace })
  }

  static async native(world: World, options: CycleOptions): Promise<Run> {
    const api_key = await world.account(LOGIN, { ...BUSY, seed: world.random.between(1, 1e9) })
    const cadence = { settle_ms: SETTLE_MS, poll_interval_ms: POLL_MS, push: true }
    const terminal = new Terminal(world, { login: LOGIN, api_key, ...cadence })
    await terminal.start()
    return new Run(world, options, api_key, terminal)
  }

  static async plain(world: World, options: CycleOptions): Promise<Run> {
    return new Run(world, options, await world.plainAccount(LOGIN), null)
  }

  async toTheEnd(): Promise<Omit<CycleResult, 'kept'>> {
    this.#storm.start()
    for (let cycle = 1; cycle <= this.#options.cycles; cycle++) {
      const from = await this.#effects()
      await pause(this.#options.cycle_ms * (0.5 + this.#random.unit()))
      const effects = (await this.#progress(from)) - from
      const began = performance.now()
      const victims = await this.#strike()
      this.#options.onCycle({ cycle, effects, victims, back_ms: performance.now() - began })
    }
    await pause(this.#options.cycle_ms)
    await this.#storm.stop()
    return this.#counted()
  }

  /** A kill that meets nothing under way shows nothing: orders must have taken effect since the last one. */
  async #progress(from: number): Promise<number> {
    const until = performance.now() + PROGRESS_MS_MAX
    for (;;) {
      const effects = await this.#effects()
      if (effects >= from + PROGRESS_MIN) return effects
      if (performance.now() > until) {
        this.#storm.faults.push(`no ${PROGRESS_MIN} effects at the broker within ${PROGRESS_MS_MAX} ms`)
        return effects
      }
      await pause(20)
    }
  }

  async #effects(): Promise<number> {
    return (await this.#world.standing(LOGIN)).effects
  }

  async #strike(): Promise<string> {
    const { server } = this.#world
    const draw = this.#terminal ? this.#random.unit() : 0
    const victims = [...(draw < 0.6 ? ['server'] : []), ...(draw >= 0.4 ? ['ea'] : [])]
    // Drawn before anything is awaited: what happens next must not change the order of the draws.
    const down = victims.map(() => this.#random.between(0, DOWN_MS_MAX))
    await Promise.all(
      victims.map(async (victim, index) => {
        const place = victim === 'server' ? server : this.#terminal
        await place?.kill()
        await pause(down[index] ?? 0)
        await place?.start()
        this.#kills[victim as 'server' | 'ea']++
      }),
    )
    return victims.join(' and ')
  }

  async #counted(): Promise<Omit<CycleResult, 'kept'>> {
    const { trader, ticks, faults } = this.#storm
    const { intents } = trader
    const native = this.#terminal !== null
    const ticks_acknowledged = ticks.acknowledged
    const wanted = { login: LOGIN, intents, native, ticks_acknowledged, late_ms_max: LATE_MS_MAX }
    const violations = await this.#world.verdict(wanted, PATIENCE_MS)
    await this.#world.writeDown(LOGIN, violations)
    await this.#terminal?.close()
    const of = (test: (http: number) => boolean) =>
      intents.filter(({ answer }) => answer !== null && test(answer.http))
    const rig = faults.map((what): Violation => ({ rule: 'stuck', subject: 'the rig itself', what }))
    return {
      kills: this.#kills,
      intents: intents.length,
      acknowledged: of((http) => http < 300).length,
      refused: tally(of((http) => http >= 300).map(({ answer }) => answer?.code ?? String(answer?.http))),
      unanswered: intents.filter(({ answer }) => answer === null).length,
      executions: (await this.#world.books(LOGIN)).effects.length,
      statuses: tally((await this.#world.commands(LOGIN)).map(({ status }) => status)),
      ticks: ticks_acknowledged,
      violations: [...violations, ...rig],
    }
  }
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
