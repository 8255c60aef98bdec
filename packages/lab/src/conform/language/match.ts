// What came against what was demanded. Each difference is one sentence, with the path where it is.
//
//   M1. Only what is demanded is compared: an answer may always say more.
//   M2. `$new` is bound for good when everything of the step fits, so that a second look starts unbound.
import type { Field, Json, Part, Term } from './dialogue.ts'
import { pick } from './paths.ts'
import { NoValue, type Scope } from './scope.ts'

export interface Matched {
  /** Empty: it fits. */
  readonly differences: readonly string[]
  /** What was bound on the way. */
  readonly bound: Scope
}

/** Compares fields, and the items of a list if any were demanded. @param list the list as it came */
export function matchPart(
  part: Pick<Part, 'fields' | 'items'>,
  came: Json | undefined,
  list: Json | undefined,
  scope: Scope,
): Matched {
  const bound = scope.fork()
  const differences = part.fields.flatMap((field) => compareField(field, came, bound, ''))
  if (part.items !== null) differences.push(...compareItems(part.items, list, bound))
  return { differences, bound }
}

function compareItems(items: readonly Part[], list: Json | undefined, scope: Scope): string[] {
  if (!Array.isArray(list)) return [`a list of ${items.length} was expected, ${show(list)} came`]
  const counted =
    list.length === items.length
      ? []
      : [`${count(items.length)} expected in the list, ${count(list.length)} came`]
  const compared = items.flatMap((item, at) =>
    at < list.length
      ? item.fields.flatMap((field) => compareField(field, list[at], scope, `item ${at + 1}, `))
      : [],
  )
  return [...counted, ...compared]
}

const count = (items: number): string => (items === 1 ? '1 item was' : `${items} items were`)

function compareField(field: Field, came: Json | undefined, scope: Scope, where: string): string[] {
  const value = pick(came, field.path)
  if (fits(field.term, value, scope)) return []
  return [`${where}${field.path}: ${describe(field.term, scope)} expected, ${show(value)} came`]
}

/** Does the value fit? A variable without a value takes it. */
function fits(term: Term, value: Json | undefined, scope: Scope): boolean {
  switch (term.kind) {
    case 'any':
      return value !== undefined
    case 'absent':
      return value === undefined
    case 'not':
      return !fits(term.term, value, scope)
    case 'either':
      return term.terms.some((one) => fits(one, value, scope))
    case 'contains':
      return textOf(value).includes(String(scope.valueOf(term.text)))
    case 'range':
      return inRange(term, value, scope)
    case 'variable':
      return fitsVariable(term, value, scope)
    case 'literal':
      return same(term.value, value, term.quoted)
    default:
      return same(scope.valueOf(term), value, false)
  }
}

function fitsVariable(term: Term & { kind: 'variable' }, value: Json | undefined, scope: Scope): boolean {
  if (scope.knows(term.name)) return same(scope.valueOf(term), value, false)
  if (term.plus !== 0) throw new NoValue(`$${term.name} has no value yet`)
  if (value === undefined) return false
  scope.bind(term.name, value)
  return true
}

function inRange(term: Term & { kind: 'range' }, value: Json | undefined, scope: Scope): boolean {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : Number.NaN
  if (Number.isNaN(number)) return false
  const bound = (one: Term | null, otherwise: number) =>
    one === null ? otherwise : Number(scope.valueOf(one))
  return (
    number >= bound(term.from, Number.NEGATIVE_INFINITY) && number <= bound(term.to, Number.POSITIVE_INFINITY)
  )
}

/** A number and its digits as text are alike, unless the text was quoted (R1). */
function same(wanted: Json, value: Json | undefined, quoted: boolean): boolean {
  if (value === undefined) return false
  if (wanted !== null && typeof wanted === 'object') return JSON.stringify(wanted) === JSON.stringify(value)
  if (quoted || typeof wanted === 'boolean' || wanted === null) return wanted === value
  return (typeof value === 'number' || typeof value === 'string') && String(wanted) === String(value)
}

const textOf = (value: Json | undefined): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '')

/** A term in words, with the values that it stands for. */
export function describe(term: Term, scope: Scope): string {
  switch (term.kind) {
    case 'any':
      return 'anything'
    case 'absent':
      return 'nothing'
    case 'not':
      return `not ${describe(term.term, scope)}`
    case 'either':
      return term.terms.map((one) => describe(one, scope)).join(' or ')
    case 'contains':
      return `text with ${describe(term.text, scope)}`
    case 'range':
      return `${term.from ? describe(term.from, scope) : ''}..${term.to ? describe(term.to, scope) : ''}`
    case 'variable':
      return scope.knows(term.name) ? show(scope.valueOf(term)) : `$${term.name}`
    default:
      return show(scope.valueOf(term))
  }
}

export const show = (value: Json | undefined): string =>
  value === undefined ? 'nothing' : JSON.stringify(value)
