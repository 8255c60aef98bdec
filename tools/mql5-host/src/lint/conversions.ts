// MQL5 host, lint: one value goes where another type is expected.
import type { House } from './scope.ts'
import { lineage } from './symbols.ts'
import {
  fits,
  integer,
  isNumber,
  isReal,
  isString,
  isTime,
  type Type,
  typeName,
  type Value,
} from './types.ts'

/** @param what the thing that is given the value, for the sentence */
export function convert({ reader, symbols }: House, to: Type | null, value: Value, what: string): void {
  const from = value.type
  if (to === null || from === null || value.any) return
  const { at, title } = value
  if (from.rank > 0 && to.rank === 0) {
    reader.say('array-operand', at, title)
    return
  }
  if (to.rank > 0 || to.pointers > 0 || from.pointers > 0) return
  if (to.isObject || from.isObject) {
    if (to.isObject && from.isObject && related(to.base, from.base)) return
    // A constructor or an operator may take it.
    if (to.isObject && (symbols.classes.get(to.base)?.methods.size ?? 0) > 0) return
    if (from.isObject && (symbols.classes.get(from.base)?.methods.size ?? 0) > 0) return
    reader.say('type-mismatch', at, `${typeName(from)} where ${typeName(to)} is expected by ${what}`)
    return
  }
  if (to.isEnum) toEnum(to)
  else if (isString(to)) {
    if (isNumber(from)) reader.say('number-to-string', at, title)
  } else if (isString(from)) {
    if (isNumber(to)) reader.say('string-to-number', at, title)
  } else if (losesData(to, value)) {
    const cast = `(${to.base})${/^[\w.]+$/.test(title) ? title : '(…)'}`
    reader.say(
      'data-loss',
      at,
      `${from.base} into ${to.base} (${what}) may lose data: check it, and write ${cast}`,
    )
  } else if (changesSign(to, value)) {
    const cast = `(${to.base})${/^[\w.]+$/.test(title) ? title : '(…)'}`
    reader.say('sign-change', at, `${from.base} into ${to.base} (${what}): write ${cast}`)
  }

  function toEnum(wanted: Type): void {
    if (from?.isEnum) {
      if (from.base === wanted.base) return
      reader.say('wrong-enum', at, `${title} is of ${from.base}, and ${what} is of ${wanted.base}`)
    } else
      reader.say(
        'not-an-enum',
        at,
        `${title} is no ${wanted.base}: name the constant, or write (${wanted.base})value`,
      )
  }

  function related(one: string, other: string): boolean {
    if (one === other) return true
    const line = (name: string) => lineage(symbols, name)
    const [a, b] = [line(one), line(other)]
    if (a === null || b === null) return !known(one) || !known(other)
    return a.some(({ name }) => name === other) || b.some(({ name }) => name === one)
  }

  function known(name: string): boolean {
    return symbols.classes.has(name) || name.startsWith('Mql')
  }
}

/** Whether -1 may become the greatest number, or the other way round, with no bit lost. */
function changesSign(to: Type, { type: from, constant, limit }: Value): boolean {
  const [wanted, given] = [integer(to), integer(from)]
  if (wanted === null || given === null || from === null || from.isEnum) return false
  if (constant !== undefined || limit !== undefined || wanted.bits === 1 || isTime(to)) return false
  if (given.signed) return !wanted.signed && from.base !== 'datetime'
  return wanted.signed && given.bits === wanted.bits && from.base !== 'color'
}

/** Whether a number may not come out as it went in; signs are looked at by `changesSign` and by comparisons. */
export function losesData(to: Type, { type: from, constant, limit }: Value): boolean {
  const [wanted, given] = [integer(to), integer(from)]
  if (to.base === 'bool' || from === null) return false
  if (wanted !== null && isReal(from))
    return typeof constant !== 'number' || !Number.isInteger(constant) || !fits(BigInt(constant), wanted)
  if (wanted !== null && given !== null) {
    if (typeof constant === 'bigint')
      return !fits(constant, { ...wanted, signed: wanted.signed && constant < 0n })
    if (limit !== undefined && fits(limit, wanted)) return false
    return given.bits > wanted.bits
  }
  if (isReal(to) && given !== null) {
    if (typeof constant === 'bigint') return false
    return given.bits > (to.base === 'double' ? 53 : 24) && !(limit !== undefined && limit < 1n << 24n)
  }
  return to.base === 'float' && from.base === 'double' && constant === undefined
}
