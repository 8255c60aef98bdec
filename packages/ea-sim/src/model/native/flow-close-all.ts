// CLOSE_ALL: the emergency stop of a scope. It reads, closes and cancels, and reads again until nothing is left.
//
//   E1. At its first look everything in scope is a target, trades by hand too. Later looks add only what an older
//       order of the scope brought (it filled late, or was in doubt): what a newer command opened since is not its
//       business, nor is it a rerun's.
//   E2. Each position and order has its line in the journal; a rerun goes on with what is left.
//   E3. It is not done while an older opening of the scope is in doubt, or done and not visible yet: it can't be
//       overtaken by an order on its way (P12).
//   E4. Netting: a close that may be under way is not repeated before settle, for a repeat would open the other side.
//       Where an order on its way made it close too much all the same, what it opened is a target, too.
//   E5. Netting: nothing is closed on what was read a while ago (O3 of flow-order.ts).

import { readTag } from '@ngtb/protocol'
import type { PendingOrder, Position } from '../broker-types.ts'
import type { LookResult, OrderRequest } from './broker-port.ts'
import { wordOf } from './classify.ts'
import { magicOf } from './fields.ts'
import { type Flow, flush, type Job, look, pause, send } from './flow.ts'
import { complete, deadlineIsPast, expire, isOldLook, refusedForAll, reject, rejected } from './flow-order.ts'
import { type Office, refusal, scopeOf } from './office.ts'
import { isFlat, retcodeFields } from './recipes/recipe.ts'
import type { Stamp } from './stamp.ts'
import type { Shown } from './touches.ts'

type Target = { target: 'position'; one: Position } | { target: 'order'; one: PendingOrder }

/** What this run knows of one target. */
interface Progress {
  tries: number
  sent_at: Stamp | null
  /** A definite refusal, or no try left. */
  given_up: { retcode: number; error: string } | null
}

interface Run {
  job: Job
  office: Office
  /** Tickets that the first look showed; null: before it. */
  first: Set<string> | null
  is_rerun: boolean
  progress: Map<string, Progress>
  /** When the list at hand was asked for: a process that was stopped hears what was true then. */
  issued: Stamp
}

export function* closeAll(job: Job, office: Office): Flow {
  const { command } = job
  const is_rerun = office.journal.entry(command.id)?.intent != null
  const unfit = refusedForAll(office)
  if (unfit !== null) return reject(job, office, unfit)
  if (deadlineIsPast(job, office)) return expire(job, office)
  // Its intent is its generation, too: from here on no older opening of the scope begins.
  office.record({ kind: 'intent', command, maybe: false })
  yield* flush()
  yield* rounds({ job, office, first: null, is_rerun, progress: new Map(), issued: office.now })
}

/** After a restart: the same rounds again. */
export function* goOnClosing(job: Job, office: Office): Flow {
  yield* rounds({ job, office, first: null, is_rerun: true, progress: new Map(), issued: office.now })
}

function* rounds(run: Run): Flow {
  const { office, job } = run
  for (;;) {
    run.issued = office.now
    const seen = yield* look({ what: 'scope', ...scopeOf(job.command) })
    if (seen?.terminal.connected === true && office.is_owner && !office.login_differs) {
      const targets = targetsOf(run, seen)
      run.first ??= new Set(targets.map(({ one }) => one.ticket))
      for (const target of targets) yield* closeOne(run, target)
      if (targets.every((target) => isSettledTarget(run, target)) && (yield* nothingComes(run, seen)))
        return finish(run, targets)
    }
    yield* pause(office.settings.look_every_ms)
  }
}

/** E1. Positions first: they are what loses money. */
function targetsOf({ job, first, is_rerun, office }: Run, { positions, orders }: LookResult): Target[] {
  const subs = office.journal.entry(job.command.id)?.subs
  const isTarget = (kind: string, { ticket, magic }: { ticket: string; magic: string }) => {
    const closed_at = subs?.get(`${kind} ${ticket}`)
    // Closed by us a moment ago, and still shown. Netting: what is shown may be what was added since (mustWait).
    const hedging = office.margin_mode === 'hedging'
    if (hedging && closed_at?.state === 'done' && office.sinceMs(closed_at.at) < office.settings.settle_ms)
      return false
    const no = readTag(magic)?.command_no
    if (first === null) return !is_rerun || no === undefined || no <= job.command.command_no
    return first.has(ticket) || (no !== undefined && no <= job.command.command_no)
  }
  return [
    ...positions
      .filter((one) => isTarget('position', one))
      .map((one) => ({ target: 'position' as const, one })),
    ...orders.filter((one) => isTarget('order', one)).map((one) => ({ target: 'order' as const, one })),
  ]
}

function* closeOne(run: Run, target: Target): Flow {
  const { job, office } = run
  const { ticket } = target.one
  const progress = progressOf(run, target)
  if (progress.given_up !== null || (yield* mustWait(run, target, progress))) return
  if (office.margin_mode === 'netting') {
    const issued = yield* freshLook(run, target)
    if (issued === null || !office.hasLease()) return
    note(run, target, 'sent', 0, '')
    yield* flush()
    if (isOldLook(office, issued) || !office.hasLease()) return
  }
  progress.tries++
  progress.sent_at = office.now
  const command_id = job.command.id
  const touch = (volume: number | null, deal: string | null = null) =>
    office.touches.note('volume', ticket, { at: office.now, command_id, volume, deal })
  touch(null)
  office.times.sent(command_id, office.now)
  const result = yield* send(requestOf(job, office, target), progress.tries)
  if (result !== null) office.times.executed(command_id, office.now)
  const word = wordOf(target.target === 'position' ? 'CLOSE_TRADE' : 'CANCEL_PENDING', result)
  if (result !== null && word === 'done') {
    touch(0, result.deal)
    progress.sent_at = null
    office.forgetOpening(ticket)
    note(run, target, 'done', result.retcode, '')
    return
  }
  const retcode = result?.retcode ?? 0
  const error = result?.comment ?? 'nobody knows what came of it'
  // A cancelled order may just have become a position: the next look shows which.
  const definite = word === 'refused' && target.target === 'position'
  if (definite || progress.tries >= office.settings.tries_max) progress.given_up = { retcode, error }
  if (definite) note(run, target, 'refused', retcode, error)
  // Only an order of unknown outcome makes a netting account wait.
  if (word === 'ambiguous') return
  progress.sent_at = null
  if (word !== 'partly') office.touches.forget('volume', ticket, command_id)
}

/** E5. When the target was looked at; null: it is gone. */
function* freshLook({ office, issued }: Run, target: Target): Flow<Stamp | null> {
  if (!isOldLook(office, issued)) return issued
  const again = office.now
  const { ticket } = target.one
  const seen = yield* look({ what: 'command', magic: null, ticket, opposite_ticket: null })
  if (target.target === 'position' && seen?.position) target.one = seen.position
  else if (target.target === 'order' && seen?.order) target.one = seen.order
  else return null
  return again
}

/** E4. */
function* mustWait({ office, issued }: Run, target: Target, { sent_at }: Progress): Flow<boolean> {
  if (office.margin_mode !== 'netting' || target.target !== 'position') return false
  if (sent_at !== null && issued.mono_ms - sent_at.mono_ms < office.settings.settle_ms) return true
  const { ticket, volume } = target.one
  const isStale = (shown: Shown, at: Stamp) => office.touches.isStale('volume', ticket, shown, null, at)
  if (!isStale({ volume, step: 1e-8 }, issued)) return false
  // The list alone can't tell; the position's deals can.
  const again = office.now
  const seen = yield* look({ what: 'command', magic: null, ticket, opposite_ticket: null })
  if (seen?.position == null) return true
  target.one = seen.position
  const shown = { volume: seen.position.volume, step: seen.volume_step, deals: seen.ticket_deals }
  return isStale(shown, again)
}

const isSettledTarget = (run: Run, target: Target): boolean => {
  const { given_up } = progressOf(run, target)
  const sub = run.office.journal.entry(run.job.command.id)?.subs.get(keyOf(target))
  // Netting: only a look that shows nothing any more is the end.
  return given_up !== null || (sub?.state === 'done' && run.office.margin_mode === 'hedging')
}

/** Netting: a close of ours may still be under way; late, it would open the other side. */
function closeIsUnderWay({ job, office, progress }: Run): boolean {
  if (office.margin_mode !== 'netting') return false
  const subs = office.journal.entry(job.command.id)?.subs ?? new Map()
  return [...subs].some(([key, sub]) => {
    const known = progress.get(key)
    // Not sent by this run: by one before it, and nobody knows what came of it.
    const sent_at = known === undefined || known.tries === 0 ? sub.at : known.sent_at
    return sub.state === 'sent' && sent_at !== null && office.sinceMs(sent_at) < office.settings.settle_ms
  })
}

/** E3. */
function* nothingComes(run: Run, seen: LookResult): Flow<boolean> {
  const { job, office } = run
  if (closeIsUnderWay(run)) return false
  const scope = scopeOf(job.command)
  const { command_no } = job.command
  if (office.ordersInDoubt(scope, command_no).length > 0) return false
  const shown = new Set([...seen.positions, ...seen.orders].map(({ ticket }) => ticket))
  for (const { ticket, target, magic } of office.recentOpenings(scope)) {
    if (shown.has(ticket) || (readTag(magic)?.command_no ?? 0) >= command_no) continue
    const one = yield* look({ what: 'command', magic, ticket, opposite_ticket: null })
    if (one === null) return false
    const over = target === 'position' ? isFlat(one.ticket_deals) : one.ticket_order !== null
    if (!over) return false
    office.forgetOpening(ticket)
  }
  return true
}

function finish(run: Run, targets: readonly Target[]): void {
  const { job, office } = run
  const subs = [...(office.journal.entry(job.command.id)?.subs.values() ?? [])]
  const of = (target: Target['target']) =>
    subs.filter((sub) => sub.target === target && sub.state === 'done').map(({ ticket }) => ticket)
  const left = targets.flatMap((target) => {
    const { given_up } = progressOf(run, target)
    return given_up === null ? [] : [{ ticket: target.one.ticket, ...given_up }]
  })
  const failed = left.map(({ retcode, ...one }) => ({ ...one, ...retcodeFields(retcode) }))
  const response = { closed: of('position'), cancelled: of('order'), failed }
  const [first] = left
  if (first === undefined) {
    complete(job, office, 'journal', response)
    return
  }
  const error = `${left.length} could not be closed: ${first.error}`
  // A rerun goes on with what is left, so trying again is safe whatever the reason was.
  const refused = { ...response, ...refusal(error, true, first.retcode) }
  rejected(job, office, { evidence: 'retcode', again: true, response: refused })
}

function requestOf({ command }: Job, office: Office, target: Target): OrderRequest {
  const marks = { command_id: command.id, magic: magicOf(command) }
  const { ticket } = target.one
  if (target.target === 'order') return { ...marks, action: 'cancel', ticket }
  const volume = office.margin_mode === 'netting' ? target.one.volume : null
  return { ...marks, action: 'close', ticket, volume }
}

function note(
  run: Run,
  target: Target,
  state: 'sent' | 'done' | 'refused',
  retcode: number,
  error: string,
): void {
  const { ticket } = target.one
  const command_id = run.job.command.id
  run.office.record({ kind: 'sub', command_id, target: target.target, ticket, state, retcode, error })
}

const keyOf = ({ target, one }: Target): string => `${target} ${one.ticket}`

function progressOf({ progress }: Run, target: Target): Progress {
  const key = keyOf(target)
  const there = progress.get(key) ?? { tries: 0, sent_at: null, given_up: null }
  progress.set(key, there)
  return there
}
