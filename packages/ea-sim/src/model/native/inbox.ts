// What to do with a command that came in: it is new, it is in hand, or it was answered before.

import type { AnswerBox } from './answer-box.ts'
import type { Received } from './commands-in.ts'
import type { Job } from './flow.ts'
import type { JournalState } from './journal-state.ts'
import { answerOf } from './office.ts'
import type { Scheduler } from './scheduler.ts'
import type { Stamp } from './stamp.ts'
import type { TimesAtEa } from './times.ts'

export interface InboxParts {
  journal: JournalState
  scheduler: Scheduler
  box: AnswerBox
  times: TimesAtEa
  now: () => Stamp
}

export class Inbox {
  readonly #parts: InboxParts

  constructor(parts: InboxParts) {
    this.#parts = parts
  }

  /** `from`: the moment from which its time to live counts. */
  receive({ command, ttl_ms }: Received, from: Stamp): void {
    const { journal, scheduler, box, times } = this.#parts
    const job = scheduler.find(command.id)
    const deadline = { from, ttl_ms, heard: this.#parts.now() }
    if (job !== null) {
      // What goes on from the journal was begun on another clock: it has no times.
      if (times.of(command.id) !== null) times.received(command.id, deadline.heard)
      this.#again(job, command.attempt, deadline)
      return
    }
    const final = journal.entry(command.id)?.final ?? null
    // That refusal was for its attempt only: this is a new one.
    const anew = final?.kind === 'rejected' && final.again && command.attempt > final.attempt
    const known = (final !== null && !anew) || (final === null && box.has(command.id))
    if (!known) {
      times.received(command.id, deadline.heard)
      scheduler.enqueue({ command, deadline })
    } else if (box.has(command.id)) box.again(command.id, command.attempt)
    else if (final !== null) box.put(answerOf(final, command.attempt), false)
  }

  /** Still at work: the lease is renewed. */
  progress({ command }: Job): void {
    const { id: command_id, command_no, attempt } = command
    this.#parts.box.progress({ command_id, command_no, attempt, status: 'progress', response: {} })
  }

  #again(job: Job, attempt: number, deadline: Job['deadline']): void {
    job.command = { ...job.command, attempt: Math.max(attempt, job.command.attempt) }
    job.deadline ??= deadline
    if (this.#parts.scheduler.isBegun(job.command.id)) this.progress(job)
  }
}
