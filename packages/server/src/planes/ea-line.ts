// The pushing half of an EA's socket (P4, P5): looks again at every bell, hands out under the same lease as a poll.
import { EA_CLOSE, Refusal } from '@ngtb/protocol'
import type { WebSocket } from 'ws'
import type { Desk } from '../services/desk.ts'
import { type EaSession, requireOwner, sessionOf } from '../services/ea-session.ts'
import { type Handout, nativeCommand } from '../services/handout.ts'
import type { PushLine } from '../services/push-lines.ts'
import type { Services } from '../services/services.ts'

/** What a line needs of its socket. */
export type EaWire = Pick<WebSocket, 'readyState' | 'OPEN' | 'bufferedAmount' | 'send' | 'close' | 'ping'>

interface Parts {
  readonly socket: EaWire
  readonly services: Services
  readonly desk: Desk
  readonly actor: string
  /** Rejects when the key was revoked. */
  stillWelcome(): Promise<unknown>
}

/** Well below the owner's lease: its pong renews it. */
const PING_EVERY_TICKS = 5
const TICK_MS = 1_000
/** An EA that does not read gets no more; what it has not read is handed out again when its lease ends. */
const BUFFER_MAX = 256 * 1024

export class EaLine implements PushLine {
  session: EaSession = { journal_id: '', epoch: -1 }
  anchor = { mono_ms: 0, heard_at: 0 }
  readonly #parts: Parts
  #timer: { cancel(): void } | null = null
  #stopListening: (() => void) | null = null
  #ticks = 0
  #claiming = false
  #rung = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = this.#parts.services.timers.after(
      TICK_MS,
      () => void this.#tick().finally(() => this.#again()),
    )
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#stopListening?.()
    this.#stopListening = null
    this.#parts.services.lines.close(this.#parts.desk.account_id, this)
  }

  /** The newest word of the EA: pushes count their time to live from here (P5). */
  anchored(mono_ms: unknown, heard_at: number): void {
    if (typeof mono_ms === 'number' && mono_ms >= this.anchor.mono_ms) this.anchor = { mono_ms, heard_at }
  }

  /** A connect of this socket was accepted: from the first word under its epoch on commands come by themselves. */
  connected(hello: { journal_id?: unknown }, answer: object): void {
    const { epoch } = answer as { epoch?: number }
    const session = sessionOf({
      journal_id: String(hello.journal_id),
      ...(epoch === undefined ? {} : { epoch }),
    })
    if (session === null || epoch === undefined) return // a plain hello: it polls
    this.session = session
    const { services, desk } = this.#parts
    services.lines.open(desk.account_id, this)
    this.#stopListening?.()
    this.#stopListening = services.bells.listen(desk.account_id, () => void this.#look())
    void this.#look()
  }

  /** A pong is a message of the EA: it renews the owner's lease. */
  heard(): void {
    const { services, desk, actor } = this.#parts
    if (this.#open()) services.connections.alive(desk, 'pong', actor, this.session).catch(() => {})
  }

  room(): boolean {
    const { socket } = this.#parts
    return socket.readyState === socket.OPEN && socket.bufferedAmount < BUFFER_MAX
  }

  push({ commands, heads }: Handout): void {
    if (!heads || !this.room()) return // its lease will run out, and it is handed out again
    const { mono_ms, heard_at } = this.anchor
    const message = {
      type: 'commands',
      anchor_ms: mono_ms,
      ...heads,
      commands: commands.map((command) => {
        const { account_id, command_id, attempt } = command
        const sent = nativeCommand(command, heads.generations, heard_at)
        this.#parts.services.wire.note({ account_id, command_id, attempt, direction: 'sent' }, sent)
        return sent
      }),
    }
    this.#parts.socket.send(JSON.stringify(message))
  }

  fenced(): void {
    this.#parts.socket.close(EA_CLOSE.FENCED, 'another session was accepted')
    this.stop()
  }

  /** Owner by what this process knows; the step that hands out asks the ledger. */
  #open(): boolean {
    const { state } = this.#parts.desk
    return this.session.epoch >= 0 && state?.account.epoch === this.session.epoch
  }

  /** Something may be due. Bells that ring meanwhile are one more look. */
  async #look(): Promise<void> {
    this.#rung = true
    if (this.#claiming) return
    this.#claiming = true
    try {
      while (this.#rung && this.session.epoch >= 0) {
        this.#rung = false
        await this.#handOut()
      }
    } catch (error) {
      if (error instanceof Refusal && error.code === 'NGTB_FENCED') this.fenced()
      // Anything else: the next bell or tick looks again.
    } finally {
      this.#claiming = false
    }
  }

  async #handOut(): Promise<void> {
    const { services, desk, actor } = this.#parts
    const state = await desk.ready()
    requireOwner(state, this.session)
    if (!this.room() || !services.delivery.hasDueByItself(state, this.session)) return
    const handout = await desk.run((step) => {
      requireOwner(step.state, this.session)
      return services.delivery.claim(step, 'push', actor, this.session)
    })
    if (handout.commands.length > 0) this.push(handout)
    this.#rung ||= handout.commands.length > 0
  }

  async #tick(): Promise<void> {
    this.#ticks += 1
    const { socket } = this.#parts
    try {
      await this.#parts.stillWelcome()
      if (this.#ticks % PING_EVERY_TICKS === 0 && socket.readyState === socket.OPEN) socket.ping()
    } catch (error) {
      if (error instanceof Refusal && error.http < 500) socket.close(EA_CLOSE.KEY_GONE, error.code)
    }
    await this.#look() // for what a backoff's end, and no bell, makes due
  }

  #again(): void {
    if (this.#timer !== null) this.start()
  }
}
