// MQL5 host, lint: what was found, where, and how it is told. The sentences are in lint/rules.ts.
import { CAUSES, RULES, type RuleId } from './lint/rules.ts'
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
    const lines = new Set(this.list.filter(({ rule }) => isCause(rule)).map(lineOf))
    return this.list
      .filter((one) => !CONSEQUENCES.has(one.rule) || !lines.has(lineOf(one)))
      .sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column)
  }
}

const lineOf = ({ file, line }: Finding): string => `${file} ${line}`

/** On a line that is no MQL5 at all these say nothing more. */
const CONSEQUENCES: ReadonlySet<RuleId> = new Set<RuleId>([
  'syntax',
  'unknown-name',
  'unknown-function',
  'unused',
  'type-expected',
  'semicolon-expected',
  'brackets-unbalanced',
  'braces-unbalanced',
  'comma-index',
  'global-statement',
  'function-without-body',
  'case-type',
])
const isCause = (rule: RuleId): boolean => !CONSEQUENCES.has(rule) && CAUSES.has(rule)

/** `file:line:column: error no-arrow (MetaEditor 149): …`, as editors know how to jump to. */
export function tell({ rule, file, line, column, message }: Finding): string {
  const { level, code } = RULES[rule]
  const number = code === null ? '' : ` (MetaEditor ${code})`
  return `${file}:${line}:${column}: ${level} ${rule}${number}: ${message}`
}
