// What a native EA does by the clock and by the bell: connect, poll, heartbeat, answers, full list, terminal.
//
//   N1. One loop each, one request each; whatever comes in rings whoever may have something to do.

import { Bell } from './clock.ts'
import type { Gate } from './gate.ts'
import { ConnectRefused } from './link.ts'
import { backoffMs } from './model/backoff.ts'
import type { ConnectVerdict, ServerReply } from './model/native/api.ts'
import type { NativeEa } from './model/native/native-ea.ts'
import { NativeFacts } from './native-facts.ts'
import type { NativeLink } from './native-link.ts'
import type { Emit, NativeCadence, NativeDriverOptions, TerminalPort } from './native-options.ts'
import type { EaStats } from './stats.ts'
import { connectFields } from './wire.ts'

const FENCED = 4409
/** Two lists that are to prove an absence are more than 5 s apart (R4). */
const SUSPECT_MS = 5_500

export interface LoopsContext {
  options: NativeDriverOptions
  link: NativeLink
  gate: Gate
  broker: TerminalPort
  stats: EaStats
  emit: Emit
  cadence: NativeCadence
  /** The machine at work; another one after a halt. */
  ea: () => NativeEa
  signal: AbortSignal
}

export class NativeLoops {
  readonly bells = {
    work: new Bell(),
    answers: new Bell(),
    connect: new Bell(),
    poll: new Bell(),
    heartbeat: new Bell(),
    sync: new Bell(),
    events: new Bell(),
    terminal: new Bell(),
  }
  readonly #context: LoopsContext
  readonly #facts: NativeFacts
  #online_waiters: { resolve: () => void; reject: (error: Error) => void }[] = []
  #push_tried_ms = 0
  #status = ''

  constructor(context: LoopsContext) {
    this.#context = context
    this.#facts = new NativeFacts({ ...context, bells: this.bells, ring: () => this.ring() })
  }

  /** A full list now. True: the server took it. */
  syncNow(): Promise<boolean> {
    return this.#facts.syncNow()
  }

  async run(): Promise<void> {
    await Promise.all([
      this.#connecting(),
      this.#polling(),
      this.#beating(),
      this.#answering(),
      this.#syncing(),
      this.#facts.telling(),
      this.#watching(),
    ])
  }

  /** Resolves when the first session stands; rejects when the server is there and says no. */
  whenOnline(): Promise<void> {
    return new Promise((resolve, reject) => this.#online_waiters.push({ resolve, reject }))
  }

  /** Something changed: everybody looks. */
  ringAll(): void {
    this.#noticeStatus()
    for (const bell of Object.values(this.bells)) bell.ring()
  }

  /** After an effect, a reply or a push: who may have something to do now. */
  ring(): void {
    this.#noticeStatus()
    this.bells.work.ring()
    this.bells.answers.ring()
  }

  async #connecting(): Promise<void> {
    const { link, ea, signal } = this.#context
    let failures = 0
    while (!signal.aborted) {
      const wait_ms = ea().connectAt() - link.clock.stamp().mono_ms
      if (wait_ms > 0) {
        await this.bells.connect.wait(wait_ms, link.clock, signal)
        continue
      }
      const verdict = await this.#connect()
      if (signal.aborted) return
      this.ringAll()
      if (verdict === 'accepted' || verdict === 'standby' || verdict === 'copy') failures = 0
      else await link.clock.sleep(backoffMs(failures++, link.backoff, link.random), signal)
    }
  }

  async #connect(): Promise<ConnectVerdict | null> {
    const { options, link, broker, ea, signal } = this.#context
    const enrols = link.api_key === null
    const socket = options.push === true ? await link.openSocket(this.#handlers()) : null
    this.#push_tried_ms = link.clock.now()
    if (signal.aborted) return null
    link.use(socket)
    const sent = link.clock.stamp()
    const fields = ea().connectFields(sent)
    if (fields === null) return null
    const plain = connectFields(
      link.account,
      options.broker_name ?? 'Pepperstone',
      link.clock.now(),
      broker.symbols,
    )
    const account_info = broker.info?.()
    const reply = await link.say('connect', { ...plain, ...(account_info && { account_info }), ...fields })
    if (reply === null || signal.aborted) return null
    const verdict = this.#connected(reply, sent)
    // A socket needs the key, which only just came: once more, with it.
    if (verdict === 'accepted' && enrols && options.push === true) ea().linkLost(link.clock.stamp())
    return verdict
  }

  #connected(reply: ServerReply, sent: ReturnType<NativeLink['clock']['stamp']>): ConnectVerdict {
    const { link, ea, emit, stats } = this.#context
    const { api_key } = (reply.body ?? {}) as { api_key?: unknown }
    if (typeof api_key === 'string' && api_key !== '') link.api_key = api_key
    const verdict = ea().connected(reply, sent, link.clock.stamp())
    if (verdict === 'accepted') {
      stats.connects++
      emit({ type: 'connected', epoch: ea().epoch, push: link.has_socket })
    }
    if (verdict === 'standby' || verdict === 'copy') emit({ type: verdict })
    if (verdict !== 'accepted') link.use(null)
    if (verdict === 'refused' || verdict === 'plain') {
      const why =
        verdict === 'plain' ? 'the server takes no protocol 2 from here: give the api_key' : 'refused'
      for (const { reject } of this.#online_waiters.splice(0)) reject(new ConnectRefused(reply.http, why))
    }
    return verdict
  }

  #handlers() {
    const { link, ea, emit, signal } = this.#context
    return {
      onPush: (message: unknown) => {
        if (signal.aborted) return
        const { commands } = (message ?? {}) as { commands?: unknown[] }
        this.#received(Array.isArray(commands) ? commands.length : 0, true)
        ea().pushed(message, link.clock.stamp())
        this.ring()
      },
      onPing: () => ea().alive(link.clock.stamp()),
      onGone: (code: number) => {
        if (signal.aborted) return
        emit({ type: 'link_lost', cause: `the socket closed with ${code}` })
        if (code === FENCED) ea().fenced(link.clock.stamp())
        else ea().linkLost(link.clock.stamp())
        this.ringAll()
      },
    }
  }

  async #polling(): Promise<void> {
    const { link, cadence, options, signal } = this.#context
    let failures = 0
    while (!signal.aborted) {
      if (!(await this.#whenPolling())) continue
      const again = options.push === true && link.clock.now() - this.#push_tried_ms >= pushRetryMs(options)
      if (again) {
        // A new session, this time by the socket if it can be had.
        this.#context.ea().linkLost(link.clock.stamp())
        this.ringAll()
        continue
      }
      const taken = await this.#poll()
      failures = taken ? 0 : failures + 1
      const quick = taken && cadence.wait_ms > 0
      const wait_ms = taken ? cadence.poll_ms : backoffMs(failures - 1, link.backoff, link.random)
      await this.bells.poll.wait(quick ? 0 : wait_ms, link.clock, signal)
    }
  }

  /** True: online, and no socket brings the commands. */
  async #whenPolling(): Promise<boolean> {
    const { link, ea, signal } = this.#context
    if (ea().status === 'online' && !link.has_socket) return true
    await this.bells.poll.wait(Number.POSITIVE_INFINITY, link.clock, signal)
    return false
  }

  async #poll(): Promise<boolean> {
    const { link, ea, cadence, stats } = this.#context
    const sent = link.clock.stamp()
    const session = ea().sessionFields(sent)
    if (session === null) return false
    const wait = cadence.wait_ms > 0 ? { wait_ms: cadence.wait_ms } : {}
    const reply = await link.say('get_commands', { ...session, ...wait })
    if (reply?.http === 200) stats.polls++
    return this.#heard(reply, sent)
  }

  async #beating(): Promise<void> {
    const { link, ea, broker, cadence, stats, signal } = this.#context
    while (!signal.aborted) {
      if (ea().status !== 'online') {
        await this.bells.heartbeat.wait(Number.POSITIVE_INFINITY, link.clock, signal)
        continue
      }
      const figures = await Promise.resolve(broker.account()).catch(() => null)
      const sent = link.clock.stamp()
      const session = ea().sessionFields(sent)
      if (session !== null && figures !== null) {
        const latency_ms = Math.round(link.latency_ms * 1000) / 1000
        const agreement = await this.#facts.agreement()
        const word = { ...ea().terminalWord(), ...agreement }
        const reply = await link.say('heartbeat', { ...figures, latency_ms, ...session, ...word })
        if (reply?.http === 200) stats.heartbeats++
        this.#heard(reply, sent)
        if ((reply?.body as { sync?: unknown } | null)?.sync === true) this.bells.sync.ring()
      }
      await this.bells.heartbeat.wait(cadence.heartbeat_ms, link.clock, signal)
    }
  }

  #heard(reply: ServerReply | null, sent: ReturnType<NativeLink['clock']['stamp']>): boolean {
    const { link, ea, signal } = this.#context
    if (reply === null || signal.aborted) return false
    const { commands } = (reply.body ?? {}) as { commands?: unknown[] }
    if (Array.isArray(commands)) this.#received(commands.length, false)
    ea().polled(reply, sent, link.clock.stamp())
    this.ring()
    return reply.http === 200
  }

  #received(count: number, push: boolean): void {
    const { stats, emit } = this.#context
    stats.commands_received += count
    if (count > 0) emit({ type: 'received', count, push })
  }

  async #answering(): Promise<void> {
    const { link, ea, gate, signal } = this.#context
    while (!signal.aborted) {
      const now = link.clock.stamp()
      const answers = ea().answersDue(now)
      if (answers.length === 0) {
        await this.bells.answers.wait(Math.max(1, ea().answersAt() - now.mono_ms), link.clock, signal)
        continue
      }
      const reply = await gate.shared(async () => {
        const session = ea().sessionFields(link.clock.stamp())
        const [first] = answers
        if (session === null || first === undefined) return null
        return answers.length === 1
          ? link.say('command_response', { ...session, ...first })
          : link.say('command_responses', { ...session, responses: answers })
      })
      if (reply === null || signal.aborted) continue
      ea().acked(answers, reply, link.clock.stamp())
      this.#answered(answers, reply)
      this.ring()
    }
  }

  #answered(answers: readonly { command_id: string }[], reply: ServerReply): void {
    const { stats, emit } = this.#context
    if (reply.http !== 200) return
    stats.responses_acked += answers.length
    emit({ type: 'answered', command_ids: answers.map(({ command_id }) => command_id) })
  }

  async #syncing(): Promise<void> {
    const { link, ea, cadence, signal } = this.#context
    while (!signal.aborted) {
      if (ea().status === 'online') {
        const taken = await this.syncNow()
        const next_ms =
          ea().snapshots.suspects.length > 0 ? Math.min(SUSPECT_MS, cadence.sync_ms) : cadence.sync_ms
        const wait_ms = taken ? next_ms : backoffMs(1, link.backoff, link.random)
        await this.bells.sync.wait(wait_ms, link.clock, signal)
      } else await this.bells.sync.wait(Number.POSITIVE_INFINITY, link.clock, signal)
    }
  }

  async #watching(): Promise<void> {
    const { broker, ea, link, cadence, signal } = this.#context
    while (!signal.aborted) {
      const state = await Promise.resolve(broker.terminal()).catch(() => null)
      if (signal.aborted) return
      if (state !== null) {
        const before = JSON.stringify(ea().terminalWord())
        ea().terminal(state, link.clock.stamp())
        this.bells.work.ring()
        // The server hears at once that the terminal can't trade, or can again.
        if (JSON.stringify(ea().terminalWord()) !== before) this.bells.heartbeat.ring()
      }
      await this.bells.terminal.wait(cadence.terminal_ms, link.clock, signal)
    }
  }

  #noticeStatus(): void {
    const { ea, link, emit } = this.#context
    const { status } = ea()
    if (status === this.#status) return
    this.#status = status
    link.setUp(status === 'online')
    if (status === 'halted') emit({ type: 'halted' })
    if (status === 'online') for (const { resolve } of this.#online_waiters.splice(0)) resolve()
    for (const bell of Object.values(this.bells)) bell.ring()
  }
}

const pushRetryMs = ({ push_retry_ms = 60_000 }: NativeDriverOptions): number => push_retry_ms
