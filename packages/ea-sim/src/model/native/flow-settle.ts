// Looking: before the first order where there is doubt, and after an order whose outcome is unknown.
//
//   S1. A trace that is found is proof at any time. No trace is proof only after settle, at a terminal that was
//       connected and synchronised all the while.
//   S2. A look that still shows the past (touches.ts) proves nothing about a state.
//   S3. Where the wanted state is missing it is sent again only as the type allows: `repeat` and, hedging, `close`
//       before its deadline; netting `close` and `compare` only after settle; `never` never.
//   S4. A journal that may be a copy has a twin that may start an opening until its deadline: until then, and settle,
//       no trace proves nothing.
//   S5. Levels that are not there may have been: a newer MODIFY, a hand or the end of the position leaves no trace of
//       them. So a MODIFY in doubt that has failed never says that it was not executed (P7).

import { COMMANDS } from '@ngtb/protocol'
import type { LookResult } from './broker-port.ts'
import { type Flow, type Job, look, pause } from './flow.ts'
import { complete, deadlineIsPast, expire, maySend, newerModify, rejected } from './flow-order.ts'
import { type Office, refusal } from './office.ts'
import type { Reading, Recipe } from './recipes/index.ts'
import type { Compare } from './records.ts'
import type { Stamp } from './stamp.ts'

/** `over`: it has its final record. */
export type Found = { kind: 'over' } | ({ kind: 'send' } & Seen)
export type Settled =
  | { kind: 'over' }
  /** `settled`: what was sent before is known to have had no effect. */
  | ({ kind: 'resend'; settled: boolean } & Seen)

/** What a look showed, and when it was asked for. */
interface Seen {
  look: LookResult
  issued: Stamp
  compare?: Compare
}

/** Step 3. */
export function* lookFirst(job: Job, recipe: Recipe, office: Office, fixed?: Compare): Flow<Found> {
  const began = office.now
  const { command } = job
  // What was handed out before, to another journal, may be under way from there: past its deadline, too, it is looked
  // for (step 3 comes before step 4). An opening comes to this journal only, which knows that it did not send it.
  const only_here = command.attempt <= 1 || COMMANDS[recipe.type].resend === 'never'
  const own = only_here && command.command_no > office.journal.look_to
  for (;;) {
    if (own && deadlineIsPast(job, office)) return late(job, office)
    const issued = office.now
    const seen = yield* look(recipe.query(command))
    if (seen !== null) {
      const reading = recipe.read(command, seen, fixed)
      const next = firstStep(job, recipe, office, { reading, seen, began, issued })
      const over = next?.kind === 'over' || !deadlineIsPast(job, office)
      if (next !== null && over) return next
      if (!over && office.isSettled(began, issued, seen)) return late(job, office)
    }
    yield* pause(office.settings.look_every_ms)
  }
}

function late(job: Job, office: Office): Found {
  expire(job, office)
  return { kind: 'over' }
}

interface FirstLook {
  reading: Reading
  seen: LookResult
  began: Stamp
  issued: Stamp
}

/** What the first look means; null: look again. */
function firstStep(job: Job, recipe: Recipe, office: Office, first: FirstLook): Found | null {
  const { reading, seen, began, issued } = first
  const over: Found = { kind: 'over' }
  if (reading.kind === 'done' && reading.evidence === 'tag') {
    complete(job, office, 'tag', reading.response)
    return over
  }
  // Absolute values do no harm twice; what compares waits until it sees the present.
  if (showsPast(job, recipe, office, seen, issued))
    return recipe.readsFirst(office.margin_mode) ? null : { kind: 'send', look: seen, issued }
  switch (reading.kind) {
    case 'done':
      complete(job, office, reading.evidence, reading.response)
      return over
    case 'dead':
      rejected(job, office, { evidence: 'settled', again: false, response: refusal(reading.error, true) })
      return over
    case 'refused':
      rejected(job, office, {
        evidence: 'rejected',
        again: false,
        response: refusal(reading.error, false, reading.retcode),
      })
      return over
    case 'there':
      return { kind: 'send', look: seen, issued, ...(reading.compare && { compare: reading.compare }) }
    case 'waiting':
      return null
    case 'absent': {
      // The trade server knows better than a terminal that lags; but what must read first can't send blindly.
      if (!recipe.readsFirst(office.margin_mode)) return { kind: 'send', look: seen, issued }
      if (!office.isSettled(began, issued, seen)) return null
      concludeAbsence(job, recipe, office)
      return over
    }
  }
}

export interface InDoubt {
  /** When the last order was or may have been sent. */
  sent_at: Stamp
  compare: Compare | undefined
  tries: number
}

/** Step 6, ambiguous: looks until it knows. */
export function* settle(job: Job, recipe: Recipe, office: Office, doubt: InDoubt): Flow<Settled> {
  for (;;) {
    yield* pause(office.settings.look_every_ms)
    const issued = office.now
    const seen = yield* look(recipe.query(job.command))
    if (seen === null) continue
    const settled =
      office.isSettled(doubt.sent_at, issued, seen) && !twinMayStart(job, recipe, office, issued)
    const reading = recipe.read(job.command, seen, doubt.compare)
    const next = nextStep(job, recipe, office, { doubt, reading, seen, issued, settled })
    if (next !== null) return next
  }
}

interface DoubtLook {
  doubt: InDoubt
  reading: Reading
  seen: LookResult
  issued: Stamp
  settled: boolean
}

function nextStep(job: Job, recipe: Recipe, office: Office, at: DoubtLook): Settled | null {
  const { doubt, reading, seen, issued, settled } = at
  const over: Settled = { kind: 'over' }
  // Netting: a close on its way does not end with the position. Late, it opens the other side: it is waited for.
  const on_its_way = office.margin_mode === 'netting' && recipe.touch?.aspect === 'volume'
  // What another order of ours has just touched is not read before it settled, either.
  const past = showsPast(job, recipe, office, seen, issued)
  const trusted = on_its_way ? settled && !past : settled || !past
  if (reading.kind === 'done' && (reading.evidence === 'tag' || trusted)) {
    complete(job, office, reading.evidence, reading.response)
    return over
  }
  if (reading.kind === 'dead') {
    rejected(job, office, { evidence: 'settled', again: false, response: refusal(reading.error, true) })
    return over
  }
  if (reading.kind === 'waiting' || !trusted) return null
  const sendable = reading.kind === 'there' || (reading.kind === 'absent' && !settled)
  if (sendable && mayRepeat(job, recipe, office, doubt, settled)) {
    const compare = reading.kind === 'there' ? reading.compare : undefined
    return { kind: 'resend', settled, look: seen, issued, ...(compare && { compare }) }
  }
  if (!settled) return null
  if (recipe.touch?.aspect === 'levels') notThere(job, recipe, office, reading)
  else if (reading.kind === 'absent') concludeAbsence(job, recipe, office)
  else notExecuted(job, recipe, office)
  return over
}

/** S5. */
function notThere(job: Job, recipe: Recipe, office: Office, reading: Reading): void {
  const newest = newerModify(job.command, recipe, office)
  const ended = reading.kind === 'refused' ? reading : null
  const why = newest > 0 ? `superseded by command ${newest}` : (ended?.error ?? 'its values are not there')
  const error = `${why}; whether they were for a moment, nobody can tell`
  const response = refusal(error, newest === 0 && ended === null, ended?.retcode)
  rejected(job, office, { evidence: 'rejected', again: false, response })
}

/** Of an opening whose record does not say it: the longest that is given where nobody asks for another. */
const TTL_UNKNOWN_MS = 30_000

/** S4. Monotonic time only, as ever where a wait must not be cut short. */
function twinMayStart({ command, deadline }: Job, recipe: Recipe, office: Office, issued: Stamp): boolean {
  const { journal, started, settings } = office
  if (COMMANDS[recipe.type].resend !== 'never' || command.command_no > journal.twin_to) return false
  // Not handed out again since this process began: what the record says, counted from there.
  const recorded_ms = journal.entry(command.id)?.intent?.ttl_ms ?? TTL_UNKNOWN_MS
  const { heard, ttl_ms } = deadline ?? { heard: started, ttl_ms: recorded_ms }
  return issued.mono_ms < heard.mono_ms + (ttl_ms ?? TTL_UNKNOWN_MS) + settings.settle_ms
}

/** S3. */
function mayRepeat(job: Job, recipe: Recipe, office: Office, doubt: InDoubt, settled: boolean): boolean {
  const { resend } = COMMANDS[recipe.type]
  const early = resend === 'repeat' || (resend === 'close' && office.margin_mode === 'hedging')
  if (resend === 'never' || (!early && !settled)) return false
  if (doubt.tries >= office.settings.tries_max || deadlineIsPast(job, office)) return false
  return maySend(job, office) && newerModify(job.command, recipe, office) === 0
}

/** Nothing there, and by now it would be: that is what a close or a cancel wanted. */
function concludeAbsence(job: Job, recipe: Recipe, office: Office): void {
  if (recipe.absentIsDone === true)
    complete(job, office, 'state', { ticket: recipe.ticket(job.command), already_closed: true })
  else notExecuted(job, recipe, office)
}

function notExecuted(job: Job, recipe: Recipe, office: Office): void {
  const newest = newerModify(job.command, recipe, office)
  const error = newest > 0 ? `superseded by command ${newest}` : 'it was not executed: no trace after settle'
  rejected(job, office, { evidence: 'settled', again: false, response: refusal(error, newest === 0) })
}

/**
 * S2: does the look show what an own order of a moment ago has changed since? By the moment at which the look was asked
 * for: a process that was stopped hears what was true then.
 */
export function showsPast(
  job: Job,
  recipe: Recipe,
  office: Office,
  seen: LookResult,
  issued: Stamp,
): boolean {
  const { command } = job
  const ticket = recipe.ticket(command)
  if (ticket === null || recipe.touch === undefined) return false
  const { aspect } = recipe.touch
  const volume = aspect === 'volume' ? (seen.position?.volume ?? 0) : null
  const shown = { volume, step: seen.volume_step, deals: seen.ticket_deals }
  return office.touches.isStale(aspect, ticket, shown, command.id, issued)
}
