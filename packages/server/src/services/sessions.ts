// An EA's session: hello with or without a key, heartbeat and poll with what they fetch.
import { ownerLeaseUntil } from '@ngtb/core'
import { type ConnectBody, type HeartbeatBody, Refusal } from '@ngtb/protocol'
import type { CommandDelivery } from './command-delivery.ts'
import { type Connections, names } from './connections.ts'
import type { Context } from './context.ts'
import type { Desk } from './desk.ts'
import type { DeskState } from './desk-state.ts'
import { type EaSession, requireOwner } from './ea-session.ts'
import { type Handout, headsOf } from './handout.ts'
import { type EaWord, isNativeHello, type NativeSessions } from './native-sessions.ts'
import type { Status } from './status.ts'
import type { Step } from './step.ts'
import { tellDrift } from './trade-drift.ts'

/** How many symbols an EA is told to stream when nobody chose. */
const SUBSCRIBED_BY_DEFAULT_MAX = 100

export class Sessions {
  /** Rings after a heartbeat's commit: the newest figures for whoever watches. */
  onHeartbeat: (state: DeskState, now: number) => void = () => {}
  readonly #ctx: Context
  readonly #connections: Connections
  readonly #native: NativeSessions
  readonly #delivery: CommandDelivery
  readonly #status: Status

  constructor(ctx: Context, parts: SessionParts) {
    this.#ctx = ctx
    this.#connections = parts.connections
    this.#native = parts.native
    this.#delivery = parts.delivery
    this.#status = parts.status
  }

  /** @throws {Refusal} NGTB_OWNER_OTHER, NGTB_JOURNAL_COPY */
  async connect(desk: Desk, hello: ConnectBody, actor: string) {
    // That another EA asked is written down (P14) before it is refused.
    const session = await desk.run((step) => this.#connected(step, hello, actor))
    if ('busy_ms' in session)
      throw new Refusal('NGTB_OWNER_OTHER', undefined, { retry_after_s: Math.ceil(session.busy_ms / 1000) })
    return session
  }

  /**
   * Hello without a key (contract §3). A known login: success, nothing else, no change. An unknown one is enrolled
   * where NGTB_ENROLLMENT allows it, and gets its key here, once.
   * @param peer from where it comes: this machine itself, and without a proxy in between
   * @throws {Refusal} NGTB_ENROLMENT_CLOSED
   */
  async connectWithoutKey(login: string, hello: ConnectBody, peer: { loopback: boolean; direct: boolean }) {
    const { store, clock, desks, keys } = this.#ctx
    const armed = await store.enrolmentArmed(login, clock.now())
    const known = await desks.byNumber(login)
    if (known && !armed && (await keys.isEnrolled(known.account_id))) {
      this.#connections.keyless_hellos.set(known.account_id, clock.now())
      return { subscribed_symbols: [], health_status: {} }
    }
    const open = this.#mayEnrol(peer)
    if (!armed && !open)
      throw new Refusal('NGTB_ENROLMENT_CLOSED', `login ${login} is unknown and may not enrol by itself`)
    const desk = known ?? (await desks.enrol(login, hello.broker ?? '', 'ea'))
    const session = await desk.run((step) => this.#enrolled(step, login, hello, armed))
    if ('api_key' in session) await this.#disarm(desk, login)
    return session
  }

  /** Unasked enrolment is for this machine's own terminals; beyond it only where the setting says so aloud. */
  #mayEnrol(peer: { loopback: boolean; direct: boolean }): boolean {
    const { config } = this.#ctx
    if (config.enrolment !== 'first-connect' || config.NGTB_TRUSTED_PROXY !== null || !peer.direct)
      return false
    return peer.loopback || (!config.loopback && config.NGTB_ENROLLMENT === 'first-connect')
  }

  async #enrolled(step: Step, login: string, hello: ConnectBody, armed: boolean) {
    const { store, keys } = this.#ctx
    const { account_id } = step.account
    // Looked at again, with every step before this one in the ledger: of two first connects only one gets a key,
    // and an arming serves once.
    await step.caughtUp()
    const { enrolling } = step.state
    const still_armed = armed && !enrolling && (await store.enrolmentArmed(login, step.now))
    const known = await keys.isEnrolled(account_id)
    if (known && !still_armed) return { subscribed_symbols: [], health_status: {} }
    step.state.enrolling = true
    const { row, api_key } = keys.issue(step, { account_id, scopes: ['ea:session'], label: 'EA' }, 'ea')
    if (known) await keys.retire(step, account_id, row.key_id, 'ea')
    step.audit('account.enrolled', 'ea', login, { key_id: row.key_id, armed: still_armed, again: known })
    step.effects.push(() =>
      this.#ctx.log.info('EA enrolled: its key was handed out', { ...names(step), key_id: row.key_id }),
    )
    const session = await this.#connected(step, hello, `key:${row.key_id}`)
    // A new key's EA can be a second one, too: it has its key, and asks again with it.
    return 'busy_ms' in session
      ? { subscribed_symbols: [], health_status: {}, api_key }
      : { ...session, api_key }
  }

  /** Disarmed once the key is in the ledger: a step that was lost leaves the operator's arming in place. */
  async #disarm(desk: Desk, login: string): Promise<void> {
    const { store, clock, log } = this.#ctx
    try {
      await store.takeEnrolment(login, clock.now())
    } catch (error) {
      log.warn('the enrolment stays armed until its ten minutes end', { login, error: String(error) })
    }
    if (desk.state) desk.state.enrolling = false
  }

  async #connected(step: Step, hello: ConnectBody, actor: string) {
    const { config } = this.#ctx
    const session = isNativeHello(hello)
      ? await this.#native.connect(step, hello, actor)
      : this.#plainOwner(step, actor)
    if ('busy_ms' in session) return session
    const session_id = this.#connections.connect(step, hello, actor)
    const { account, specs } = step.state
    return {
      session_id,
      account_id: account.account_id,
      subscribed_symbols: subscribed(account.subscribed_symbols, specs),
      health_status: this.#status.view(step.state, step.now),
      ...session,
      settings: {
        heartbeat_interval_sec: config.HEARTBEAT_INTERVAL_SEC,
        command_poll_interval_sec: config.COMMAND_POLL_INTERVAL_SEC,
        trade_sync_interval_sec: config.TRADE_SYNC_INTERVAL_SEC,
        tick_batch_size: config.TICK_BATCH_SIZE,
        tick_batch_interval_sec: config.TICK_BATCH_INTERVAL_SEC,
      },
    }
  }

  /** A plain client on an account that a native EA owns is a second EA (R11); else the account is plain from now on. */
  #plainOwner(step: Step, actor: string): { busy_ms: number } | { protocol?: never } {
    const { connection } = step.state
    const lease_until = ownerLeaseUntil(connection)
    if (connection.protocol === 2 && lease_until !== null && step.now < lease_until) {
      this.#native.contend(step, null, actor)
      return { busy_ms: lease_until - step.now }
    }
    step.saveConnection({ protocol: 1, owner_journal_id: null, owner_seen_at: null, replaying: false })
    return {}
  }

  /** @throws {Refusal} NGTB_FENCED */
  async heartbeat(
    desk: Desk,
    body: HeartbeatBody,
    actor: string,
    session: EaSession | null = null,
  ): Promise<Handout & { sync: boolean }> {
    if (session) await this.#native.heard(desk, session, body, actor)
    return desk.run((step) => {
      requireOwner(step.state, session)
      this.#connections.heartbeat(step, body, actor, session)
      if (session) this.#compare(body, step)
      step.effects.push(() => this.onHeartbeat(step.state, step.now))
      const handout = this.#delivery.claim(step, 'heartbeat', actor, session)
      return { ...handout, sync: session !== null && step.state.connection.drifted }
    })
  }

  /** R13. */
  #compare({ based_on_rev, positions_total, digest }: HeartbeatBody, step: Step): void {
    if (based_on_rev !== step.account.rev || positions_total === undefined || digest === undefined) return
    tellDrift(step, this.#ctx.log, { positions_total, digest }, 'heartbeat')
  }

  /**
   * Most polls find nothing, and then nothing is written: the sign of life goes with the next commit.
   * @throws {Refusal} NGTB_FENCED, also of a poll that waits
   */
  async poll(desk: Desk, poll: Poll, actor: string): Promise<Handout> {
    const { session, wait_ms, gone } = poll
    const until = this.#ctx.clock.now() + wait_ms
    if (session) await this.#native.heard(desk, session, poll.word ?? {}, actor)
    for (;;) {
      const state = await desk.look((picture) => {
        requireOwner(picture, session)
        return picture
      })
      await this.#connections.alive(desk, 'poll', actor, session)
      const now = this.#ctx.clock.now()
      const due = this.#delivery.hasDue(state, session)
      const over = now >= until || gone?.aborted || this.#ctx.bells.stopped
      // A plain client is told nothing here that a commit could take back.
      if (over && !due && session === null) return NOTHING
      if (due || over)
        return desk.run((step) => {
          requireOwner(step.state, session)
          return due && !gone?.aborted
            ? this.#delivery.claim(step, 'poll', actor, session)
            : { commands: [], heads: session ? headsOf(step.state) : null }
        })
      const next = this.#delivery.nextDueAt(state)
      const wake = next === null || next <= now ? until : Math.min(until, next)
      await this.#ctx.bells.wait(desk.account_id, Math.min(wake - now, RENEWAL_MS), gone)
    }
  }
}

export interface Poll {
  /** Null: a plain client. */
  readonly session: EaSession | null
  /** How long to wait for something to do; 0: not at all. */
  readonly wait_ms: number
  /** What a native EA says of the ledger. */
  readonly word?: EaWord
  /** Aborts when the caller hung up: nothing is handed to nobody. */
  readonly gone?: AbortSignal | undefined
}

export interface SessionParts {
  readonly connections: Connections
  readonly native: NativeSessions
  readonly delivery: CommandDelivery
  readonly status: Status
}

const NOTHING: Handout = { commands: [], heads: null }
/** A poll that waits is a sign of life again at least this often: it renews the owner's lease itself. */
const RENEWAL_MS = 5_000

export function subscribed(chosen: readonly string[] | null, specs: ReadonlyMap<string, unknown>): string[] {
  return chosen ? [...chosen] : [...specs.keys()].sort().slice(0, SUBSCRIBED_BY_DEFAULT_MAX)
}
