// MQL5 host, lint: what was found, where, and how it is told. The sentences are in lint/rules.ts.
import { RULES, type RuleId } from './lint/rules.ts'
import type { Place } from './token.ts'

export interface Finding extends Place {
  readonly rule: RuleId
  readonly message: string
}

/** Collects findings; the same rule at the same place is said once. */
export class Findings {
  readonly list: Finding[] = []
  readonly #seen = new Set<string>()

  add(rule: RuleId, place: Place, detail = ''): void {
    const { file, line, column } = place
    const key = `${rule} ${file} ${line} ${column}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    const message = RULES[rule].says.replaceAll('$', () => detail)
    this.list.push({ rule, file, line, column, message })
  }

  /** In the order of the text, which is the order in which they are mended. */
  sorted(): Finding[] {
    const files = [...new Set(this.list.map(({ file }) => file))]
    return [...this.list].sort(
      (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
    )
  }
}

/** `file:line:column: error no-arrow (MetaEditor 149): …`, as editors know how to jump to. */
export function tell({ rule, file, line, column, message }: Finding): string {
  const { level, code } = RULES[rule]
  const number = code === null ? '' : ` (MetaEditor ${code})`
  return `${file}:${line}:${column}: ${level} ${rule}${number}: ${message}`
}
