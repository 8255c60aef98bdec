// What a check of the ledger finds: the first so many with their words, all of them counted.
import type { Difference } from '@ngtb/core'

export interface AuditProblem {
  readonly account_id: number
  readonly audit_no: number | null
  /** The command_id, ticket or other name that it is about. */
  readonly subject: string | null
  readonly reason: string
  /** The column that differs, where it is one. */
  readonly field: string | null
}

const KEPT_MAX = 1_000

export class Problems {
  readonly kept: AuditProblem[] = []
  count = 0

  add(account_id: number, problem: Partial<AuditProblem> & Pick<AuditProblem, 'reason'>): void {
    this.count += 1
    if (this.kept.length < KEPT_MAX)
      this.kept.push({ account_id, audit_no: null, subject: null, field: null, ...problem })
  }

  differs(
    account_id: number,
    what: string,
    subject: string | null,
    differences: readonly Difference[],
  ): void {
    for (const { field, told, is } of differences) {
      const says = `${field} is ${valueText(field, is)}, its events say ${valueText(field, told)}`
      this.add(account_id, { subject, field, reason: `${what}: ${says}` })
    }
  }
}

const TEXT_MAX = 120

/** A value of a row for a person: moments as ISO, the rest as JSON, both short. */
export function valueText(field: string, value: unknown): string {
  if (value === undefined) return 'nothing'
  if (field.endsWith('_at') && typeof value === 'number') return new Date(value).toISOString() // sim-ok: formats
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text
}
