// The desk of connections: hello, heartbeat, goodbye, silence (contract §9).
import {
  canonical,
  failure,
  goodbye,
  heartbeat as heartbeatHealth,
  hello as helloWord,
  isHealthy,
  isOwner,
  learnOffset,
  nextFailureAt,
  said,
  signOfLife,
  type TerminalFacts,
  type TimeBasis,
} from '@ngtb/core'
import {
  type ConnectBody,
  type HeartbeatBody,
  readAccountInfo,
  type SymbolSpec,
  type TerminalWord,
} from '@ngtb/protocol'
import type { Connection } from '../ports.ts'
import type { Context } from './context.ts'
import type { Desk } from './desk.ts'
import type { EaSession } from './ea-session.ts'
import type { Step } from './step.ts'

export class Connections {
  readonly #ctx: Context
  /** Per account: the newest tick time seen, and the offset being learned. */
  readonly #learning = new Map<number, { newest_ms: number; agreed: number; candidate: number }>()

  /** Newest hello without a key, of known logins: for who asks why an EA is silent. */
  readonly keyless_hellos = new Map<number, number>()

  constructor(ctx: Context) {
    this.#ctx = ctx
  }

  /** Hello of an EA, within `step`. Answers the session. */
  connect(
    step: Step,
    hello: Pick<
      ConnectBody,
      'broker' | 'platform' | 'available_symbols' | 'account_info' | keyof TerminalWord
    >,
    actor: string,
  ): string {
    const { state, now } = step
    const session_id = this.#ctx.ids.uuid()
    const before = state.connection.state
    const { info, dropped } = readAccountInfo(hello.account_info)
    const news = info !== null && canonical(info) !== canonical(state.connection.account_info)
    step.saveConnection({
      ...signOfLife(state.connection, now),
      session_id,
      connected_at: now,
      platform: hello.platform ?? null,
      account_info: info ?? state.connection.account_info,
      // An EA of the older dialect says hello without its key: whoever has one here speaks the published words.
      dialect: null,
    })
    this.#terminalSaid(step, helloWord(state.connection, hello, now), actor)
    if (hello.broker && hello.broker !== state.account.broker) step.saveAccount({ broker: hello.broker })
    const symbols = this.#saveSpecs(step, hello.available_symbols ?? [])
    step.audit('connection.connected', actor, null, {
      session_id,
      before,
      protocol: state.connection.protocol,
      broker: state.account.broker,
      platform: hello.platform ?? null,
      ...(news && { account_info: info }),
      symbols,
    })
    if (dropped.length > 0)
      step.effects.push(() =>
        this.#ctx.log.warn('account_info says what can not be read', { ...names(step), dropped }),
      )
    step.effects.push(() => this.#ctx.log.info('EA connected', { ...names(step), session_id, symbols }))
    return session_id
  }

  #saveSpecs(step: Step, available: NonNullable<ConnectBody['available_symbols']>): number {
    for (const entry of available) {
      const spec: SymbolSpec =
        typeof entry === 'string' ? { ...step.state.specs.get(entry), symbol: entry } : entry
      if (JSON.stringify(step.state.specs.get(spec.symbol)) !== JSON.stringify(spec))
        step.saveSpec(spec.symbol, spec)
    }
    return available.length
  }

  /** A heartbeat, within `step`; the commands that it fetches are the command desk's part. */
  heartbeat(step: Step, body: HeartbeatBody, actor: string, session: EaSession | null = null): void {
    const { state, now } = step
    this.#tellReturn(step, actor)
    const figures: { -readonly [K in keyof Connection]?: Connection[K] } = {}
    for (const field of ['balance', 'equity', 'margin', 'free_margin', 'open_positions'] as const)
      if (body[field] !== undefined) figures[field] = body[field]
    step.saveConnection({
      ...heartbeatHealth(state.connection, now, this.#ctx.health, body.latency_ms),
      ...figures,
      ...ownerSeen(session, now),
    })
    this.#terminalSaid(step, said(state.connection, body, now), actor)
    state.count('heartbeat', now)
  }

  /** What the EA says of its terminal (contract §9): a change is written down, and worth a warning. */
  #terminalSaid(step: Step, facts: TerminalFacts, actor: string): void {
    const before = step.state.connection
    const { terminal_connected, trade_blocked_by } = facts
    const same =
      terminal_connected === before.terminal_connected && trade_blocked_by === before.trade_blocked_by
    if (same) return
    step.saveConnection(facts)
    step.audit('connection.terminal', actor, null, { terminal_connected, trade_blocked_by })
    const trouble = terminal_connected === false || (trade_blocked_by ?? []).length > 0
    const told = { ...names(step), terminal_connected, trade_blocked_by }
    step.effects.push(() =>
      trouble
        ? this.#ctx.log.warn('the terminal can not trade now', told)
        : this.#ctx.log.info('what the terminal says of itself changed', told),
    )
  }

  /** Any other authenticated request: a sign of life, kept in memory until the next commit or flush. */
  async alive(
    desk: Desk,
    kind: string,
    actor: string,
    session: EaSession | null = null,
    times = 1,
  ): Promise<void> {
    const state = await desk.ready()
    if (state.connection.state !== 'connected') {
      await desk.run((step) => this.seen(step, kind, actor, session, times))
      return
    }
    const now = this.#ctx.clock.now()
    state.count(kind, now, times)
    state.connection = {
      ...state.connection,
      ...signOfLife(state.connection, now),
      ...ownerSeen(session, now),
    }
    state.connection_dirty = true
  }

  /** The same, within a step that writes anyway: its row only if the EA was silent before. */
  seen(step: Step, kind: string, actor: string, session: EaSession | null = null, times = 1): void {
    const was_here = step.state.connection.state === 'connected'
    this.#tellReturn(step, actor)
    const news = { ...signOfLife(step.state.connection, step.now), ...ownerSeen(session, step.now) }
    if (was_here) step.noteConnection(news)
    else step.saveConnection(news)
    step.state.count(kind, step.now, times)
  }

  /** A fact of the EA: it lives; its lease is renewed only if it is the owner's (P9 takes facts from everyone). */
  heard(step: Step, kind: string, actor: string, session: EaSession | null): void {
    const owner = session !== null && isOwner(session, step.state.connection, step.account)
    this.seen(step, kind, actor, owner ? session : null)
  }

  /** A clean end. Said by an EA that is not the account's it changes nothing: the owner keeps its lease (R11). */
  goodbye(step: Step, reason: string, actor: string, session: EaSession | null): void {
    const { connection } = step.state
    const own = session ? isOwner(session, connection, step.account) : connection.protocol !== 2
    if (!own) return
    // An owner that leaves lets the next one in at once.
    step.saveConnection({
      ...goodbye(signOfLife(step.state.connection, step.now), step.now),
      owner_seen_at: null,
    })
    step.audit('connection.disconnected', actor, null, { reason })
    step.effects.push(() => this.#ctx.log.info('EA disconnected', { ...names(step), reason }))
  }

  /** The moment at which silence becomes a failure (H4), or null. */
  nextDeadline(connection: Connection): number | null {
    return nextFailureAt(connection, this.#ctx.health)
  }

  /** Records the silent intervals that have ended. */
  recordSilence(step: Step): void {
    const due = nextFailureAt(step.state.connection, this.#ctx.health)
    if (due === null || step.now < due) return
    const before = step.state.connection
    const after = failure(before, step.now, this.#ctx.health)
    step.saveConnection(after)
    const facts = {
      state: after.state,
      consecutive_failures: after.consecutive_failures,
      health_score: after.health_score,
      silent_ms: step.now - (before.last_seen_at ?? step.now),
    }
    step.audit('connection.degraded', 'server', null, facts)
    step.effects.push(() =>
      this.#ctx.log.warn(after.state === 'failed' ? 'connection failed' : 'connection degraded', {
        ...names(step),
        ...facts,
      }),
    )
  }

  /** Learns the broker's offset from a fresh tick (contract §8); a new one is a version of its own. */
  async learnOffset(desk: Desk, newest_ms: number, received_at: number): Promise<void> {
    const connection = (await desk.ready()).connection
    const learned = this.#learning.get(desk.account_id) ?? {
      newest_ms: 0,
      agreed: 0,
      candidate: connection.broker_offset_min,
    }
    if (newest_ms <= learned.newest_ms) return // frozen quotes teach nothing
    const now_known = {
      minutes: connection.broker_offset_min,
      basis: connection.time_basis as TimeBasis,
      agreed: learned.agreed,
      candidate: learned.candidate,
    }
    const next = learnOffset(now_known, newest_ms, received_at)
    this.#learning.set(desk.account_id, { newest_ms, agreed: next.agreed, candidate: next.candidate })
    if (next.minutes === connection.broker_offset_min && next.basis === connection.time_basis) return
    await desk.run((step) => {
      step.saveConnection({ broker_offset_min: next.minutes, time_basis: next.basis })
      step.saveOffset({ valid_from: received_at, minutes: next.minutes, basis: next.basis })
      step.audit('time.offset', 'server', null, { minutes: next.minutes, basis: next.basis })
    })
  }

  healthy(connection: Connection): boolean {
    return isHealthy(connection, this.#ctx.clock.now(), this.#ctx.health)
  }

  #tellReturn(step: Step, actor: string): void {
    const { state } = step.state.connection
    if (state === 'connected') return
    step.audit('connection.connected', actor, null, { before: state })
    step.effects.push(() => this.#ctx.log.info('EA is back', { ...names(step), before: state }))
  }
}

/** Any message of the owner's renews its lease (contract §1). @param session checked to be the owner's, or null */
const ownerSeen = (session: EaSession | null, now: number) => (session ? { owner_seen_at: now } : {})

/** Both names of the step's account, for a log line. */
export const names = (step: Step) => ({
  account_id: step.account.account_id,
  account_number: step.account.account_number,
})
