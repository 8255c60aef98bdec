// PROBE: what became of another command? The journal knows, or the broker after settle, or nobody can know yet.
//
//   Q1. "Not executed" is said only after a tombstone is on the disk: a late delivery finds it and is refused.
//   Q2. A command that is in hand or in doubt answers by itself; until then nobody can know.

import { isCommandType, type ProbeOutcome } from '@ngtb/protocol'
import type { LookResult } from './broker-port.ts'
import { type Flow, type Job, look } from './flow.ts'
import { bury, complete } from './flow-order.ts'
import { answer } from './flow-small.ts'
import { answerOf, type Office, refusal } from './office.ts'
import { type Recipe, recipeOf } from './recipes/index.ts'
import type { FinalRecord, NativeCommand } from './records.ts'

export function* probe(job: Job, office: Office): Flow {
  const asked = probedCommand(job.command)
  if (asked === null)
    return yield* answer(job, office, 'failed', 'rejected', refusal('it does not say which command', false))
  const entry = office.journal.entry(asked.id)
  if (entry?.final && !(entry.final.kind === 'rejected' && entry.final.again))
    return yield* answer(job, office, 'completed', 'state', outcomeOf(entry.final))
  // Only what is begun and without a final can still change by itself.
  // And an emergency stop that may still be handed out is never buried.
  const may_come = asked.type === 'CLOSE_ALL' && job.command.probe_over !== true
  const open = (entry?.intent != null && entry.final === null) || may_come
  if (open || office.isInHand(asked.id)) return yield* unknownYet(job, office)
  const recipe = recipeOf(asked.type)
  if (recipe !== null && recipe.problem(asked) === null) {
    const began = office.now
    const seen = yield* look(recipe.query(asked))
    if (seen === null || !office.isSettled(office.started, began, seen)) return yield* unknownYet(job, office)
    if (findsIt(asked, recipe, office, seen)) return yield* tellFinal(job, office, asked.id)
  }
  // It may have come in while the broker was looked at.
  if (office.isInHand(asked.id)) return yield* unknownYet(job, office)
  if (office.journal.entry(asked.id)?.final == null) bury({ command: asked, deadline: null }, office)
  yield* tellFinal(job, office, asked.id)
}

/** Found: the probed command is done, by its tag or by the state that it wanted. */
function findsIt(asked: NativeCommand, recipe: Recipe, office: Office, seen: LookResult): boolean {
  const reading = recipe.read(asked, seen)
  const there =
    reading.kind === 'done'
      ? reading
      : reading.kind === 'absent' && recipe.absentIsDone === true
        ? { evidence: 'state' as const, response: { ticket: recipe.ticket(asked), already_closed: true } }
        : null
  if (there === null) return false
  complete({ command: asked, deadline: null }, office, there.evidence, there.response)
  return true
}

function* tellFinal(job: Job, office: Office, command_id: string): Flow {
  const final = office.journal.entry(command_id)?.final
  if (final) yield* answer(job, office, 'completed', 'state', outcomeOf(final))
  else yield* unknownYet(job, office)
}

function* unknownYet(job: Job, office: Office): Flow {
  yield* answer(job, office, 'failed', undefined, refusal('it can not be known yet', true))
}

/** A final as a finding: what is asked for decides, the fields of the answer go along. */
function outcomeOf(final: FinalRecord): Record<string, unknown> {
  const { evidence, response } = answerOf(final)
  return { ...response, outcome: OUTCOMES[final.kind](final), evidence }
}

const OUTCOMES: Record<FinalRecord['kind'], (final: FinalRecord) => ProbeOutcome> = {
  done: () => 'done',
  expired: () => 'expired',
  tombstone: () => 'not_executed',
  rejected: (final) =>
    final.kind === 'rejected' && final.evidence === 'settled' ? 'not_executed' : 'refused',
}

/** The probed command as it would have been handed out; null: the probe does not say enough. */
function probedCommand(probe: NativeCommand): NativeCommand | null {
  const { probe_command_id, probe_command_no, probe_type, probe_payload, magic } = probe
  if (typeof probe_command_id !== 'string' || typeof probe_type !== 'string') return null
  const payload = typeof probe_payload === 'object' && probe_payload !== null ? probe_payload : {}
  return {
    ...payload,
    id: probe_command_id,
    type: isCommandType(probe_type) ? probe_type : 'PROBE',
    command_no: typeof probe_command_no === 'number' ? probe_command_no : 0,
    attempt: 1,
    priority: 0,
    ...(typeof magic === 'string' && { magic }),
    strategy_no: probe.strategy_no,
  }
}
