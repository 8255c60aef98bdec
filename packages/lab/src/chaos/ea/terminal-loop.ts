// A terminal with its native EA at work: one thread, as MetaTrader has, and one thing at a time.
//
//   L1. Effects, then words to the server, then a list of positions; a list is never older than a fact sent before it.
//   L2. Nothing here decides anything about a command: NativeEa does.
import { type Effect, NativeEa, openedFrom, type Position, type ServerReply, type Stamp } from '@ngtb/ea-sim'
import { type Answer, plainInt64 } from '@ngtb/protocol'
import type { PortNumbers } from '@ngtb/server'
import { RemoteBroker } from '../broker/remote-port.ts'
import { type Channel, HttpChannel, LineChannel, post } from './channel.ts'
import { EaCrash } from './crash.ts'
import { perform } from './effects.ts'
import { JournalFile } from './journal-file.ts'

export interface TerminalOrder {
  readonly login: string
  readonly api_key: string
  readonly ports: PortNumbers
  readonly broker_port: number
  readonly folder: string
  readonly settle_ms: number
  readonly poll_interval_ms: number
  readonly push: boolean
}

const SYNC_EVERY_MS = 300
const HEARTBEAT_EVERY_MS = 1_000
/** Commands come by themselves; a poll only catches what a full line could not. */
const POLL_BESIDE_PUSH_MS = 500
const AGAIN_MS = 50
const FENCED = 4409
const BROKER = 'Chaos'

export class TerminalLoop {
  readonly crash = new EaCrash()
  readonly #order: TerminalOrder
  readonly #journal: JournalFile
  readonly #broker: RemoteBroker
  readonly #ea: NativeEa
  readonly #types = new Map<string, string>()
  #channel: Channel | null = null
  #due = { poll: 0, heartbeat: 0, sync: 0, connect: 0 }
  #wake: () => void = () => {}

  constructor(order: TerminalOrder) {
    const { login, broker_port, folder, settle_ms, poll_interval_ms } = order
    this.#order = order
    this.#journal = new JournalFile(folder)
    this.#broker = new RemoteBroker(login, broker_port)
    this.#ea = new NativeEa({
      ...openedFrom(this.#journal.text()),
      // The machine goes on when a process of it dies.
      boot_id: 'this machine',
      binding: { login, trade_server: BROKER, folder },
      settle_ms,
      poll_interval_ms,
      random: Math.random,
      now: stamp(),
    })
  }

  get status() {
    return { status: this.#ea.status, epoch: this.#ea.epoch, unanswered: this.#ea.answers_waiting }
  }

  async run(): Promise<never> {
    for (;;) {
      await this.#terminal()
      await this.#effects()
      await this.#connect()
      await this.#answer()
      await this.#poll()
      await this.#sync()
      await this.#sleep()
    }
  }

  async #terminal(): Promise<void> {
    const state = await this.#broker.terminal().catch(() => null)
    if (state) this.#ea.terminal(state, stamp())
  }

  async #effects(): Promise<void> {
    const { crash } = this
    const parts = { ea: this.#ea, journal: this.#journal, broker: this.#broker, crash }
    const sync = () => this.#sendList()
    for (;;) {
      const effect: Effect | null = this.#ea.nextEffect(stamp())
      if (effect === null) return
      this.#ea.effectDone(effect, await perform(effect, { ...parts, sync }), stamp())
    }
  }

  async #connect(): Promise<void> {
    if (stamp().mono_ms < this.#due.connect) return
    const sent = stamp()
    const fields = this.#ea.connectFields(sent)
    if (fields === null) return
    this.#due.connect = sent.mono_ms + AGAIN_MS
    this.#channel?.close()
    this.#channel = await this.#open()
    if (this.#channel === null) return
    const body = { account: this.#account, broker: BROKER, platform: 'MT5', ...fields }
    const reply = await this.#channel.say('connect', body)
    if (reply) this.#ea.connected(reply, sent, stamp())
  }

  async #open(): Promise<Channel | null> {
    const { api_key, ports, push } = this.#order
    const where = { api_key, port: ports.command }
    if (!push) return new HttpChannel(where)
    return LineChannel.open(where, {
      commands: (message) => void this.#pushed(message),
      alive: () => this.#ea.alive(stamp()),
      lost: (code) => {
        if (code === FENCED) this.#ea.fenced(stamp())
        else this.#ea.linkLost(stamp())
        this.#wake()
      },
    })
  }

  async #pushed(message: unknown): Promise<void> {
    await this.#received(message)
    this.#ea.pushed(message, stamp())
    this.#wake()
  }

  async #received(body: unknown): Promise<void> {
    const { commands = [] } = (body ?? {}) as { commands?: { id: string; type: string }[] }
    for (const { id, type } of commands) this.#types.set(id, type)
    await this.crash.at(
      'K10',
      commands.map(({ type }) => type),
    )
  }

  async #poll(): Promise<void> {
    const now = stamp().mono_ms
    const word =
      now >= this.#due.heartbeat ? 'heartbeat' : now >= this.#due.poll ? ('get_commands' as const) : null
    if (word === null || this.#ea.status !== 'online') return
    const sent = stamp()
    const session = this.#ea.sessionFields(sent)
    if (session === null) return
    this.#due.poll = now + (this.#order.push ? POLL_BESIDE_PUSH_MS : this.#order.poll_interval_ms)
    if (word === 'heartbeat') this.#due.heartbeat = now + HEARTBEAT_EVERY_MS
    const reply = await this.#say(word, { account: this.#account, ...session })
    if (!reply) return
    await this.#received(reply.body)
    this.#ea.polled(reply, sent, stamp())
  }

  /** Facts go out under the last epoch, too, connected or not. */
  async #answer(): Promise<void> {
    const answers: Answer[] = this.#ea.answersDue(stamp())
    const session = answers.length === 0 ? null : this.#ea.sessionFields(stamp())
    const [first] = answers
    if (first === undefined || session === null) return
    const results = answers.filter(({ status }) => status !== 'progress')
    await this.crash.at(
      'K15',
      results.map(({ command_id }) => this.#types.get(command_id) ?? ''),
    )
    const body = { account: this.#account, ...session }
    const reply =
      answers.length === 1
        ? await this.#say('command_response', { ...body, ...first })
        : await this.#say('command_responses', { ...body, responses: answers })
    if (reply) this.#ea.acked(answers, reply, stamp())
  }

  async #sync(): Promise<void> {
    const now = stamp().mono_ms
    if (now < this.#due.sync || this.#ea.status !== 'online' || this.#ea.answers_waiting > 0) return
    this.#due.sync = now + SYNC_EVERY_MS
    await this.#sendList()
  }

  async #sendList(): Promise<boolean> {
    const seen = await this.#broker.look({ what: 'scope', symbol: null, strategy_no: null }).catch(() => null)
    if (!seen?.terminal.connected) return false
    const { api_key, ports } = this.#order
    const body = { account: this.#account, trades: seen.positions.map(listed) }
    const reply = await post({ api_key, port: ports.trades }, '/api/trades/sync', body)
    return reply?.http === 200
  }

  async #say(word: Parameters<Channel['say']>[0], body: object): Promise<ServerReply | null> {
    const reply = await (this.#channel?.say(word, body) ?? null)
    // A line that is silent is no line.
    if (reply === null && this.#order.push) {
      this.#channel?.close()
      this.#ea.linkLost(stamp())
    }
    return reply
  }

  get #account() {
    return plainInt64(this.#order.login)
  }

  /** Until something is due, or comes in. */
  async #sleep(): Promise<void> {
    const now = stamp()
    const next = Math.min(this.#ea.wakeAt(now), this.#due.poll, now.mono_ms + this.#order.poll_interval_ms)
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      setTimeout(resolve, Math.max(1, next - now.mono_ms))
    })
  }
}

const listed = (position: Position) => ({
  ticket: plainInt64(position.ticket),
  symbol: position.symbol,
  direction: position.direction,
  volume: position.volume,
  open_price: position.open_price,
  open_time: position.open_time_ms,
  sl: position.sl,
  tp: position.tp,
  profit: position.profit,
  swap: position.swap,
  commission: position.commission,
  comment: position.comment,
  ...(position.magic === '0' ? {} : { magic: plainInt64(position.magic) }),
})

/** One monotonic clock for the whole machine: a journal's times mean the same to the next process. */
const stamp = (): Stamp => ({
  mono_ms: Number(process.hrtime.bigint() / 1000n) / 1000,
  wall_ms: Date.now(),
})
