// The six conditions of an account as words, and how bad each is. Pure. The names are those of docs/spec.
import type { ConnectionView } from '@ngtb/sdk'

export type Tone = 'ok' | 'watch' | 'bad' | 'unknown'
export type ConditionName = keyof ConnectionView['conditions']

export interface Standing {
  readonly name: ConditionName
  /** What it is about; label and word together say what the spec's name says. */
  readonly label: string
  /** What holds, in a word or two. */
  readonly word: string
  readonly tone: Tone
  readonly since: string | null
  readonly cause: string
}

interface Wording {
  readonly label: string
  readonly yes: string
  readonly no: string
  /** Which answer is in order. */
  readonly good: boolean
  /** How bad the other one is. */
  readonly else: Tone
}

export const CONDITIONS: Readonly<Record<ConditionName, Wording>> = {
  ea_link: { label: 'EA link', yes: 'linked', no: 'silent', good: true, else: 'bad' },
  broker_link: { label: 'Broker link', yes: 'connected', no: 'lost', good: true, else: 'bad' },
  trading_allowed: { label: 'Trading', yes: 'allowed', no: 'blocked', good: true, else: 'bad' },
  quotes_fresh: { label: 'Quotes', yes: 'fresh', no: 'stale', good: true, else: 'watch' },
  in_sync: { label: 'Trades', yes: 'in sync', no: 'not in sync', good: true, else: 'watch' },
  drifted: { label: 'Ledger', yes: 'drifted', no: 'not drifted', good: false, else: 'bad' },
}

const WEIGHT: Readonly<Record<Tone, number>> = { bad: 3, watch: 2, unknown: 1, ok: 0 }

export function standings(conditions: ConnectionView['conditions']): Standing[] {
  return (Object.keys(CONDITIONS) as ConditionName[]).map((name) => {
    const { is, since, cause } = conditions[name]
    const wording = CONDITIONS[name]
    const tone: Tone = is === null ? 'unknown' : is === wording.good ? 'ok' : wording.else
    const word = is === null ? 'unknown' : is ? wording.yes : wording.no
    return { name, label: wording.label, word, tone, since, cause }
  })
}

/** The worst of an account: what is not in order comes first in every list. */
export function worstOf(conditions: ConnectionView['conditions']): Tone {
  return standings(conditions).reduce<Tone>(
    (worst, { tone }) => (WEIGHT[tone] > WEIGHT[worst] ? tone : worst),
    'ok',
  )
}

export const byTone = (one: Tone, other: Tone): number => WEIGHT[other] - WEIGHT[one]

const COMMAND_TONES: Readonly<Record<string, Tone>> = {
  completed: 'ok',
  pending: 'watch',
  executing: 'watch',
  failed: 'bad',
  timeout: 'unknown',
  cancelled: 'ok',
  expired: 'ok',
}
/** `timeout` is called what it is: the outcome is unknown. */
export const commandTone = (status: string): Tone => COMMAND_TONES[status] ?? 'unknown'

export function connectionTone(state: string, healthy: boolean): Tone {
  if (state === 'connected') return healthy ? 'ok' : 'watch'
  return state === 'failed' || state === 'disconnected' ? 'bad' : 'watch'
}
