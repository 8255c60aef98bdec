// Contract §5 for a command that sends one order, in the order of the contract.
//
//   O1. Between the durable intent and the order there is nothing, and the deadline is read last (P5).
//   O3. But a type that must read first sends nothing on what it read a while ago: a process that stood still between
//       the two looks again (K24). A copy of its journal may have closed it meanwhile: netting, a second close opens
//       the other side.
//   O2. An order whose outcome is unknown is never sent again, except by the type's own rule (flow-settle.ts).

import { COMMANDS, readTag } from '@ngtb/protocol'
import type { LookResult, OrderRequest, OrderResult } from './broker-port.ts'
import { wordOf } from './classify.ts'
import { commentOf, levelsOf, magicOf, strategyNo } from './fields.ts'
import { type Flow, flush, type Job, look, pause, send } from './flow.ts'
import { lookFirst, settle, showsPast } from './flow-settle.ts'
import { type Office, refusal } from './office.ts'
import { type Recipe, retcodeFields } from './recipes/index.ts'
import type { Compare, RecordBody } from './records.ts'
import { isPast, type Stamp } from './stamp.ts'

/** Steps 1 to 6 of one command. */
export function* carryOut(job: Job, recipe: Recipe, office: Office): Flow {
  const { command } = job
  const { journal } = office
  if (command.command_no <= journal.unproven_to && recipe.problem(command) === null) {
    // A record that can't be read, or that a copy has, may have sent it: it is at its intent, and only looked for.
    // Whatever speaks against it by now, "refused before anything was sent" would be a guess.
    office.record(intentOf(job, true))
    yield* flush()
    return yield* goOn(job, recipe, office, office.now)
  }
  const unfit = refusalOf(job, recipe, office) // step 1
  if (unfit !== null) return reject(job, office, unfit)
  const doubtful = command.attempt > 1 || command.command_no <= journal.look_to
  const course: Course = { ...NOTHING_SEEN, compare: undefined, try_no: 1, doubt_since: null }
  if (doubtful || recipe.readsFirst(office.margin_mode)) {
    const found = yield* lookFirst(job, recipe, office) // step 3
    if (found.kind === 'over') return
    course.seen = found.look
    course.seen_at = found.issued
    course.compare = found.compare
  }
  if (deadlineIsPast(job, office)) return expire(job, office) // step 4
  // Not any more: it was fenced while it looked. Nothing is written; who owns the account is handed the command.
  if (!maySend(job, office)) return
  office.record(intentOf(job, false, course.compare)) // step 5
  yield* flush()
  yield* sendAndSettle(job, recipe, office, course)
}

/** A command that was begun before this process, or that an unreadable record may have sent. */
export function* goOn(job: Job, recipe: Recipe, office: Office, sent_at: Stamp): Flow {
  const entry = office.journal.entry(job.command.id)
  const course: Course = {
    ...NOTHING_SEEN,
    compare: entry?.intent?.compare,
    try_no: entry?.tries ?? 1,
    doubt_since: sent_at,
  }
  const again = yield* inDoubt(job, recipe, office, course)
  if (again) yield* sendAndSettle(job, recipe, office, course)
}

const NOTHING_SEEN = { seen: null, seen_at: null } as const
/** Longer than a look and a record on the disk take. */
const LOOK_FRESH_MS = 1_000

/** How far a command has come. */
interface Course {
  /** The newest look, and when it was asked for. */
  seen: LookResult | null
  seen_at: Stamp | null
  compare: Compare | undefined
  try_no: number
  /** The newest order whose outcome is unknown; null: all tries so far had no effect. */
  doubt_since: Stamp | null
}

/** Sends until it is known what came of it. The intent, or the try, is on the disk. */
function* sendAndSettle(job: Job, recipe: Recipe, office: Office, course: Course): Flow {
  for (;;) {
    // The last thing before the order: the flush may have taken long, the account may have a new owner, and what came
    // in meanwhile may be an emergency stop, or newer values.
    if (deadlineIsPast(job, office) || !maySend(job, office) || overtakenBy(job, recipe, office) !== null) {
      if (course.doubt_since === null) return notSent(job, recipe, office, course.try_no)
      const again = yield* inDoubt(job, recipe, office, course)
      if (!again) return
      continue
    }
    if (isOld(recipe, office, course)) {
      if (!(yield* lookAgain(job, recipe, office, course))) return
      continue
    }
    const sent_at = office.now
    touch(job, recipe, office, null)
    office.times.sent(job.command.id, sent_at)
    const result = yield* send(orderRequest(job, recipe, course), course.try_no)
    if (result !== null) office.times.executed(job.command.id, office.now)
    const word = wordOf(recipe.type, result) // step 6
    if (result !== null && word === 'done' && isNamed(job, recipe, result)) {
      const after = recipe.touch?.after(result, course.seen, course.compare) ?? null
      touch(job, recipe, office, after, result.deal, levelsOf(job.command))
      return complete(job, office, 'journal', recipe.done(job.command, result))
    }
    // A refusal is definite for this try; an earlier one of unknown outcome is not refused by it.
    const definite = course.doubt_since === null && (word === 'refused' || word === 'transient')
    if (definite) untouch(job, recipe, office)
    if (result !== null && definite && word === 'refused')
      return yield* refused(job, recipe, office, course, result)
    if (result !== null && word === 'transient') {
      const again = yield* tryLater(job, recipe, office, course, result)
      if (!again) return
      continue
    }
    if (word !== 'refused') course.doubt_since = sent_at
    const again = yield* inDoubt(job, recipe, office, course)
    if (!again) return
  }
}

/** O3. */
const isOld = (recipe: Recipe, office: Office, { seen_at }: Course): boolean =>
  recipe.readsFirst(office.margin_mode) && (seen_at === null || isOldLook(office, seen_at))

export const isOldLook = (office: Office, issued: Stamp): boolean =>
  office.now.mono_ms - issued.mono_ms > LOOK_FRESH_MS

/** O3. False: it has its final record. */
function* lookAgain(job: Job, recipe: Recipe, office: Office, course: Course): Flow<boolean> {
  if (course.doubt_since !== null) return yield* inDoubt(job, recipe, office, course)
  const found = yield* lookFirst(job, recipe, office, course.compare)
  if (found.kind === 'over') return false
  sees(course, found)
  return true
}

function sees(
  course: Course,
  { look, issued, compare }: { look: LookResult; issued: Stamp; compare?: Compare },
): void {
  course.seen = look
  course.seen_at = issued
  course.compare = compare ?? course.compare
}

/** Looks until it knows; true: it may be sent again, and the try is journaled. */
function* inDoubt(job: Job, recipe: Recipe, office: Office, course: Course): Flow<boolean> {
  const { compare, try_no: tries } = course
  const sent_at = course.doubt_since ?? office.now
  const outcome = yield* settle(job, recipe, office, { sent_at, compare, tries })
  if (outcome.kind === 'over') return false
  sees(course, outcome)
  // Looked for after settle and not found: what was sent before had no effect.
  if (outcome.settled) course.doubt_since = null
  yield* journalTry(job, office, course)
  return true
}

function* journalTry(job: Job, office: Office, course: Course): Flow {
  course.try_no++
  office.record({ kind: 'try', command_id: job.command.id, try_no: course.try_no })
  yield* flush()
}

/** A definite no; but what was wanted may be there for another reason (the position is gone, the order filled). */
function* refused(job: Job, recipe: Recipe, office: Office, course: Course, result: OrderResult): Flow {
  const { command } = job
  if (recipe.ticket(command) !== null) {
    const issued = office.now
    const seen = yield* look(recipe.query(command))
    const reading = seen === null ? null : recipe.read(command, seen, course.compare)
    if (seen !== null && reading?.kind === 'done' && !showsPast(job, recipe, office, seen, issued))
      return complete(job, office, reading.evidence, reading.response)
  }
  const response = refusal(result.comment, false, result.retcode)
  rejected(job, office, { evidence: 'retcode', again: false, response })
}

/** A requote or the like: a fresh try before the deadline, journaled first. True: send it. */
function* tryLater(
  job: Job,
  recipe: Recipe,
  office: Office,
  course: Course,
  result: OrderResult,
): Flow<boolean> {
  const { tries_max, retry_ms } = office.settings
  if (course.try_no < tries_max) {
    yield* pause(Math.min(retry_ms * 2 ** (course.try_no - 1), 2_000))
    if (!deadlineIsPast(job, office) && maySend(job, office) && overtakenBy(job, recipe, office) === null) {
      // Prices moved, and so may the position have: what compares reads again.
      if (recipe.readsFirst(office.margin_mode)) {
        const found = yield* lookFirst(job, recipe, office, course.compare)
        if (found.kind === 'over') return false
        sees(course, found)
      }
      yield* journalTry(job, office, course)
      return true
    }
  }
  if (course.doubt_since !== null) return yield* inDoubt(job, recipe, office, course)
  // An idempotent command is handed out again by the server: this answer is for this attempt only.
  const again = COMMANDS[recipe.type].idempotent
  const response = refusal(result.comment, true, result.retcode)
  rejected(job, office, { evidence: 'retcode', again, response })
  return false
}

/** Nothing is at the broker: the tries before this one, if any, were refused. */
function notSent(job: Job, recipe: Recipe, office: Office, try_no: number): void {
  const late = deadlineIsPast(job, office)
  if (try_no === 1 && late) {
    expire(job, office)
    return
  }
  const overtaken = overtakenBy(job, recipe, office)
  const error = overtaken ?? 'it was not sent: its time was over, or the account has another owner'
  // What may go to another owner, and come back from there: this is the word about this attempt only.
  const again = !late && overtaken === null && COMMANDS[recipe.type].resend !== 'never'
  rejected(job, office, { evidence: 'settled', again, response: refusal(error, overtaken === null) })
}

/** "Done" of an opening must name what was opened; else it is looked for by its tag. */
const isNamed = ({ command }: Job, recipe: Recipe, { position, order }: OrderResult): boolean =>
  recipe.ticket(command) !== null || position !== null || order !== null

function touch(
  job: Job,
  recipe: Recipe,
  office: Office,
  volume: number | null,
  deal: string | null = null,
  levels?: { sl?: number | null; tp?: number | null },
): void {
  const ticket = recipe.ticket(job.command)
  if (ticket === null || recipe.touch === undefined) return
  const command_id = job.command.id
  const touched = { at: office.now, command_id, volume, deal, ...(levels && { levels }) }
  office.touches.note(recipe.touch.aspect, ticket, touched)
}

/** Refused: others need not wait for what it might have changed. */
function untouch(job: Job, recipe: Recipe, office: Office): void {
  const ticket = recipe.ticket(job.command)
  if (ticket !== null && recipe.touch !== undefined)
    office.touches.forget(recipe.touch.aspect, ticket, job.command.id)
}

function orderRequest({ command }: Job, recipe: Recipe, { seen, compare }: Course): OrderRequest {
  const action = recipe.request(command, seen, compare)
  return { command_id: command.id, magic: magicOf(command), ...commentOf(command), ...action }
}

/** Step 1: what is refused before anything is looked at; null: nothing. */
function refusalOf(job: Job, recipe: Recipe, office: Office): string | null {
  const { command } = job
  const unfit = recipe.problem(command)
  if (unfit !== null) return unfit
  const general = refusedForAll(office)
  if (general !== null) return general
  if (recipe.type === 'OPEN_TRADE' || recipe.type === 'PLACE_PENDING') {
    const tag = readTag(magicOf(command))
    if (tag?.command_no !== command.command_no)
      return `magic ${String(command.magic)} is not this command's tag`
  }
  return overtakenBy(job, recipe, office)
}

/** What came later and forbids it, as a sentence; null: nothing. */
function overtakenBy({ command }: Job, recipe: Recipe, office: Office): string | null {
  const generation =
    COMMANDS[recipe.type].resend === 'never' ? shutOutBy(command, office) : command.command_no
  if (generation > command.command_no) return `the emergency stop ${generation} shuts it out`
  const newest = newerModify(command, recipe, office)
  return newest === 0 ? null : `superseded by command ${newest}`
}

/** A terminal that is logged in elsewhere would trade another account. */
export const refusedForAll = (office: Office): string | null =>
  office.login_differs
    ? `the terminal is logged in with ${office.terminal?.login}, not with ${office.settings.binding.login}`
    : null

function shutOutBy(command: Job['command'], office: Office): number {
  const strategy_no = readTag(magicOf(command))?.strategy_no ?? strategyNo(command)
  const known = office.journal.generationOf({ symbol: String(command.symbol), strategy_no })
  const told = typeof command.generation === 'number' ? command.generation : 0
  return Math.max(known, told)
}

/** The newer MODIFY of the same thing; 0: this is the newest. */
export function newerModify(command: Job['command'], recipe: Recipe, office: Office): number {
  const ticket = recipe.ticket(command)
  if (recipe.touch?.aspect !== 'levels' || ticket === null) return 0
  const newest = office.journal.newestModify(recipe.type, ticket)
  return newest > command.command_no ? newest : 0
}

/** No deadline known: a command from before a restart, which was not handed out again since. */
export const deadlineIsPast = ({ deadline }: Job, office: Office): boolean =>
  deadline === null || isPast(deadline, office.now)

/** On a netting account only who surely owns the account closes: a second close would open the other side. */
export function maySend({ command }: Job, office: Office): boolean {
  if (office.login_differs || !office.is_owner) return false
  return command.type !== 'CLOSE_TRADE' || office.margin_mode !== 'netting' || office.hasLease()
}

const intentOf = ({ command, deadline }: Job, maybe: boolean, compare?: Compare): RecordBody => ({
  kind: 'intent',
  command,
  maybe,
  ...(compare && { compare }),
  ...(deadline && { ttl_ms: deadline.ttl_ms }),
})

const finalOf = ({ command }: Job, response: Record<string, unknown>) => ({
  command_id: command.id,
  command_no: command.command_no,
  attempt: command.attempt,
  type: command.type,
  ticket:
    typeof command.ticket === 'string' || typeof command.ticket === 'number' ? String(command.ticket) : null,
  response,
})

export function complete(
  job: Job,
  office: Office,
  evidence: 'journal' | 'tag' | 'state',
  response: Record<string, unknown>,
): void {
  const found = response.retcode === undefined ? { ...response, ...retcodeFields(10009) } : response
  office.record({ kind: 'done', evidence, ...finalOf(job, found) })
}

interface Rejection {
  evidence: 'retcode' | 'rejected' | 'settled'
  again: boolean
  response: Record<string, unknown>
}

export function rejected(job: Job, office: Office, { response, ...why }: Rejection): void {
  office.record({ kind: 'rejected', ...why, ...finalOf(job, response) })
}

/** Refused before anything was sent. */
export const reject = (job: Job, office: Office, error: string): void =>
  rejected(job, office, { evidence: 'rejected', again: false, response: refusal(error, false) })

export const expire = (job: Job, office: Office): void =>
  office.record({
    kind: 'expired',
    ...finalOf(job, refusal('the deadline passed before the order was sent', true)),
  })

/** Never seen: recorded, so that a late delivery can't execute it. */
export const bury = (job: Job, office: Office): void =>
  office.record({
    kind: 'tombstone',
    ...finalOf(job, refusal('never seen before; it can not be executed any more', true)),
  })
