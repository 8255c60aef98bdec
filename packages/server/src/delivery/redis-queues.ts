// command_queue_{account_id} in Redis: the ids of undelivered commands in delivery order, for people's eyes.
//
//   Q1. A list is written whole, in one MULTI, from what the desk has at hand when it is written: the newest.
//   Q2. Written at each change, and all of them after a connection and after Redis was emptied: a mark
//   beside them tells.
//   Q3. One list is under way at a time; what changes meanwhile is one entry an account. Nothing is ever read back.
import { ErrorReply } from 'redis'
import type { Log, QueueMirror, QueueSource, Timers } from '../ports.ts'
import type { RedisClient, RedisLink } from './redis-link.ts'

/** Changes that come closer than this are one writing. */
const PAUSE_MS = 10
const AGAIN_MS = 1_000
const IDS_PER_CALL = 1_000
const MARK_LIVES_S = 600
/** For the last lists of a server that is stopped. */
const FAREWELL_MS = 500

export const queueKey = (account_id: number) => `command_queue_${account_id}`

interface Options {
  readonly link: RedisLink
  readonly server_id: string
  readonly timers: Timers
  readonly log: Log
}

export class RedisQueues implements QueueMirror {
  readonly #options: Options
  readonly #mark: string
  #source: QueueSource = { accounts: () => [], waiting: () => null }
  readonly #changed = new Set<number>()
  /** What stands in Redis by our last word, to leave out what would change nothing. */
  readonly #written = new Map<number, readonly string[]>()
  #writing: Promise<void> | null = null
  /** Counts how often everything had to be written again: what was under way then proves nothing. */
  #round = 0
  #marked = false
  #refused = false
  #stopped = false

  constructor(options: Options) {
    this.#options = options
    this.#mark = `ngtb:lists:${options.server_id}`
  }

  start(source: QueueSource): void {
    this.#source = source
    const { link } = this.#options
    link.onUp(() => this.#everything())
    link.onBeat((client) => this.#look(client))
    if (link.up) this.#everything()
  }

  changed(account_id: number): void {
    if (this.#stopped) return
    this.#changed.add(account_id)
    this.#go()
  }

  /** Writes what is still open, if Redis takes it now. */
  async stop(): Promise<void> {
    this.#go()
    this.#stopped = true
    const { timers } = this.#options
    await Promise.race([this.#writing, new Promise<void>((late) => void timers.after(FAREWELL_MS, late))])
  }

  /** Q2. */
  #everything(): void {
    this.#round += 1
    this.#marked = false
    this.#written.clear()
    for (const account_id of this.#source.accounts()) this.#changed.add(account_id)
    this.#go()
  }

  async #look(client: RedisClient): Promise<void> {
    if (!this.#marked || (await client.expire(this.#mark, MARK_LIVES_S)) === 1 || !this.#marked) return
    this.#options.log.info('Redis was emptied: the lists of waiting commands are written again')
    this.#everything()
  }

  #go(): void {
    if (this.#writing !== null || this.#stopped || this.#changed.size === 0 || !this.#options.link.up) return
    this.#writing = this.#writeAll().finally(() => {
      this.#writing = null
      this.#go()
    })
  }

  /** Q3. */
  async #writeAll(): Promise<void> {
    try {
      while (this.#changed.size > 0) {
        // The mark first: emptied in between, the lists are written again.
        while (!this.#marked) await this.#setMark()
        for (const account_id of [...this.#changed]) if (this.#marked) await this.#write(account_id)
        await this.#pause(PAUSE_MS)
      }
      this.#refused = false
    } catch (error) {
      // Away: everything is written when it is back. A no: it is asked again, and said once.
      if (!(error instanceof ErrorReply)) return
      if (!this.#refused)
        this.#options.log.warn('Redis refuses the lists of waiting commands; nothing else needs them', {
          error: String(error),
        })
      this.#refused = true
      await this.#pause(AGAIN_MS)
    }
  }

  async #setMark(): Promise<void> {
    const round = this.#round
    await this.#options.link.ask((client) => client.set(this.#mark, 1, { EX: MARK_LIVES_S }))
    this.#marked = round === this.#round
  }

  /** Q1. */
  async #write(account_id: number): Promise<void> {
    this.#changed.delete(account_id) // what changes from here on is written after this
    const round = this.#round
    const ids = this.#source.waiting(account_id)
    if (ids === null || same(ids, this.#written.get(account_id))) return
    this.#written.delete(account_id)
    try {
      await this.#options.link.ask((client) => replaced(client, queueKey(account_id), ids))
    } catch (error) {
      this.#changed.add(account_id)
      throw error
    }
    if (round === this.#round) this.#written.set(account_id, ids)
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#options.timers.after(ms, resolve))
  }
}

function replaced(client: RedisClient, key: string, ids: readonly string[]): Promise<unknown> {
  const multi = client.multi().del(key)
  for (let at = 0; at < ids.length; at += IDS_PER_CALL) multi.rPush(key, ids.slice(at, at + IDS_PER_CALL))
  return multi.exec()
}

const same = (a: readonly string[], b: readonly string[] | undefined) =>
  b !== undefined && a.length === b.length && a.every((id, at) => id === b[at])
