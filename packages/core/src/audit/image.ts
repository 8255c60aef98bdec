// Images of rows as events tell them (P13): what is folded, and how an image is compared with the row itself.
import { canonical } from './event.ts'

/** Fields by their column names; a field that no event told is not in it. */
export type Image = Readonly<Record<string, unknown>>

/** Moments are whole milliseconds in the ledger, whatever an event says. */
const wholeMoment = (field: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) && field.endsWith('_at') ? Math.trunc(value) : value

/** The fields of `source` that it has; `undefined` says nothing. */
export function pick(source: Readonly<Record<string, unknown>>, fields: readonly string[]): Image {
  const image: Record<string, unknown> = {}
  for (const field of fields)
    if (source[field] !== undefined) image[field] = wholeMoment(field, source[field])
  return image
}

/** Has every field been told? One that began before events told all of it never is. */
export const isWhole = (image: Image, fields: readonly string[]): boolean =>
  fields.every((field) => field in image)

export interface Difference {
  readonly field: string
  readonly told: unknown
  readonly is: unknown
}

/** Where the row differs from what was told of it, field by field. */
export const differences = (told: Image, row: Image, fields: readonly string[]): Difference[] =>
  fields
    .filter((field) => !same(told[field], row[field]))
    .map((field) => ({ field, told: told[field], is: row[field] }))

/** What has to be told so that `told` becomes `row`; null: nothing. */
export function untold(told: Image, row: Image, fields: readonly string[]): Record<string, unknown> | null {
  let missing: Record<string, unknown> | null = null
  for (const field of fields)
    if (!same(told[field], row[field])) {
      missing ??= {}
      missing[field] = row[field] ?? null
    }
  return missing
}

/** Equal as JSON: what comes back from the ledger is no longer the same object. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false
  return canonical(a) === canonical(b)
}
