// The rules of accounts: facts in, what is not in order out. A rule is a row of this table.
//
//   R1. A rule says what holds now (`found`), or that nobody can know (null): then what stands, stands.
//   R2. What it names is raised once, and cleared by the first look that does not find it any more.
//   R3. What a worse rule already tells is not told again: degraded is a part of lost.
import type { AlertSettings, AlertSeverity, ConnectionState } from '@ngtb/protocol'
import { type Alert, type AlertWord, moreName } from './alert.ts'

export interface Thresholds extends Required<Omit<AlertSettings, 'channels' | 'quiet_hours' | 'muted'>> {}

/** Published: health below 70, or 3 failures in a row; checked every 60 s. */
export const ALERT_DEFAULTS: Required<AlertSettings> = {
  health_min: 70,
  failures: 3,
  silence_s: 60,
  tick_silence_s: 300,
  drawdown_percent: 20,
  daily_loss_percent: 5,
  channels: null,
  quiet_hours: null,
  muted: [],
}

export interface AccountFacts {
  readonly account_id: number
  readonly login: string
  readonly state: ConnectionState
  readonly health_score: number
  readonly consecutive_failures: number
  /** Null: no EA has ever spoken. */
  readonly last_seen_at: number | null
  /** Null: ledger and EA agree, as far as was compared. */
  readonly drift: { readonly cause: string; readonly since: number } | null
  /** Missing in the last list, and not proven closed. */
  readonly in_doubt: readonly { readonly command_id: string; readonly text: string }[]
  /** Arrival of the newest quote; null: none since this server began. */
  readonly newest_quote_at: number | null
  /** By the broker's week; null: its time is not known. */
  readonly market_open: boolean | null
  readonly equity: number | null
  /** The highest equity since it is watched, without deposits since. */
  readonly peak_equity: number | null
  /** Equity at the beginning of the broker's day. */
  readonly day_equity: number | null
  /** Why the newest events of the chain do not fit; null: they do, or nobody looked. */
  readonly audit_break: string | null
}

export interface Found {
  /** Null: the account as a whole. */
  readonly subject: string | null
  readonly text: string
}

interface Rule {
  readonly severity: AlertSeverity
  readonly about: string
  look(facts: AccountFacts, limits: Thresholds, now: number): readonly Found[] | null
}

/**
 * A stop that was hit while the terminal was closed makes them differ until the EA has looked into its history: two
 * lists more than 5 s apart at most (R4). Opening is refused at once; to wake somebody for it would teach him not to
 * look.
 */
const DRIFT_MS = 15_000

const whole = (holds: boolean, text: () => string): readonly Found[] =>
  holds ? [{ subject: null, text: text() }] : []

const isGone = ({ state, last_seen_at }: AccountFacts) => state === 'disconnected' || last_seen_at === null
const seconds = (ms: number) => Math.round(ms / 1_000)
const money = (value: number) => value.toFixed(2)

/** How far below, in percent; null: not known. */
const below = (from: number | null, equity: number | null): number | null =>
  from === null || equity === null || from <= 0 ? null : ((from - equity) / from) * 100

export const ACCOUNT_RULES = {
  connection_lost: {
    severity: 'critical',
    about: 'silent intervals in a row (`failures`)',
    look: (facts, { failures }) =>
      isGone(facts)
        ? []
        : whole(
            facts.consecutive_failures >= failures,
            () => `the EA is lost: ${facts.consecutive_failures} silent intervals in a row`,
          ),
  },
  connection_degraded: {
    severity: 'warning',
    about: 'health below `health_min`',
    look: (facts, { health_min, failures }) => {
      if (isGone(facts)) return []
      // R3.
      if (facts.consecutive_failures >= failures) return null
      return whole(
        facts.health_score < health_min,
        () => `the connection is degraded: health ${facts.health_score}, ${health_min} is the least`,
      )
    },
  },
  ea_silent: {
    severity: 'warning',
    about: 'no word of the EA for `silence_s`, a goodbye too',
    look: ({ last_seen_at }, { silence_s }, now) =>
      last_seen_at === null
        ? []
        : whole(
            now - last_seen_at >= silence_s * 1_000,
            () => `no word of the EA for ${seconds(now - last_seen_at)} s`,
          ),
  },
  command_in_doubt: {
    severity: 'critical',
    about: 'a command whose outcome nobody knows (`timeout`); one alert a command',
    look: ({ in_doubt }) => in_doubt.map(({ command_id, text }) => ({ subject: command_id, text })),
  },
  drift: {
    severity: 'critical',
    about: 'ledger and EA have differed for 15 s, and opening is refused',
    look: ({ drift }, _, now) =>
      drift === null || now - drift.since < DRIFT_MS
        ? []
        : whole(true, () => `ledger and EA differ: ${drift.cause}`),
  },
  drawdown: {
    severity: 'critical',
    about: 'equity below its peak by `drawdown_percent`',
    look: ({ peak_equity, equity }, { drawdown_percent: most }) => {
      if (most === null) return []
      const down = below(peak_equity, equity)
      if (down === null || peak_equity === null || equity === null) return null
      return whole(
        down >= most,
        () =>
          `equity ${money(equity)} is ${down.toFixed(1)} % below its peak ${money(peak_equity)}; ${most} % is the most`,
      )
    },
  },
  daily_loss: {
    severity: 'critical',
    about: 'equity below that of the broker’s midnight by `daily_loss_percent`',
    look: ({ day_equity, equity }, { daily_loss_percent: most }) => {
      if (most === null) return []
      const down = below(day_equity, equity)
      if (down === null || day_equity === null || equity === null) return null
      return whole(
        down >= most,
        () =>
          `lost ${money(day_equity - equity)} (${down.toFixed(1)} %) since the day began; ${most} % is the most`,
      )
    },
  },
  tick_silence: {
    severity: 'warning',
    about: 'no tick for `tick_silence_s` while the market is open and the EA speaks',
    look: ({ newest_quote_at, market_open, last_seen_at }, { tick_silence_s, silence_s }, now) => {
      const speaks = last_seen_at !== null && now - last_seen_at < silence_s * 1_000
      if (market_open !== true || !speaks) return newest_quote_at === null ? [] : null
      if (newest_quote_at === null) return []
      const silent = now - newest_quote_at
      return whole(
        silent >= tick_silence_s * 1_000,
        () => `no tick for ${seconds(silent)} s while the market is open`,
      )
    },
  },
  audit_break: {
    severity: 'critical',
    about: 'the newest events of the account’s chain do not fit together',
    look: ({ audit_break }) => whole(audit_break !== null, () => `the audit trail is broken: ${audit_break}`),
  },
} as const satisfies Record<string, Rule>

export type AccountRuleName = keyof typeof ACCOUNT_RULES
export const ACCOUNT_RULE_NAMES = Object.keys(ACCOUNT_RULES) as AccountRuleName[]

/** The name of a rule's alert: by the account's number, for that never changes. */
export const alertName = (rule: string, account_id: number, subject: string | null = null): string =>
  `${rule}:${account_id}${subject === null ? '' : `:${subject}`}`

/**
 * What a look at an account raises and clears, beside what stands.
 * @param open alerts that are not cleared, of any account
 */
export function lookAtAccount(
  facts: AccountFacts,
  settings: Required<AlertSettings>,
  open: Iterable<Alert>,
  now: number,
): AlertWord[] {
  const standing = Array.from(open).filter(({ account_id }) => account_id === facts.account_id)
  return ACCOUNT_RULE_NAMES.flatMap((rule) => {
    const { severity, look } = ACCOUNT_RULES[rule] as Rule
    const found = settings.muted.includes(rule) ? [] : look(facts, settings, now)
    if (found === null) return []
    const mine = standing.filter((alert) => alert.rule === rule)
    return difference({ rule, severity, account_id: facts.account_id }, found, mine)
  })
}

/** R2: raises what is found and does not stand, clears what stands and is not found. @param mine its open alerts */
export function difference(
  of: Pick<Alert, 'rule' | 'severity' | 'account_id'>,
  found: readonly Found[],
  mine: readonly Alert[],
): AlertWord[] {
  const { rule, account_id } = of
  const standing = new Set(mine.map(({ name }) => name))
  const wanted = new Map(found.map((one) => [alertName(rule, account_id, one.subject), one]))
  const nameless = [...wanted].filter(([name]) => !standing.has(name))
  // A4: while the common one stands, what has no alert of its own is counted there already.
  const common = moreName(rule, account_id)
  const fresh = standing.has(common) ? [] : nameless
  const over = mine.filter(({ name }) => (name === common ? nameless.length === 0 : !wanted.has(name)))
  return [
    ...fresh.map(
      ([name, { text }]): AlertWord => ({ kind: 'raise', ...of, name, text, notice: false, actor: 'server' }),
    ),
    ...over.map(({ name }): AlertWord => ({ kind: 'clear', name, actor: 'server' })),
  ]
}
