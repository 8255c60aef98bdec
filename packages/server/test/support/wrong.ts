import type Type from 'typebox'
import { Compile } from 'typebox/compile'
import { type Door, goodBody } from './doors.ts'

export interface Node {
  type?: string
  properties?: Record<string, Node>
  required?: string[]
  items?: Node
  anyOf?: Node[]
}
export type Path = (string | number)[]

export const WRONG: unknown[] = [
  null,
  true,
  5,
  -5,
  1.5,
  1e300,
  '',
  'text',
  'x'.repeat(20_000),
  [],
  [[]],
  {},
  { a: 1 },
]

/** Every field of a schema, and for each the values that it does not take. */
export function wrongFields(schema: Node, at: Path = []): { at: Path; value: unknown }[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const check = Compile(field as Type.TSchema)
    const here = WRONG.filter((value) => !check.Check(value)).map((value) => ({ at: [...at, name], value }))
    const items = field.items?.anyOf?.find((one) => one.properties) ?? field.items
    return [
      ...here,
      ...wrongFields(field, [...at, name]),
      ...(items ? wrongFields(items, [...at, name, 0]) : []),
    ]
  })
}

export function missingFields(schema: Node, at: Path = []): Path[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const items = field.items?.anyOf?.find((one) => one.properties) ?? field.items
    const here = schema.required?.includes(name) ? [[...at, name]] : []
    return [
      ...here,
      ...missingFields(field, [...at, name]),
      ...(items ? missingFields(items, [...at, name, 0]) : []),
    ]
  })
}

/** The body with one part replaced, or left out; an absent object around the part is made. */
export function altered(body: unknown, at: Path, value: unknown): unknown {
  const [name, ...rest] = at
  if (name === undefined) return value
  if (typeof body !== 'object' || body === null) return body
  const copy: Record<string | number, unknown> = (Array.isArray(body) ? [...body] : { ...body }) as never
  const absent = copy[name] === undefined && typeof rest[0] === 'string'
  copy[name] = altered(absent ? {} : copy[name], rest, value)
  return copy
}

/** As `goodBody`, with the richest entries of its lists first: their fields are altered. */
export const richBody = (door: Door, subject: Parameters<typeof goodBody>[1]) => ({
  ...goodBody(door, subject),
  ...(door.name === 'connect' ? { available_symbols: [{ symbol: 'GBPUSD', digits: 5 }] } : {}),
})
