// The three outboxes of an EA: answers to commands, trade events, log lines.

import type { Gate } from './gate.ts'
import type { Emit, Line, Sent } from './link.ts'
import type { EaAnswer } from './model/ea.ts'
import { type Courier, Outbox } from './outbox.ts'
import type { EaStats } from './stats.ts'
import { logMessage, type Message, responseMessage } from './wire.ts'

type Answered = Message & { command_id: string }
export type LogLevel = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR' | 'CRITICAL'

export interface MailroomContext {
  link: Line
  courier: Courier
  gate: Gate
  stats: EaStats
  emit: Emit
  /** Something left an outbox. */
  onChanged: () => void
  /** One line for a person at this end. */
  print: (line: string) => void
}

export class Mailroom {
  readonly #context: MailroomContext
  readonly #answers: Outbox<Answered>
  readonly #trades: Outbox<Message>
  readonly #logs: Outbox<Message>

  constructor(context: MailroomContext) {
    const { stats, emit } = context
    this.#context = context
    // Answers of different commands are independent; a server commits several of them at the price of one.
    this.#answers = this.#outbox<Answered>(4, ({ command_id }) => {
      stats.responses_acked++
      emit({ type: 'response_acked', command_id })
    })
    this.#trades = this.#outbox<Message>(1, () => stats.trade_events_acked++)
    this.#logs = this.#outbox<Message>(1, () => stats.logs_acked++)
  }

  get pending(): number {
    return this.#answers.pending + this.#trades.pending + this.#logs.pending
  }

  get answers_pending(): number {
    return this.#answers.pending
  }

  answer(command_id: string, answer: EaAnswer): void {
    this.#answers.push({ command_id, ...responseMessage(this.#context.link.account, command_id, answer) })
  }

  trade(message: Message): void {
    this.#trades.push(message)
  }

  log(level: LogLevel, message: string, details: unknown): void {
    this.#context.print(`${level} ${message}`)
    this.#logs.push(logMessage(this.#context.link.account, level, message, details))
  }

  /** The server will never take this message: counted, reported, and out of the way of the next. */
  refused({ endpoint, body }: Message, sent: Sent): void {
    const { stats, emit, print } = this.#context
    const { status = 0, body: reply = null } = sent.reply ?? {}
    stats.refused++
    emit({ type: 'refused', endpoint, status, body, reply })
    // Not to the server when it refused a log line: the complaint about it would be refused as well.
    if (endpoint === 'log') print(`ERROR the server refused a log line: ${sent.cause}`)
    else this.log('ERROR', `the server refused ${endpoint}`, { cause: sent.cause })
  }

  start(): void {
    for (const outbox of [this.#answers, this.#trades, this.#logs]) outbox.start()
  }

  clear(): void {
    for (const outbox of [this.#answers, this.#trades, this.#logs]) outbox.clear()
  }

  #outbox<T extends Message>(concurrency: number, onTaken: (message: T) => void): Outbox<T> {
    const { courier, gate, link, onChanged } = this.#context
    return new Outbox<T>({
      courier,
      concurrency,
      attempt: (message) => gate.shared(() => link.send(message.endpoint, message.body)),
      onSettled: (message, sent) => {
        if (sent.verdict === 'taken') onTaken(message)
        else this.refused(message, sent)
        onChanged()
      },
    })
  }
}
