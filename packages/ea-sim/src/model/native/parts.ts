// What belongs to one journal: with another journal all of it is made anew.

import { type Answer, COMMANDS, isCommandType } from '@ngtb/protocol'
import { AnswerBox } from './answer-box.ts'
import { beginFlow } from './dispatch.ts'
import { Inbox } from './inbox.ts'
import type { JournalState } from './journal-state.ts'
import { answerOf, Office } from './office.ts'
import { isFinal, type JournalRecord } from './records.ts'
import { Replay } from './replay.ts'
import { Scheduler } from './scheduler.ts'
import type { Settings } from './settings.ts'
import type { Stamp } from './stamp.ts'
import { TimesAtEa } from './times.ts'
import { Writer } from './writer.ts'

export interface Parts {
  readonly journal: JournalState
  readonly office: Office
  readonly scheduler: Scheduler
  readonly box: AnswerBox
  readonly inbox: Inbox
  readonly writer: Writer
  readonly replay: Replay
}

export function partsOf(
  journal: JournalState,
  settings: Settings,
  random: () => number,
  started: Stamp,
): Parts {
  const backoff = { base_ms: settings.poll_interval_ms, max_ms: settings.answer_backoff_max_ms }
  const times = new TimesAtEa()
  const box = new AnswerBox(backoff, random, times)
  const writer = new Writer(journal)
  const record = (one: JournalRecord) => {
    writer.add(one)
    if (isFinal(one)) box.put(answerOf(one), true)
  }
  const answer = (one: Answer) => box.put(one, false)
  const isInHand = (id: string): boolean => scheduler.find(id) !== null
  const office = new Office({ journal, settings, started, times, record, answer, isInHand })
  const scheduler: Scheduler = new Scheduler({
    begin: (job) => beginFlow(job, office),
    needsBroker: ({ command }) => isCommandType(command.type) && COMMANDS[command.type].priority !== 'LOW',
    hasUnwritten: () => writer.has_unwritten,
  })
  for (const final of journal.finals())
    if (journal.entry(final.command_id)?.acked !== true) box.put(answerOf(final), false)
  const inbox = new Inbox({ journal, scheduler, box, times, now: () => office.now })
  return { journal, office, scheduler, box, inbox, writer, replay: new Replay(office, box) }
}
