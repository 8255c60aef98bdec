// The fields of a message as rows, read from its schema.
import { code } from './markdown.ts'

interface Schema {
  type?: string
  const?: unknown
  description?: string
  anyOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
}

/** field, what it may be, what it means; optional fields end with `?`. */
export function fieldRows(schema: unknown): string[][] {
  const { properties = {}, required = [] } = schema as Schema
  return Object.entries(properties).map(([name, field]) => [
    code(required.includes(name) ? name : `${name}?`),
    kindOf(field),
    field.description ?? '',
  ])
}

/** The names only, in one line: `account, api_key?, …`. */
export function fieldNames(schema: unknown): string {
  if (schema === undefined) return ''
  const { properties = {}, required = [] } = schema as Schema
  return Object.keys(properties)
    .map((name) => (required.includes(name) ? name : `${name}?`))
    .join(', ')
}

function kindOf(schema: Schema): string {
  if (schema.anyOf) return [...new Set(schema.anyOf.map(kindOf))].join(' or ')
  if (schema.const !== undefined) return code(JSON.stringify(schema.const))
  if (schema.type === 'array')
    return `list of ${kindOf(schema.items ?? {})}${span(schema.minItems, schema.maxItems)}`
  if (schema.type === 'string') return `text${span(schema.minLength, schema.maxLength)}`
  const low = schema.exclusiveMinimum === undefined ? schema.minimum : `> ${schema.exclusiveMinimum}`
  return `${schema.type ?? 'anything'}${span(low, schema.maximum)}`
}

function span(low: number | string | undefined, high: number | undefined): string {
  if (low === undefined && high === undefined) return ''
  if (high === undefined) return ` (≥ ${low})`
  return low === undefined ? ` (≤ ${high})` : ` (${low} … ${high})`
}
