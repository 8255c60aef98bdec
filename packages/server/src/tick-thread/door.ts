// The house's side of the tick door: starts its threads, tells them who a key belongs to, hears what they stored.
import { Worker } from 'node:worker_threads'
import { Refusal } from '@ngtb/protocol'
import { type Config, ConfigError } from '../config.ts'
import type { ClockOrigin } from '../platform/clock.ts'
import type { Log, Timers } from '../ports.ts'
import type { Services } from '../services/services.ts'
import type { DatabaseAddress } from '../storage/postgres/session.ts'
import { clearLane } from '../storage/postgres/tick-sequence.ts'
import type { ThreadStart, ToHouse, ToThread } from './words.ts'

/** Semi-spaces of 64 MB, three of which are the young: a flood's texts and rows live for a moment, and are many. */
const YOUNG_MB = 192
/** A thread that ended by itself begins again after this. */
const AGAIN_MS = 1_000

export interface TickDoorPorts {
  readonly config: Config
  readonly address: DatabaseAddress
  readonly clock: ClockOrigin
  /** The store's own: numbers of ticks are one row for the whole process (T2). */
  readonly sequence: SharedArrayBuffer
  readonly log: Log
  readonly timers: Timers
}

/** What a thread needs of the services. */
type Told = Pick<Services, 'keys' | 'desks' | 'ticks' | 'tickets'>

export class TickDoor {
  readonly #ports: TickDoorPorts
  readonly #services: Told
  readonly #threads = new Set<Worker>()
  #closing = false

  constructor(ports: TickDoorPorts, services: Told) {
    this.#ports = ports
    this.#services = services
    services.keys.onForget = () => this.#tellAll({ type: 'forget' })
  }

  /**
   * @returns the port
   * @throws {ConfigError} several threads where they can't share a port
   * @throws what listening throws, e.g. EADDRINUSE
   */
  async listen(): Promise<number> {
    const { NGTB_TICK_WORKERS: count, PORT_TICKS } = this.#ports.config
    if (count > 1) requireSharedPorts(count)
    const port = await this.#start(PORT_TICKS, 1)
    for (let lane = 2; lane <= count; lane++) await this.#start(port, lane)
    return port
  }

  async close(): Promise<void> {
    this.#closing = true
    await Promise.all(
      [...this.#threads].map((thread) => {
        const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()))
        say(thread, { type: 'close' })
        return ended
      }),
    )
  }

  /** @returns the port on which it listens */
  #start(port: number, lane: number): Promise<number> {
    const { config, address, clock, sequence } = this.#ports
    const shared = config.NGTB_TICK_WORKERS > 1
    const start: ThreadStart = { config, address, clock, sequence, lane, port, shared }
    const thread = new Worker(new URL('./begin.mjs', import.meta.url), {
      execArgv: [],
      workerData: start,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    })
    this.#threads.add(thread)
    return new Promise((resolve, reject) => {
      let listens: number | null = null
      thread.on('message', (word: ToHouse) => {
        if (word.type !== 'listening') return this.#hear(thread, word)
        listens = word.port
        resolve(word.port)
      })
      thread.on('error', (error) => {
        reject(error)
        if (listens !== null)
          this.#ports.log.error('a thread of the tick door failed', { error: String(error) })
      })
      thread.on('exit', () => {
        this.#threads.delete(thread)
        reject(new Error('a thread of the tick door ended before it listened'))
        if (listens !== null) this.#again(listens, lane)
      })
    })
  }

  /** Its senders were not answered, and send again. What it had sent to the database is over by then, either way. */
  #again(port: number, lane: number): void {
    if (this.#closing) return
    this.#ports.timers.after(AGAIN_MS, () => {
      if (this.#closing) return
      clearLane(this.#ports.sequence, lane)
      this.#start(port, lane).catch((error) => {
        this.#ports.log.error('the tick door did not open again; it is tried', { error: String(error) })
        this.#again(port, lane)
      })
    })
  }

  #hear(thread: Worker, word: Exclude<ToHouse, { type: 'listening' }>): void {
    const { ticks } = this.#services
    if (word.type === 'who') void this.#tellWho(thread, word.ref, word.key)
    else if (word.type === 'news') void ticks.hear(word.news)
    else if (word.type === 'unsure') ticks.doubt()
    else if (word.type === 'tickets') this.#services.tickets(word.account_id, word.listed)
    else this.#ports.log[word.level](word.message, word.details)
  }

  async #tellWho(thread: Worker, ref: number, key: string): Promise<void> {
    const { keys, desks } = this.#services
    try {
      const principal = await keys.resolve(key)
      const account_id = principal?.account_id ?? null
      const account_number = account_id === null ? null : await desks.numberOf(account_id)
      say(thread, { type: 'known', ref, known: principal && { principal, account_number } })
    } catch (error) {
      const { code, message } = error instanceof Refusal ? error : new Refusal('NGTB_INTERNAL')
      if (!(error instanceof Refusal))
        this.#ports.log.error('a key was not resolved', { error: String(error) })
      say(thread, { type: 'unknown', ref, code, message })
    }
  }

  #tellAll(word: ToThread): void {
    for (const thread of this.#threads) say(thread, word)
  }
}

const say = (thread: Worker, word: ToThread): void => thread.postMessage(word)

/** Node opens a port for several threads from 22.12 on. */
function requireSharedPorts(count: number): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 22 || (major === 22 && minor < 12) || process.platform !== 'linux')
    throw new ConfigError(
      `NGTB_TICK_WORKERS=${count} needs Linux and Node 22.12 or newer, whose threads can share a port; this is ${process.platform} and ${process.versions.node}. Set NGTB_TICK_WORKERS=1.`,
    )
}
