// Where received commands are carried out: one after another, each with exactly one answer.

import type { Emit } from './link.ts'
import type { Mailroom } from './mailroom.ts'
import type { EaCommand, ReferenceEa } from './model/ea.ts'
import type { EaStats } from './stats.ts'

export interface DeskContext {
  ea: ReferenceEa
  mailroom: Mailroom
  stats: EaStats
  emit: Emit
  /** Answers that may wait for the server; beyond, commands are left alone. */
  answers_max: number
}

export class CommandDesk {
  readonly #context: DeskContext

  constructor(context: DeskContext) {
    this.#context = context
  }

  /** Takes `commands[]` of a poll's or a heartbeat's reply, whatever is in it. */
  receive(commands: unknown): void {
    if (!Array.isArray(commands)) return
    for (const command of commands as unknown[]) this.#receiveOne(command)
  }

  #receiveOne(command: unknown): void {
    const { stats, mailroom, answers_max } = this.#context
    stats.commands_received++
    if (!isCommand(command)) {
      stats.commands_malformed++
      mailroom.log('ERROR', 'a command without id or type', { command })
      return
    }
    // Executing what can't be answered would leave the server guessing. It hands the command out again.
    if (mailroom.answers_pending >= answers_max) stats.commands_deferred++
    else this.#execute(command)
  }

  #execute(command: EaCommand): void {
    const { ea, mailroom, stats, emit } = this.#context
    const { answer, repeated } = ea.handle(command)
    if (repeated) stats.commands_repeated++
    else if (answer.status === 'completed') stats.commands_executed++
    else {
      stats.commands_failed++
      mailroom.log('WARNING', `${command.type} ${command.id} failed`, answer.response)
    }
    mailroom.answer(command.id, answer)
    emit({ type: 'command', command, answer, repeated })
  }
}

function isCommand(command: unknown): command is EaCommand {
  const { id, type } = (command ?? {}) as Partial<EaCommand>
  return typeof id === 'string' && id !== '' && typeof type === 'string'
}
