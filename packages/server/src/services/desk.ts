// The desk of one account: one step at a time, decided on what the desk has at hand, committed in groups.
//
//   B1. Steps of an account are decided one after another (a mailbox): a total order per account.
//   B2. A step may be decided before its predecessor is committed; nobody is answered before his own step is, and
//       what a read-only step saw is committed before it is answered, too (P1).
//   B3. A lost commit throws the desk's picture away: the next step starts from the ledger. What no ledger keeps —
//       the order of arrival (P8), counts that no commit took along — goes over into the new picture.
//   B4. Another server's write in between is found by the version, and the step is decided again.
import { Refusal } from '@ngtb/protocol'
import { type Clock, type Ids, type LoadedAccount, type Log, type Store, VersionConflict } from '../ports.ts'
import { DeskState } from './desk-state.ts'
import { Step } from './step.ts'

export interface DeskPorts {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly watched_since: number
  /** See Context. */
  arrival(): number
  /** After each commit of this desk: rings whoever waits for news. */
  onCommitted(account_id: number): void
}

const CONFLICTS_MAX = 10

export class Desk {
  readonly account_id: number
  readonly #ports: DeskPorts
  #state: DeskState | null = null
  /** The picture that was thrown away last (B3). */
  #before: DeskState | null = null
  /** The database was away: who spoke meanwhile was not heard, and that was not his failure. */
  #deaf = false
  #tail: Promise<unknown> = Promise.resolve()
  #inFlight: Promise<void> = Promise.resolve()

  constructor(account_id: number, ports: DeskPorts) {
    this.account_id = account_id
    this.#ports = ports
  }

  /** What the desk has at hand, for reading between steps; null before the first step. */
  get state(): DeskState | null {
    return this.#state
  }

  /** Decides and commits one step; `work` may be called again (B4), so it must only read and record. */
  async run<T>(work: (step: Step) => T | Promise<T>): Promise<T> {
    for (let conflicts = 0; ; conflicts++) {
      try {
        const { result, committed } = await this.#enqueue(() => this.#decide(work))
        await committed
        return result
      } catch (error) {
        if (!(error instanceof VersionConflict)) throw error
        if (conflicts >= CONFLICTS_MAX)
          throw new Refusal('NGTB_DATABASE_AWAY', 'another server keeps writing this account first')
      }
    }
  }

  /** Resolves once the desk has its picture of the account. */
  async ready(): Promise<DeskState> {
    return this.#state ?? (await this.#enqueue(() => this.#load()))
  }

  #enqueue<T>(turn: () => Promise<T>): Promise<T> {
    const mine = this.#tail.then(turn)
    this.#tail = mine.catch(() => {})
    return mine
  }

  async #decide<T>(work: (step: Step) => T | Promise<T>): Promise<{ result: T; committed: Promise<void> }> {
    const state = this.#state ?? (await this.#load())
    const step = new Step(state, this.#ports.clock.now(), this.#ports.ids, this.#inFlight)
    let result: T
    try {
      result = await work(step)
    } catch (error) {
      if (step.touched) this.#forget(state) // half a step must not stay in the picture
      throw error
    }
    // A predecessor was lost meanwhile, and this was decided on top of it.
    if (this.#state !== state) throw new VersionConflict('the picture was thrown away meanwhile')
    if (!step.touched) return { result, committed: this.#inFlight }
    return { result, committed: this.#commit(step, state) }
  }

  #commit(step: Step, state: DeskState): Promise<void> {
    const change = step.changeSet()
    const committed = this.#ports.store.commit(change).then(
      () => {
        state.remember(change.trades)
        for (const effect of step.effects) this.#tell(effect)
        this.#tell(() => this.#ports.onCommitted(this.account_id))
      },
      (error) => {
        this.#deaf ||= error instanceof Refusal
        this.#forget(state)
        throw error
      },
    )
    this.#inFlight = committed
    committed.catch(() => {}) // the caller hears of it; without a caller it must not end the process
    return committed
  }

  /** What follows a commit can not undo it: its mistakes are logged, not answered. */
  #tell(effect: () => void): void {
    try {
      effect()
    } catch (error) {
      this.#ports.log.error('a step was committed, but not told', { error: String(error) })
    }
  }

  #forget(state: DeskState): void {
    if (this.#state !== state) return
    this.#before = state
    this.#state = null
  }

  async #load(): Promise<DeskState> {
    if (this.#state) return this.#state
    await this.#inFlight.catch(() => {}) // what is still on its way to the ledger must be in the picture
    const loaded = await this.#read()
    const { clock, watched_since, arrival } = this.#ports
    this.#state = new DeskState(loaded, this.#deaf ? clock.now() : watched_since, this.#before, arrival)
    // What was thrown away may have been committed after all.
    if (this.#before) this.#tell(() => this.#ports.onCommitted(this.account_id))
    this.#before = null
    this.#deaf = false
    this.#inFlight = Promise.resolve() // an earlier failure was its own caller's, not the next reader's
    return this.#state
  }

  async #read(): Promise<LoadedAccount> {
    try {
      const loaded = await this.#ports.store.load(this.account_id)
      if (loaded) return loaded
    } catch (error) {
      this.#deaf ||= error instanceof Refusal
      throw error
    }
    throw new Error(`account ${this.account_id} is not in the ledger`)
  }
}
