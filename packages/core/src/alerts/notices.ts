// What an event of the audit trail raises by itself: things that happened and have no end. And which events call for a
// look at their account, because what the rules look at has changed.
//
//   E1. A notice stands until a person acknowledges it, or a day has passed; meanwhile the like is counted in it.
//   E2. What an event says is judged by the event alone: who reads it twice comes to the same word.
import type { AlertSeverity } from '@ngtb/protocol'
import type { AlertWord } from './alert.ts'
import { ACCOUNT_RULE_NAMES, alertName } from './rules.ts'
import { SYSTEM_RULE_NAMES } from './system-rules.ts'

export interface HappenedEvent {
  readonly seq: number
  readonly account_id: number
  readonly kind: string
  readonly subject: string | null
  readonly data: Readonly<Record<string, unknown>>
}

interface Notice {
  readonly severity: AlertSeverity
  readonly about: string
  /** Kinds of events that may raise it. */
  readonly kinds: readonly string[]
  /** What it says; null: not this one. */
  text(event: HappenedEvent): string | null
}

const word = (value: unknown, otherwise: string) =>
  typeof value === 'string' && value !== '' ? value.slice(0, 300) : otherwise

export const NOTICES = {
  command_failed: {
    severity: 'warning',
    about: 'the EA said that it did not execute a command',
    kinds: ['command.refused'],
    text: ({ subject, data }) => {
      const set = data.set as { error?: unknown } | undefined
      return `command ${subject} failed: ${word(set?.error ?? data.error, 'no reason given')}`
    },
  },
  command_contradicted: {
    severity: 'critical',
    about: 'an answer overrode, or contradicts, what was known of its command',
    kinds: ['command.contradicted', 'command.completed'],
    text: ({ kind, subject, data }) =>
      kind === 'command.contradicted'
        ? `an answer contradicts what is known of command ${subject}`
        : typeof data.overrode === 'string'
          ? `command ${subject} was executed after all: it had been ${data.overrode}`
          : null,
  },
  surplus_position: {
    severity: 'critical',
    about: 'a position that nobody wanted any more, or more than was wanted',
    kinds: ['trade.surplus'],
    text: ({ subject }) => `position ${subject} is surplus: no command asked for it any more`,
  },
  unattributed_change: {
    severity: 'warning',
    about: 'a position or the balance changed, and nobody can say by whom',
    kinds: ['deal.booked', 'trade.contradicted'],
    text: ({ kind, subject, data }) =>
      kind === 'trade.contradicted'
        ? `position ${subject} is listed as open, though the EA had said that it closed`
        : data.made_by === 'unattributed'
          ? `deal ${word(data.deal, String(data.deal))} on position ${subject}: nobody can say who made it`
          : null,
  },
  trade_reopened: {
    severity: 'warning',
    about: 'a position that was called closed for its absence is there again',
    kinds: ['trade.reopened'],
    text: ({ subject }) => `position ${subject} is listed again: it had been called closed for its absence`,
  },
  dead_letter: {
    severity: 'warning',
    about: 'an event of the EA can not be taken, and was kept aside',
    kinds: ['stream.dead_letter'],
    text: ({ data }) => `an event of the EA can not be taken: ${word(data.error, 'see its dead letters')}`,
  },
  ticks_lost: {
    severity: 'info',
    about: 'numbers of ticks that never came',
    kinds: ['ticks.lost'],
    text: ({ data }) => `${String(data.count)} ticks never came`,
  },
} as const satisfies Record<string, Notice>

export type NoticeName = keyof typeof NOTICES
export const NOTICE_NAMES = Object.keys(NOTICES) as NoticeName[]

/** What can be muted. */
export const ALERT_RULE_NAMES: readonly string[] = [
  ...ACCOUNT_RULE_NAMES,
  ...SYSTEM_RULE_NAMES,
  ...NOTICE_NAMES,
]

/** After these the rules of the account are looked at again, without waiting for the next check. */
const CALL_FOR_A_LOOK: readonly string[] = [
  'command.outcome_unknown',
  'command.position_seen',
  'command.person_completed',
  'command.person_denied',
  'connection.connected',
  'connection.degraded',
  'connection.terminal',
  'account.drifted',
  'account.agreed',
]

/** Kinds that the tail of the trail is read for. */
export const HAPPENED_KINDS: readonly string[] = [
  ...new Set([...NOTICE_NAMES.flatMap((name) => NOTICES[name].kinds), ...CALL_FOR_A_LOOK]),
].sort()

export const callsForLook = ({ kind }: Pick<HappenedEvent, 'kind'>): boolean =>
  CALL_FOR_A_LOOK.includes(kind) || kind === 'command.completed'

/** @param muted rules that raise nothing on this account */
export function noticed(event: HappenedEvent, muted: readonly string[]): AlertWord[] {
  return NOTICE_NAMES.flatMap((rule) => {
    const { severity, kinds, text } = NOTICES[rule] as Notice
    if (!kinds.includes(event.kind) || muted.includes(rule)) return []
    const said = text(event)
    if (said === null) return []
    const { account_id } = event
    const name = alertName(rule, account_id)
    return [{ kind: 'raise', name, rule, account_id, severity, text: said, notice: true, actor: 'server' }]
  })
}
