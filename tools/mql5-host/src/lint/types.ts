// MQL5 host, lint: types and values. `null` is a type that lint does not know: no rule speaks about it, because an
// alarm that is false teaches people to look away.
import { BUILTIN_TYPES } from '../words.ts'

export interface Type {
  readonly base: string
  readonly pointers: number
  /** How many pairs of brackets; 0 is no array. */
  readonly rank: number
  /** Of each dimension, null for an open or unknown one. */
  readonly sizes: readonly (number | null)[]
  readonly isEnum: boolean
  /** A structure or class. */
  readonly isObject: boolean
}

export type ValueKind = 'literal' | 'variable' | 'element' | 'member' | 'call' | 'other'

export interface Value {
  readonly type: Type | null
  readonly kind: ValueKind
  /** Where to point at. */
  readonly at: number
  readonly title: string
  /** Known at compile time. */
  readonly constant?: bigint | number
  /** Never below zero and never above. */
  readonly limit?: bigint
  readonly isConst?: boolean
  readonly isInput?: boolean
  /** Something happens when it is computed. */
  readonly effect?: boolean
  /** Fits every type, as NULL and WRONG_VALUE do. */
  readonly any?: boolean
  readonly comparison?: boolean
  readonly text?: string
}

const simple = (base: string): Type => ({
  base,
  pointers: 0,
  rank: 0,
  sizes: [],
  isEnum: false,
  isObject: false,
})
const SIMPLE = new Map([...BUILTIN_TYPES].map((name) => [name, simple(name)]))

export const builtin = (name: string): Type => SIMPLE.get(name) ?? simple(name)
export const enumType = (base: string): Type => ({ ...simple(base), isEnum: true })
export const objectType = (base: string): Type => ({ ...simple(base), isObject: true })

/** Bits and sign of what holds whole numbers. */
const INTEGERS: ReadonlyMap<string, { bits: number; signed: boolean }> = new Map([
  ['bool', { bits: 1, signed: false }],
  ['char', { bits: 8, signed: true }],
  ['uchar', { bits: 8, signed: false }],
  ['short', { bits: 16, signed: true }],
  ['ushort', { bits: 16, signed: false }],
  ['int', { bits: 32, signed: true }],
  ['uint', { bits: 32, signed: false }],
  ['color', { bits: 32, signed: false }],
  ['long', { bits: 64, signed: true }],
  ['ulong', { bits: 64, signed: false }],
  ['datetime', { bits: 64, signed: true }],
])

const isPlain = (type: Type): boolean => type.rank === 0 && type.pointers === 0 && !type.isObject

export const isString = (type: Type | null): boolean =>
  type !== null && isPlain(type) && type.base === 'string'
export const isReal = (type: Type | null): boolean =>
  type !== null && isPlain(type) && (type.base === 'double' || type.base === 'float')

/** Whole numbers, enumerations among them. */
export function integer(type: Type | null): { bits: number; signed: boolean } | null {
  if (type === null || !isPlain(type)) return null
  return type.isEnum ? { bits: 32, signed: true } : (INTEGERS.get(type.base) ?? null)
}

export const isNumber = (type: Type | null): boolean => isReal(type) || integer(type) !== null
export const isTime = (type: Type | null): boolean =>
  type !== null && isPlain(type) && (type.base === 'datetime' || type.base === 'color')

/** What + - * / make of two numbers. */
export function common(one: Type | null, other: Type | null): Type | null {
  if (isReal(one) || isReal(other)) {
    if (!isNumber(one) || !isNumber(other)) return null
    const wide = one?.base === 'double' || other?.base === 'double'
    const long = [one, other].some((type) => (integer(type)?.bits ?? 0) > 24)
    return builtin(wide || long ? 'double' : 'float')
  }
  const [a, b] = [integer(one), integer(other)]
  if (a === null || b === null) return null
  const bits = Math.max(a.bits, b.bits, 32)
  const unsigned = [a, b].some((part) => part.bits === bits && !part.signed)
  return builtin(bits === 64 ? (unsigned ? 'ulong' : 'long') : unsigned ? 'uint' : 'int')
}

export const promoted = (type: Type | null): Type | null => common(type, builtin('int'))

/** Whether a whole number has a place in the type. */
export function fits(value: bigint, { bits, signed }: { bits: number; signed: boolean }): boolean {
  if (bits === 1) return true
  const top = 1n << BigInt(signed ? bits - 1 : bits)
  return value < top && value >= (signed ? -top : 0n)
}

export const typeName = (type: Type): string => type.base + '*'.repeat(type.pointers) + '[]'.repeat(type.rank)

/** The type of `a[i]`. */
export const elementType = (type: Type): Type => ({
  ...type,
  rank: type.rank - 1,
  sizes: type.sizes.slice(1),
})

export const unknown = (at: number, title = ''): Value => ({
  type: null,
  kind: 'other',
  at,
  title,
  effect: true,
})
