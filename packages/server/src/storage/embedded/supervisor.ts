// The housekeeper: holds the one postmaster of a data directory for as long as the server runs.
// No process-wide exit hooks: if Node dies, PostgreSQL stays, sound, and the next start adopts it.
//
//   E6. A postmaster that ends without being asked is brought back on the same port, again and again with
//       growing pauses, and the listeners hear why. A stop is never mistaken for that.
//   E7. After stop() no process of ours is left and the lock is free.

import { bringUp } from './bring-up.ts'
import { sentenceOf } from './files.ts'
import { type Postmaster, stopPostmaster } from './postmaster.ts'
import { urlOf } from './probe.ts'
import type { EmbeddedPostgres, House } from './types.ts'
import { monotonicMs, pause } from './wait.ts'

/** Living this long makes an earlier death forgotten. */
const STEADY_MS = 30_000
const BACKOFF_MS = [0, 100, 250, 500, 1_000, 2_000, 5_000]

export class Supervisor implements EmbeddedPostgres {
  readonly url: string
  readonly #house: House
  readonly #release: () => void
  readonly #port: number
  readonly #listeners: ((reason: string) => void)[] = []
  readonly #stopping = new AbortController()
  #postmaster: Postmaster
  #begun = monotonicMs()
  #recovered: boolean
  #deaths = 0
  #restart: Promise<void> = Promise.resolve()
  #stopped: Promise<void> | null = null

  constructor(house: House, first: Postmaster, release: () => void) {
    this.#house = house
    this.#release = release
    this.#postmaster = first
    this.#port = first.port
    this.#recovered = first.recovered
    this.url = urlOf(house.password, first.port)
    this.#watch(first)
  }

  get pid(): number {
    return this.#postmaster.id.pid
  }

  get adopted(): boolean {
    return this.#postmaster.adopted
  }

  get recovered(): boolean {
    return this.#recovered
  }

  onExit(listener: (reason: string) => void): void {
    this.#listeners.push(listener)
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    this.#stopping.abort()
    try {
      await this.#restart
      await stopPostmaster(this.#postmaster.id, this.#house.log)
    } finally {
      this.#release()
    }
  }

  #watch(postmaster: Postmaster): void {
    void postmaster.exited.then((reason) => {
      if (this.#stopping.signal.aborted) return
      this.#house.log('error', `${reason}. It is started again.`)
      // Begun before the listeners are told: one that calls stop() must find the restart to wait for.
      this.#restart = this.#bringBack()
      this.#tell(reason)
    })
  }

  #tell(reason: string): void {
    for (const listener of this.#listeners) {
      try {
        listener(reason)
      } catch (error) {
        this.#house.log('error', `A listener of the database's exit failed: ${sentenceOf(error)}`)
      }
    }
  }

  /** Never rejects: while the server lives its database is wanted. */
  async #bringBack(): Promise<void> {
    if (monotonicMs() - this.#begun > STEADY_MS) this.#deaths = 0
    while (!this.#stopping.signal.aborted) {
      await pause(BACKOFF_MS[Math.min(this.#deaths, BACKOFF_MS.length - 1)] ?? 0, this.#stopping.signal)
      this.#deaths++
      try {
        const postmaster = await bringUp(this.#house, this.#port, this.#stopping.signal)
        if (postmaster === null) return
        this.#postmaster = postmaster
        this.#recovered ||= postmaster.recovered
        this.#begun = monotonicMs()
        this.#house.log('info', 'PostgreSQL is back.', { pid: postmaster.id.pid, port: postmaster.port })
        this.#watch(postmaster)
        return
      } catch (error) {
        this.#house.log('error', `PostgreSQL could not be started again: ${sentenceOf(error)}`)
      }
    }
  }
}
