// The connection to Redis: one client speaks, one listens, and one of four states tells how it stands.
//
//   R1. Nothing is queued for a Redis that is away: what is asked then fails at once.
//   R2. Whoever does not answer in time counts as gone: both clients are dropped, and it is tried anew.
//   R3. Each change of state is one line in the log, however often it is tried in between.
import { createClient } from 'redis'
import type { Log, Timers } from '../ports.ts'

const CONNECT_MS = 3_000
const ANSWER_MS = 2_000
/** A process that was stopped finds its own timers overdue, and the answers not read yet: they are read first. */
const GRACE_MS = 100
const BEAT_MS = 1_000
const AGAIN_MS_MIN = 100
const AGAIN_MS_MAX = 5_000

export interface RedisPlace {
  readonly host: string
  readonly port: number
  readonly database: number
}

interface LinkOptions {
  readonly place: RedisPlace
  readonly timers: Timers
  readonly log: Log
  /** Where rings are heard. */
  readonly channel: string
}

const clientOf = ({ host, port, database }: RedisPlace) =>
  createClient({
    RESP: 2,
    database,
    // R1. Connecting again is decided here, in one place (R2), for both clients together.
    disableOfflineQueue: true,
    socket: { host, port, connectTimeout: CONNECT_MS, reconnectStrategy: false },
  })
export type RedisClient = ReturnType<typeof clientOf>

interface Pair {
  readonly speaker: RedisClient
  readonly ear: RedisClient
}

export class RedisLink {
  readonly #options: LinkOptions
  #state: 'starting' | 'up' | 'away' | 'stopped' = 'starting'
  #pair: Pair | null = null
  #again_ms = AGAIN_MS_MIN
  #timer: { cancel(): void } | null = null
  #heard: (text: string) => void = () => {}
  readonly #onUp: (() => void)[] = []
  readonly #onBeat: ((client: RedisClient) => Promise<unknown>)[] = []

  constructor(options: LinkOptions) {
    this.#options = options
  }

  get up(): boolean {
    return this.#state === 'up'
  }

  get channel(): string {
    return this.#options.channel
  }

  /** Calls at each connection that stands. */
  onUp(call: () => void): void {
    this.#onUp.push(call)
  }

  /** Calls about once a second while it is up. */
  onBeat(call: (client: RedisClient) => Promise<unknown>): void {
    this.#onBeat.push(call)
  }

  /** Nobody waits for it. */
  start(heard: (text: string) => void): void {
    this.#heard = heard
    void this.#connect()
  }

  stop(): void {
    this.#state = 'stopped'
    this.#timer?.cancel()
    this.#drop()
  }

  /** One exchange, or a rejection; never later than R2 allows. */
  async ask<T>(call: (client: RedisClient) => Promise<T>): Promise<T> {
    const pair = this.#pair
    if (pair === null || !this.up) throw new Error('Redis is away')
    return this.#answered(ANSWER_MS, call(pair.speaker)).catch((error) => {
      if (error instanceof Silent) this.#lost(pair, error)
      throw error
    })
  }

  async #connect(): Promise<void> {
    const pair = { speaker: clientOf(this.#options.place), ear: clientOf(this.#options.place) }
    this.#pair = pair
    for (const client of [pair.speaker, pair.ear]) client.on('error', (error) => this.#lost(pair, error))
    try {
      const channel = this.#options.channel
      const greeted = Promise.all([pair.speaker.connect(), pair.ear.connect()])
      await this.#answered(CONNECT_MS, greeted)
      await this.#answered(
        ANSWER_MS,
        pair.ear.subscribe(channel, (text) => this.#heard(text)),
      )
    } catch (error) {
      this.#lost(pair, error)
      return
    }
    if (this.#pair !== pair) return
    this.#again_ms = AGAIN_MS_MIN
    this.#state = 'up'
    this.#options.log.info('Redis answers: it rings the bell between servers', this.#where)
    for (const call of this.#onUp) call()
    void this.#beat(pair)
  }

  /** R2, R3. Said by the first of both clients that notices; the rest is told to nobody. */
  #lost(pair: Pair, error: unknown): void {
    if (this.#pair !== pair || this.#state === 'stopped') return
    if (this.#state !== 'away')
      this.#options.log.warn(
        'Redis does not answer: nothing is lost; PostgreSQL rings the bell meanwhile, and Redis is tried again',
        { ...this.#where, error: sentence(error) },
      )
    this.#state = 'away'
    this.#drop()
    this.#timer?.cancel()
    this.#timer = this.#options.timers.after(this.#again_ms, () => void this.#connect())
    this.#again_ms = Math.min(AGAIN_MS_MAX, this.#again_ms * 2)
  }

  #drop(): void {
    const pair = this.#pair
    this.#pair = null
    pair?.speaker.destroy()
    pair?.ear.destroy()
  }

  /** Asks both clients for a word; what one of the calls fails by is its own, as long as Redis answers. */
  async #beat(pair: Pair): Promise<void> {
    try {
      const calls = this.#onBeat.map((call) => call(pair.speaker).catch(() => {}))
      await this.#answered(ANSWER_MS, Promise.all([pair.speaker.ping(), pair.ear.ping(), ...calls]))
    } catch (error) {
      this.#lost(pair, error)
      return
    }
    if (this.#pair === pair) this.#timer = this.#options.timers.after(BEAT_MS, () => void this.#beat(pair))
  }

  #answered<T>(ms: number, answer: Promise<T>): Promise<T> {
    const { timers } = this.#options
    return new Promise<T>((resolve, reject) => {
      let timer = timers.after(ms, () => {
        timer = timers.after(GRACE_MS, () => reject(new Silent(`no answer within ${ms} ms`)))
      })
      answer.then(resolve, reject).finally(() => timer.cancel())
    })
  }

  get #where() {
    const { host, port, database } = this.#options.place
    return { host, port, database }
  }
}

/** It did not say no: it said nothing. */
class Silent extends Error {}

function sentence(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  return message || code || String(error)
}
