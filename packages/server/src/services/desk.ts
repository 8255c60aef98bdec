// The desk of one account: one step at a time, decided on what the desk has at hand, committed in groups.
//
//   B1. Steps of an account are decided one after another (a mailbox): a total order per account.
//   B2. A step may be decided before its predecessor is committed; nobody is answered before his own step is, and
//       what a read-only step saw is committed before it is answered, too (P1).
//   B3. A lost commit throws the desk's picture away: the next step starts from the ledger. What no ledger keeps —
//       the order of arrival (P8), counts that no commit took along — goes over into the new picture.
//   B4. Another server's write in between is found by the version, and the step is decided again.
//   B5. A ledger that does not hold what was committed last went back: nothing is handed to a native EA until it spoke.
//   B6. Another server's commit makes the picture old: it is read again before its next use, and a refusal that was
//       decided on an old one is decided again.
import type { Command } from '@ngtb/core'
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
  /**
   * After each commit of this desk, and when what others committed was read: rings whoever waits for news.
   * @param version of a commit that other servers should hear of; signs of life are none
   */
  onCommitted(account_id: number, version?: number): void
  /** Other servers on this ledger, as far as is known; left out: none. */
  others?(): number
}

const CONFLICTS_MAX = 10
/** Of more, the oldest are read from the ledger when somebody asks. */
const SETTLED_READ_MAX = 100

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
  /** The newest version that another server told of, and that no reading has answered yet; 0: none (B6). */
  #told = 0

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
    let refused = false
    for (let conflicts = 0; ; conflicts++) {
      const basis = { version: 0 }
      try {
        const { result, committed } = await this.#enqueue(() => this.#decide(work, conflicts > 0, basis))
        await committed
        return result
      } catch (error) {
        if (!(error instanceof VersionConflict)) {
          if (refused || !(await this.#wasOld(basis, error))) throw error
          refused = true
        } else if (conflicts >= CONFLICTS_MAX)
          throw new Refusal('NGTB_DATABASE_AWAY', 'another server keeps writing this account first')
      }
    }
  }

  /** Resolves once the desk has its picture of the account. */
  async ready(): Promise<DeskState> {
    return this.current ?? (await this.#enqueue(() => this.#load()))
  }

  /** What is seen without a step. A refusal at the sight of an old picture is looked at again (B6). */
  async look<T>(at: (state: DeskState) => T | Promise<T>): Promise<T> {
    const state = await this.ready()
    const basis = { version: state.account.version }
    try {
      return await at(state)
    } catch (error) {
      if (!(await this.#wasOld(basis, error))) throw error
    }
    return at(await this.ready())
  }

  /** B6. Another server committed `version`: an older picture is read again before its next use. True: it is older. */
  refresh(version: number): boolean {
    if (this.#state && this.#state.account.version >= version) return false
    this.#told = Math.max(this.#told, version)
    return true
  }

  /** The picture at hand, unless it is known to be old (B6). */
  get current(): DeskState | null {
    return this.#state && this.#state.account.version >= this.#told ? this.#state : null
  }

  /**
   * B6. Was that refused on a picture that others had made old? One cheap look, and only where there are others.
   * Deciding again once is enough: what is read then is newer than the question.
   */
  async #wasOld(basis: { version: number }, error: unknown): Promise<boolean> {
    const { store, others } = this.#ports
    if (!(error instanceof Refusal) || error.http >= 500 || !others || others() === 0) return false
    const [head] = await store.versions([this.account_id]).catch(() => [])
    if (head === undefined || head.version <= basis.version) return false
    this.refresh(head.version)
    return true
  }

  #enqueue<T>(turn: () => Promise<T>): Promise<T> {
    const mine = this.#tail.then(turn)
    this.#tail = mine.catch(() => {})
    return mine
  }

  async #decide<T>(
    work: (step: Step) => T | Promise<T>,
    again: boolean,
    basis: { version: number },
  ): Promise<{ result: T; committed: Promise<void> }> {
    const state = this.current ?? (await this.#load())
    basis.version = state.account.version
    const step = new Step(state, this.#ports.clock.now(), this.#ports.ids, this.#inFlight, again)
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
        state.committed = change.account
        for (const effect of step.effects) this.#tell(effect)
        const news = change.audit.length + change.trades.length > 0
        const { version } = change.account
        this.#tell(() => this.#ports.onCommitted(this.account_id, news ? version : undefined))
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
    if (this.current) return this.current
    await this.#inFlight.catch(() => {}) // what is still on its way to the ledger must be in the picture
    const told = this.#told
    const loaded = await this.#read()
    const { clock, watched_since, arrival } = this.#ports
    const before = this.#state ?? this.#before
    const goes_on = before === null || (await this.#goesOn(before, loaded))
    const settled = before === null ? [] : await this.#settledSince(before, loaded)
    // What was thrown away may have been committed after all; what is only old was told by whoever wrote it.
    const news = this.#before ? loaded.account.version : undefined
    this.#state = new DeskState(loaded, this.#deaf ? clock.now() : watched_since, before, arrival)
    for (const command of settled) this.#state.keepCommand(command)
    if (!goes_on) {
      this.#state.proven = false
      this.#state.went_back = true
    }
    if (this.#told === told) this.#told = 0 // answered, whatever it was: a wrong word must not be asked for ever
    if (before) this.#tell(() => this.#ports.onCommitted(this.account_id, news))
    this.#before = null
    this.#deaf = false
    this.#inFlight = Promise.resolve() // an earlier failure was its own caller's, not the next reader's
    return this.#state
  }

  /** B5. Is what was committed last still in the ledger, and the rest on top of it? */
  async #goesOn({ committed }: DeskState, { account }: LoadedAccount): Promise<boolean> {
    const { audit_no, audit_hash } = committed
    if (account.audit_no <= audit_no) return account.audit_hash === audit_hash
    const [event] = await this.#ports.store.auditChain(this.account_id, audit_no - 1, 1)
    return audit_no === 0 || event?.hash === audit_hash
  }

  /** What was open in the old picture and is settled now: whoever holds one of them sees how it ended. */
  async #settledSince({ unsettled }: DeskState, { commands }: LoadedAccount): Promise<Command[]> {
    const open = new Set(commands.map(({ command_id }) => command_id))
    const ids = [...unsettled.keys()].filter((command_id) => !open.has(command_id)).slice(-SETTLED_READ_MAX)
    const found: Command[] = []
    for (const command_id of ids) {
      const command = await this.#ports.store.command(this.account_id, command_id)
      if (command) found.push(command)
    }
    return found
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
