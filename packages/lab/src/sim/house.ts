// The server as a process in the world: it starts, answers, dies at any await, and starts again from what is on disk.
//
//   H1. Nothing of a dead process takes effect: its store, its timers and its replies are cut off, though its code may
//       run on for a moment, as no real process would.
//   H2. Its clock is UTC at its own start plus what passed since (contract §8): a wall clock set back is found out by
//       the ledger, as start.ts does it.

import { readConfig } from '@ngtb/server'
import {
  createMemoryStore,
  createServices,
  Deadlines,
  Feed,
  Flush,
  type MemoryLedger,
  type MemoryStore,
  type MemoryWeather,
  type ServicePorts,
  type Services,
  silentLog,
  systemIds,
  Tape,
} from '@ngtb/server/parts'
import type { Ask, Doors, Told } from './doors.ts'
import type { History } from './history.ts'
import type { Random } from './random.ts'
import type { VirtualTime } from './virtual-time.ts'

/** UTC of the world's first moment. */
export const BEGIN = Date.UTC(2026, 0, 5, 12)

export interface HouseParts {
  readonly time: VirtualTime
  readonly history: History
  readonly random: Random
  readonly ledger: MemoryLedger
  readonly weather: MemoryWeather
  doors(services: Services, parts: ServicePorts): Doors | Promise<Doors>
  onCommitted?(account_id: number): void
}

/** Rates are counted by the machine's own seconds, of which a day of the world takes none. */
const NO_RATES = Object.fromEntries(
  ['POLL', 'TICKS', 'CREATE', 'SAFETY', 'KEYLESS'].map((name) => [`NGTB_RATE_${name}`, '1000000']),
)
const CONFIG = readConfig(NO_RATES)

interface Living {
  readonly life: number
  readonly store: MemoryStore
  readonly services: Services
  readonly doors: Doors
  stopWorkers(): void
}

export class House {
  /** How far its wall clock is off; takes effect at the next start. */
  wall_error_ms = 0
  /** How far the running process's clock is off. */
  clock_error_ms = 0
  /** The smallest and the largest of all its processes so far. */
  readonly clock_errors: number[] = []
  /** Chance that one pass of a crash point ends the process. */
  crash_point = 0
  onDied: () => void = () => {}
  readonly #parts: HouseParts
  #living: Living | null = null
  #store: MemoryStore | null = null
  #life = 0

  constructor(parts: HouseParts) {
    this.#parts = parts
  }

  get up(): boolean {
    return this.#living !== null
  }

  /** Up, or on its way there. */
  get starting(): boolean {
    return this.#store !== null
  }

  get services(): Services | null {
    return this.#living?.services ?? null
  }

  get life(): number {
    return this.#life
  }

  /** Starts a process; one that can't reach its database ends at once and is started again. */
  start(): void {
    const life = ++this.#life
    this.#parts.time.stir()
    this.#boot(life).catch((error) => {
      if (life !== this.#life) return
      this.#store = null
      this.#parts.history.note('server', `does not start: ${(error as Error).message}`)
      this.#parts.time.after(500, () => {
        if (life === this.#life) this.start()
      })
    })
  }

  /** @param sent whether the commit that is under way had left for the database */
  crash(why: string, sent: boolean): void {
    if (this.#store === null) return
    this.#parts.history.note(
      'server',
      `dies: ${why}`,
      why.startsWith('at ') ? 'server died at a crash point' : 'server killed',
    )
    this.#life += 1
    this.#living?.stopWorkers()
    this.#living = null
    this.#store.crash(sent)
    this.#store = null
    this.onDied()
  }

  /** Answers one request, if this process lives long enough. @param told null: nobody listens */
  ask(ask: Ask, told: (told: Told | null) => void): void {
    const living = this.#living
    if (living === null) {
      told(null)
      return
    }
    this.#parts.time.stir()
    void living.doors.answer(ask).then((answer) => {
      if (living === this.#living) told(answer)
    })
  }

  async #boot(life: number): Promise<void> {
    const { time, random, ledger, weather, history } = this.#parts
    const timers = this.#timers(() => true)
    const store = createMemoryStore({ ledger, timers, weather })
    this.#store = store
    const wall = BEGIN + time.now + this.wall_error_ms
    const newest = await store.newestMoment()
    const origin = Math.max(wall, newest)
    const began = time.now
    const clock = { now: () => origin + time.now - began }
    const late: { deadlines?: Deadlines } = {}
    const ports: ServicePorts = {
      config: CONFIG,
      store,
      clock,
      ids: {
        ...systemIds,
        uuid: () => random.uuid(),
        secret: () => secretOf(random),
        keyId: () => keyOf(random),
      },
      log: silentLog,
      timers: this.#timers(() => life === this.#life),
      crashPoint: (name) => this.#crashPoint(life, name),
      onCommitted: (account_id) => {
        if (life !== this.#life) return
        this.#parts.onCommitted?.(account_id)
        services.feed.ring()
        if (account_id !== 0) late.deadlines?.changed(account_id)
      },
      feed: (desks) => new Feed({ ...ports, login: (account_id) => desks.login(account_id) }),
      tape: (desks) =>
        new Tape({ ...ports, login: (account_id) => desks.login(account_id), others: () => 0 }),
    }
    const services = createServices(ports)
    const deadlines = new Deadlines({ ...services, timers: ports.timers })
    late.deadlines = deadlines
    const keep_settled_ms = CONFIG.COMMAND_TRACKER_MAX_AGE_HOURS * 3_600_000
    const flush = new Flush({ ...services, timers: ports.timers, keep_settled_ms })
    await services.desks.openAll()
    if (wall < newest)
      for (const desk of services.desks.opened())
        await desk.run((step) => services.delivery.expireUndelivered(step))
    await services.ticks.start()
    const doors = await this.#parts.doors(services, ports)
    if (life !== this.#life) return
    deadlines.start()
    flush.start()
    const error_ms = origin - (BEGIN + began)
    if (error_ms !== this.clock_error_ms) history.count('server clock jumped')
    this.clock_error_ms = error_ms
    this.clock_errors.push(this.clock_error_ms)
    const stopWorkers = () => deadlines.stop()
    this.#living = { life, store, services, doors, stopWorkers }
    history.note(
      'server',
      `is up, clock ${this.clock_error_ms} ms off${wall < newest ? ', started early' : ''}`,
    )
  }

  #timers(alive: () => boolean) {
    const { time } = this.#parts
    return {
      after: (ms: number, call: () => void) =>
        time.after(ms, () => {
          if (!alive()) return
          time.stir()
          call()
        }),
    }
  }

  #crashPoint(life: number, name: string): void {
    const { random } = this.#parts
    if (life === this.#life && random.chance(this.crash_point)) this.crash(`at ${name}`, random.chance(0.5))
  }

  calm(): void {
    this.crash_point = 0
    this.wall_error_ms = this.clock_error_ms
  }
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
const keyOf = (random: Random) => Array.from({ length: 12 }, () => LETTERS[random.between(0, 35)]).join('')
const secretOf = (random: Random) => Array.from({ length: 43 }, () => LETTERS[random.between(0, 35)]).join('')
