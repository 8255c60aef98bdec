// An EA's session: hello with or without a key, heartbeat and poll with what they fetch.
import type { Command } from '@ngtb/core'
import { type ConnectBody, type HeartbeatBody, Refusal } from '@ngtb/protocol'
import type { Commands } from './commands.ts'
import { type Connections, names } from './connections.ts'
import type { Context } from './context.ts'
import type { Desk } from './desk.ts'
import type { DeskState } from './desk-state.ts'
import type { Step } from './step.ts'
import { connectionView } from './views.ts'

/** How many symbols an EA is told to stream when nobody chose. */
const SUBSCRIBED_BY_DEFAULT_MAX = 100

export class Sessions {
  /** Rings after a heartbeat's commit: the newest figures for whoever watches. */
  onHeartbeat: (state: DeskState, now: number) => void = () => {}
  readonly #ctx: Context
  readonly #connections: Connections
  readonly #commands: Commands

  constructor(ctx: Context, connections: Connections, commands: Commands) {
    this.#ctx = ctx
    this.#connections = connections
    this.#commands = commands
  }

  async connect(desk: Desk, hello: ConnectBody, actor: string) {
    return desk.run((step) => this.#connected(step, hello, actor))
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
    if (known && !armed && (await keys.isEnrolled(known.account_id)))
      return { subscribed_symbols: [], health_status: {} }
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
    return { ...this.#connected(step, hello, `key:${row.key_id}`), api_key }
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

  #connected(step: Step, hello: ConnectBody, actor: string) {
    const { config } = this.#ctx
    const session_id = this.#connections.connect(step, hello, actor)
    const { account, connection, specs } = step.state
    return {
      session_id,
      account_id: account.account_id,
      subscribed_symbols: subscribed(account.subscribed_symbols, specs),
      health_status: connectionView(account, connection, step.now, this.#ctx.health, 0),
      settings: {
        heartbeat_interval_sec: config.HEARTBEAT_INTERVAL_SEC,
        command_poll_interval_sec: config.COMMAND_POLL_INTERVAL_SEC,
        trade_sync_interval_sec: config.TRADE_SYNC_INTERVAL_SEC,
        tick_batch_size: config.TICK_BATCH_SIZE,
        tick_batch_interval_sec: config.TICK_BATCH_INTERVAL_SEC,
      },
    }
  }

  async heartbeat(desk: Desk, body: HeartbeatBody, actor: string): Promise<Command[]> {
    return desk.run((step) => {
      this.#connections.heartbeat(step, body, actor)
      step.effects.push(() => this.onHeartbeat(step.state, step.now))
      return this.#commands.claim(step, 'heartbeat', actor)
    })
  }

  /** Most polls find nothing, and then nothing is written: the sign of life goes with the next commit. */
  async poll(desk: Desk, actor: string): Promise<Command[]> {
    await this.#connections.alive(desk, 'poll', actor)
    if (!this.#commands.hasDue(desk)) return []
    return desk.run((step) => this.#commands.claim(step, 'poll', actor))
  }
}

export function subscribed(chosen: readonly string[] | null, specs: ReadonlyMap<string, unknown>): string[] {
  return chosen ? [...chosen] : [...specs.keys()].sort().slice(0, SUBSCRIBED_BY_DEFAULT_MAX)
}
