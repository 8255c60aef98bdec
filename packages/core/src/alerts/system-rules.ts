// The rules of a server and its machine: each server looks at its own, under its own name.
import type { AlertSeverity } from '@ngtb/protocol'
import type { Alert, AlertWord } from './alert.ts'
import { difference, type Found } from './rules.ts'

export interface MachineFacts {
  /** The server's name: the same after a restart. */
  readonly server: string
  /** Where the data is; null: not known. */
  readonly disk: { readonly free_bytes: number; readonly total_bytes: number } | null
  /** End of the TLS certificate, ms UTC; 'unreadable'; null: none is set. */
  readonly certificate_ends_at: number | 'unreadable' | null
  /** Why the newest events of the system's own chain do not fit; null: they do, or nobody looked. */
  readonly audit_break: string | null
  /** Messages that were given up within a day, by channel. */
  readonly given_up: Readonly<Record<string, number>>
}

export interface MachineLimits {
  readonly disk_free_bytes_min: number
  readonly certificate_ms_min: number
}

interface Rule {
  readonly severity: AlertSeverity
  readonly about: string
  look(facts: MachineFacts, limits: MachineLimits, now: number): readonly string[] | null
}

const DAY_MS = 86_400_000
const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`

export const SYSTEM_RULES = {
  disk: {
    severity: 'critical',
    about: 'less room than NGTB_ALERT_DISK_FREE_MB on the disk of the data',
    look: ({ disk }, { disk_free_bytes_min: least }) =>
      disk === null
        ? null
        : disk.free_bytes >= least
          ? []
          : [
              `${gib(disk.free_bytes)} of ${gib(disk.total_bytes)} are free on the disk; ${gib(least)} is the least`,
            ],
  },
  certificate: {
    severity: 'warning',
    about: 'the TLS certificate ends within NGTB_ALERT_CERTIFICATE_DAYS, or can not be read',
    look: ({ certificate_ends_at: ends }, { certificate_ms_min }, now) => {
      if (ends === null) return []
      if (ends === 'unreadable') return ['the TLS certificate can not be read: NGTB_TLS_CERT_FILE']
      const left = ends - now
      if (left >= certificate_ms_min) return []
      return [
        left <= 0
          ? 'the TLS certificate has ended'
          : `the TLS certificate ends in ${Math.ceil(left / DAY_MS)} days`,
      ]
    },
  },
  audit_break: {
    severity: 'critical',
    about: 'the newest events of the system’s chain do not fit together',
    look: ({ audit_break }) => (audit_break === null ? [] : [`the audit trail is broken: ${audit_break}`]),
  },
  undelivered: {
    severity: 'warning',
    about: 'a channel did not take messages for so long that they were given up',
    look: ({ given_up }) => {
      const lost = Object.entries(given_up).filter(([, count]) => count > 0)
      return lost.length === 0
        ? []
        : [`messages were given up: ${lost.map(([channel, count]) => `${count} by ${channel}`).join(', ')}`]
    },
  },
} as const satisfies Record<string, Rule>

export type SystemRuleName = keyof typeof SYSTEM_RULES
export const SYSTEM_RULE_NAMES = Object.keys(SYSTEM_RULES) as SystemRuleName[]

/** What a look at this machine raises and clears. @param open alerts that are not cleared */
export function lookAtMachine(
  facts: MachineFacts,
  limits: MachineLimits,
  muted: readonly string[],
  open: Iterable<Alert>,
  now: number,
): AlertWord[] {
  const standing = Array.from(open)
  return SYSTEM_RULE_NAMES.flatMap((rule) => {
    const { severity, look } = SYSTEM_RULES[rule] as Rule
    const texts = muted.includes(rule) ? [] : look(facts, limits, now)
    if (texts === null) return []
    const found: Found[] = texts.map((text) => ({ subject: facts.server, text: `${facts.server}: ${text}` }))
    const mine = standing.filter(({ name }) => name === `${rule}:0:${facts.server}`)
    return difference({ rule, severity, account_id: 0 }, found, mine)
  })
}
