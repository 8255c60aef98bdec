// The life of an alert (docs/spec/alerts.md).
//
//   A1. Of one name there is one alert that is not cleared: raised again, it is counted and nobody is told again.
//   A2. It is told when it is raised and when it is cleared, once each.
//   A3. Acknowledging says that a person has seen it; of a notice (what happened, and has no end) that is its end.
//   A4. Of one rule on one account so many stand by themselves; what comes beyond is counted in one more.
import { type AlertSeverity, limits } from '@ngtb/protocol'

export interface Alert {
  readonly alert_id: string
  readonly name: string
  readonly rule: string
  /** 0: the system. */
  readonly account_id: number
  readonly severity: AlertSeverity
  readonly text: string
  readonly notice: boolean
  readonly raised_by: string
  readonly raised_at: number
  readonly last_at: number
  readonly count: number
  readonly acknowledged_at: number | null
  readonly acknowledged_by: string | null
  readonly note: string | null
  readonly cleared_at: number | null
  readonly cleared_by: string | null
}

/** What somebody says of an alert. */
export type AlertWord =
  | ({ readonly kind: 'raise' } & Pick<
      Alert,
      'name' | 'rule' | 'account_id' | 'severity' | 'text' | 'notice'
    > & { readonly actor: string; readonly times?: number })
  | { readonly kind: 'clear'; readonly name: string; readonly actor: string; readonly note?: string }
  | { readonly kind: 'acknowledge'; readonly name: string; readonly actor: string; readonly note?: string }

/** What became of one alert by a word. `counted` and nothing else is not worth an event. */
export interface AlertMove {
  readonly what: 'raised' | 'counted' | 'acknowledged' | 'cleared'
  readonly alert: Alert
  readonly actor: string
}

/** The name under which all beyond the limit of A4 are one. */
export const moreName = (rule: string, account_id: number): string => `${rule}:${account_id}:more`

/**
 * What these words change, in their order.
 * @param open alerts that are not cleared
 * @param id a new alert's id
 */
export function moveAlerts(
  open: Iterable<Alert>,
  words: readonly AlertWord[],
  now: number,
  id: () => string,
): AlertMove[] {
  const by_name = new Map(Array.from(open, (alert) => [alert.name, alert]))
  const moves: AlertMove[] = []
  for (const word of words) {
    const known = by_name.get(nameOf(word, by_name))
    const move = known
      ? moved(known, word, now)
      : word.kind === 'raise'
        ? begun(word, by_name, now, id())
        : null
    if (!move) continue
    moves.push(move)
    if (move.alert.cleared_at === null) by_name.set(move.alert.name, move.alert)
    else by_name.delete(move.alert.name)
  }
  return moves
}

/** A4: a new one beyond the limit goes by the common name. */
function nameOf(word: AlertWord, open: ReadonlyMap<string, Alert>): string {
  if (word.kind !== 'raise' || open.has(word.name)) return word.name
  return isCrowded(word, open) ? moreName(word.rule, word.account_id) : word.name
}

function isCrowded(
  { rule, account_id }: Pick<Alert, 'rule' | 'account_id'>,
  open: ReadonlyMap<string, Alert>,
): boolean {
  let like = 0
  for (const alert of open.values()) if (alert.rule === rule && alert.account_id === account_id) like += 1
  return rule !== RAISED && like >= limits.alerts_per_rule_max
}

/** The rule of what keys and people raise: how many they may is their limit, not A4's. */
export const RAISED = 'raised'

type Raise = AlertWord & { kind: 'raise' }

function begun(word: Raise, open: ReadonlyMap<string, Alert>, now: number, alert_id: string): AlertMove {
  const { rule, account_id, severity, text, notice, actor } = word
  const crowded = isCrowded(word, open)
  const alert: Alert = {
    ...{ alert_id, name: crowded ? moreName(rule, account_id) : word.name, rule, account_id, severity },
    text: crowded ? `more than ${limits.alerts_per_rule_max} of ${rule}: look at the account` : text,
    ...{ notice, raised_by: actor, raised_at: now, last_at: now, count: word.times ?? 1 },
    ...{ acknowledged_at: null, acknowledged_by: null, note: null, cleared_at: null, cleared_by: null },
  }
  return { what: 'raised', alert, actor }
}

function moved(alert: Alert, word: AlertWord, now: number): AlertMove | null {
  const { actor } = word
  if (word.kind === 'raise') {
    const count = alert.count + (word.times ?? 1)
    return { what: 'counted', alert: { ...alert, count, last_at: Math.max(now, alert.last_at) }, actor }
  }
  const note = word.note ?? alert.note
  const ended = { cleared_at: now, cleared_by: actor }
  if (word.kind === 'clear') return { what: 'cleared', alert: { ...alert, ...ended, note }, actor }
  if (alert.acknowledged_at !== null) return null
  const seen = { ...alert, acknowledged_at: now, acknowledged_by: actor, note }
  return { what: 'acknowledged', alert: alert.notice ? { ...seen, ...ended } : seen, actor }
}

/** So long a notice stands that nobody acknowledges. */
export const NOTICE_MS = 24 * 3_600_000

/** Notices whose time is over, as words. */
export const outdated = (open: Iterable<Alert>, now: number): AlertWord[] =>
  Array.from(open)
    .filter(({ notice, last_at }) => notice && now - last_at >= NOTICE_MS)
    .map(({ name }) => ({
      kind: 'clear',
      name,
      actor: 'server',
      note: 'nobody acknowledged it within a day',
    }))
