// One command’s life as steps: its events, what each took, the attempt behind it, what went over the wire. Pure.
//
//   S1. A step is an event of the ledger; hop and wire only stand beside it, and what fits none stands at the end.
//   S2. What was sent belongs to the hand-out of its attempt, what came back to the next answer of that attempt.
import type { AuditView, CommandDetailView, CommandView } from '@ngtb/sdk'
import type { Tone } from './conditions.ts'

type Hop = CommandDetailView['hops'][number]
export type Wire = CommandDetailView['wire'][number]
export type Attempt = CommandDetailView['attempts'][number]

export interface LifeStep {
  readonly event: AuditView
  /** `created`, `delivered`, … */
  readonly name: string
  readonly words: string
  readonly tone: Tone
  /** 0: before the first hand-out. */
  readonly attempt: number
  /** Since the step before; null: the first, or no step of its life. */
  readonly took_ms: number | null
  /** Of a hand-out: its channel, lease and outcome. */
  readonly handed: Attempt | null
  readonly wire: readonly Wire[]
}

export interface Life {
  readonly steps: readonly LifeStep[]
  /** Where the time went; they sum to the whole. */
  readonly hops: readonly Hop[]
  readonly total_ms: number
  /** What no step could be found for. */
  readonly wire_left: readonly Wire[]
}

const WORDS: Readonly<Record<string, readonly [words: string, tone: Tone]>> = {
  created: ['Created', 'ok'],
  delivered: ['Handed out to the EA', 'ok'],
  progress: ['Still at work, says the EA', 'ok'],
  acknowledged: ['Acknowledged by the EA', 'ok'],
  completed: ['Completed', 'ok'],
  refused: ['Refused', 'bad'],
  position_seen: ['Completed: its position was seen', 'ok'],
  attempt_failed: ['The attempt failed', 'watch'],
  lease_expired: ['No answer within the lease', 'watch'],
  outcome_unknown: ['Outcome unknown', 'unknown'],
  superseded: ['A newer command stands in its place', 'ok'],
  expired: ['Expired before it was handed out', 'ok'],
  cancelled: ['Cancelled before it was handed out', 'ok'],
  person_completed: ['A person says: it was executed', 'ok'],
  person_denied: ['A person says: it was not executed', 'bad'],
  contradicted: ['An answer that contradicts what is known', 'watch'],
  noted: ['Noted', 'ok'],
  orphaned: ['A result of a command that is not known', 'watch'],
}
const ANSWERS = new Set([
  'completed',
  'refused',
  'progress',
  'attempt_failed',
  'acknowledged',
  'contradicted',
])

export function lifeOf({ events, hops, attempts, wire }: CommandDetailView): Life {
  const left: Hop[] = [...hops]
  let attempt = 0
  const steps = events.map((event) => {
    const name = event.kind.slice(event.kind.indexOf('.') + 1)
    if (name === 'delivered') attempt += 1
    const hop = left.findIndex(({ to, at }) => to === name && at === event.at)
    // In front of an answer lie the hops that its EA told of: they are part of the way to it.
    const taken = left.splice(0, hop + 1)
    const [words, tone] = WORDS[name] ?? [name.replaceAll('_', ' '), 'unknown']
    const handed = name === 'delivered' ? (attempts.find((one) => one.attempt === attempt) ?? null) : null
    return {
      event,
      name,
      words,
      tone,
      attempt,
      took_ms: hop < 0 ? null : sumOf(taken),
      handed,
      wire: [] as Wire[],
    }
  })
  const wire_left = wire.filter((message) => {
    const home = homeOf(message, steps)
    home?.wire.push(message)
    return home === undefined
  })
  return { steps, hops, total_ms: sumOf(hops), wire_left }
}

const sumOf = (hops: readonly Hop[]): number => hops.reduce((sum, { ms }) => sum + ms, 0)

/** S2. The answers of one attempt are told in their order, so each takes the first that has none yet. */
function homeOf<Step extends { name: string; attempt: number; wire: Wire[] }>(
  { direction, attempt }: Wire,
  steps: readonly Step[],
): Step | undefined {
  const of = (step: Step) => attempt === null || step.attempt === attempt
  if (direction === 'sent') return steps.find((step) => step.name === 'delivered' && of(step))
  const answers = steps.filter((step) => ANSWERS.has(step.name) && of(step))
  return answers.find(({ wire }) => wire.length === 0) ?? answers.at(-1)
}

const word = (value: unknown): string | null =>
  typeof value === 'string' && value !== ''
    ? value
    : typeof value === 'number'
      ? String(Number(value.toFixed(8)))
      : null

/** What is wanted, in the words of a ticket: "BUY 0.1 at 1.09", "ticket 4711, sl 1.05". */
export function intentText({ payload }: Pick<CommandView, 'payload'>): string {
  const { order_type, direction, volume, price, ticket, opposite_ticket, sl, tp, command_id, timeframe } =
    payload
  const list = payload.symbols
  const parts = [
    [word(order_type) ?? word(direction), word(volume)].filter(Boolean).join(' '),
    ticket === undefined ? null : `ticket ${word(ticket) ?? '?'}`,
    opposite_ticket === undefined ? null : `against ${word(opposite_ticket) ?? '?'}`,
    word(price) ? `at ${word(price)}` : null,
    word(sl) ? `SL ${sl === 0 ? 'none' : word(sl)}` : null,
    word(tp) ? `TP ${tp === 0 ? 'none' : word(tp)}` : null,
    word(timeframe),
    word(command_id) ? `of ${word(command_id)}` : null,
    Array.isArray(list) ? list.join(', ') : null,
  ]
  return parts.filter((part) => part !== null && part !== '').join(', ')
}

/** Only what no EA has can be taken back. */
export const canCancel = ({ status, attempt }: Pick<CommandView, 'status' | 'attempt'>): boolean =>
  status === 'pending' && attempt === 0

/** P6: a person's word is for what nobody knows. */
export const canSettle = ({ status }: Pick<CommandView, 'status'>): boolean => status === 'timeout'

/** `timeout` is the wire's word for an outcome that nobody knows. */
export const statusWord = (status: string): string => (status === 'timeout' ? 'outcome unknown' : status)
