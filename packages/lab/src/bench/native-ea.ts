// A native EA that is nothing but a socket: it takes what is pushed, notes when, and answers many at once.
import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import { nowMs } from '../support/measure.ts'
import { nextTicket } from './stage.ts'

interface Pushed {
  readonly id: string
  readonly type: string
  readonly ticket?: string
}

/** Called for each pushed command, at once; `at` on the clock of `nowMs`. */
export type Arrived = (command: Pushed, at: number) => void

export class NativeEa {
  arrived: Arrived = () => {}
  /** An answer that the server acknowledged as committed. */
  acknowledged: (command_id: string) => void = () => {}
  readonly #socket: WebSocket
  readonly #journal_id = randomUUID()
  #epoch = 0
  #ref = 0
  #answers: object[] = []
  readonly #waiting = new Map<number, (reply: Record<string, unknown>) => void>()

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data) => this.#hear(String(data)))
    socket.on('error', () => {}) // the close that follows says it
  }

  static async connect(port: number, login: number, key: string): Promise<NativeEa> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/ea`, { headers: { 'x-api-key': key } })
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve())
      socket.once('error', reject)
    })
    const ea = new NativeEa(socket)
    const reply = await ea.#say('connect', {
      account: login,
      protocol: 2,
      journal_id: ea.#journal_id,
      last_epoch: 0,
      poll_interval_ms: 20_000, // a lease long enough for a slow machine: nothing is asked for twice
    })
    if (reply.http !== 200) throw new Error(`connect was refused: ${JSON.stringify(reply)}`)
    ea.#epoch = reply.epoch as number
    await ea.#say('heartbeat', {}) // nothing is pushed before the first word under the epoch
    return ea
  }

  close(): void {
    this.#socket.close()
  }

  #hear(text: string): void {
    const message = JSON.parse(text) as { type: string; ref: number; commands: Pushed[] }
    if (message.type === 'reply') {
      this.#waiting.get(message.ref)?.(message as never)
      this.#waiting.delete(message.ref)
      return
    }
    const at = nowMs()
    for (const command of message.commands) {
      this.arrived(command, at)
      this.#answers.push(answerTo(command))
    }
    // All that one push brought is answered by one message, as an EA's journal would have it.
    if (this.#answers.length > 0) void this.#answer(this.#answers.splice(0))
  }

  async #answer(responses: object[]): Promise<void> {
    const reply = await this.#say('command_responses', { responses })
    if (reply.http !== 200) throw new Error(`answers were refused: ${JSON.stringify(reply)}`)
    for (const { command_id } of reply.results as { command_id: string }[]) this.acknowledged(command_id)
  }

  #say(type: string, body: object): Promise<Record<string, unknown>> {
    const ref = ++this.#ref
    const session = this.#epoch > 0 ? { journal_id: this.#journal_id, epoch: this.#epoch } : {}
    this.#socket.send(JSON.stringify({ type, ref, mono_ms: Math.round(nowMs()), ...session, ...body }))
    return new Promise((resolve) => this.#waiting.set(ref, resolve))
  }
}

/** As if it was done: an OPEN gets a new ticket. Evidence `journal`: we did it ourselves. */
function answerTo({ id, type, ticket }: Pushed): object {
  const response =
    type === 'OPEN_TRADE'
      ? { ticket: String(nextTicket()), open_price: 1.09, retcode: 10009 }
      : { ticket, retcode: 10009 }
  return { command_id: id, status: 'completed', response, evidence: 'journal' }
}
