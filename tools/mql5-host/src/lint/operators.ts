// MQL5 host, lint: operators, their types and what is wrong with what they are given.
import { convert, losesData } from './conversions.ts'
import type { Scope } from './scope.ts'
import {
  builtin,
  common,
  integer,
  isNumber,
  isReal,
  isString,
  isTime,
  promoted,
  type Type,
  type Value,
} from './types.ts'

const BOOL = builtin('bool')
const isArray = (type: Type | null): boolean => type !== null && type.rank > 0
const isObject = (type: Type | null): boolean =>
  type?.isObject === true && type.rank === 0 && type.pointers === 0

/** Says that an array or a structure is no operand; true when it did. */
function unusable({ house: { reader, symbols } }: Scope, value: Value): boolean {
  if (isArray(value.type)) reader.say('array-operand', value.at, value.title)
  // A class may have the operator.
  else if (isObject(value.type) && !symbols.classes.get(value.type?.base ?? '')?.methods.size)
    reader.say('object-operand', value.at, value.title)
  else return isObject(value.type)
  return true
}

function voidOperand({ house: { reader } }: Scope, value: Value): void {
  if (value.type?.base === 'void' && value.type.pointers === 0)
    reader.say('value-of-void', value.at, value.title)
}

const made = (type: Type | null, at: number, parts: readonly Value[], more: Partial<Value> = {}): Value => ({
  type,
  kind: 'other',
  at: parts[0]?.at ?? at,
  title: parts.map(({ title }) => title).join(' … '),
  effect: false,
  ...more,
})

export function binary(
  scope: Scope,
  left: Value,
  sign: string,
  right: Value,
  at: number,
  level: number,
): Value {
  const { reader } = scope.house
  voidOperand(scope, left)
  voidOperand(scope, right)
  const parts = [left, right]
  const text = sign
  const result = (type: Type | null, more: Partial<Value> = {}) =>
    made(type, at, parts, { effect: bothEffect(left, right, sign), text, ...more })
  if (left.any || right.any) return result(level >= 6 && level <= 7 ? BOOL : null)
  const [first, second] = [unusable(scope, left), unusable(scope, right)]
  if (first || second) return result(null)
  if (level <= 2) {
    for (const part of parts) {
      if (isString(part.type)) reader.say('string-arithmetic', at, sign)
      if (sign === '||' && part.text === '&&') reader.say('logic-precedence', at)
    }
    return result(BOOL)
  }
  if (level === 6 || level === 7) return comparison(scope, left, sign, right, at, result)
  if (level <= 5) for (const part of parts) if (part.comparison) reader.say('bit-precedence', at, sign)
  return arithmetic(scope, left, sign, right, at, result)
}

/** `a && F()` is a way to call F. */
const bothEffect = (left: Value, right: Value, sign: string): boolean =>
  /^(?:&&|\|\|)$/.test(sign)
    ? Boolean(right.effect)
    : Boolean(left.effect && right.effect && left.type === null)

type Result = (type: Type | null, more?: Partial<Value>) => Value

function comparison(
  scope: Scope,
  left: Value,
  sign: string,
  right: Value,
  at: number,
  result: Result,
): Value {
  const { reader } = scope.house
  const answer = result(BOOL, { comparison: true })
  if ((left.comparison || right.comparison) && sign !== '==' && sign !== '!=') reader.say('bool-compare', at)
  const [a, b] = [left.type, right.type]
  if (isString(a) !== isString(b) && a !== null && b !== null) {
    const [text, number] = isString(a) ? [left, right] : [right, left]
    if (isNumber(number.type)) reader.say('string-to-number', text.at, text.title)
    return answer
  }
  const [one, other] = [integer(a), integer(b)]
  const type = common(a, b)
  if (one === null || other === null || type === null || isTime(a) || isTime(b)) return answer
  if (type.base !== 'uint' && type.base !== 'ulong') return answer
  // A signed value becomes unsigned: -1 would be the greatest.
  for (const [value, { signed }] of [
    [left, one],
    [right, other],
  ] as const)
    if (signed && !isNonNegative(value)) reader.say('sign-mismatch', at, `'${sign}'`)
  return answer
}

const isNonNegative = ({ constant, limit }: Value): boolean =>
  (typeof constant === 'bigint' && constant >= 0n) || limit !== undefined

function arithmetic(
  scope: Scope,
  left: Value,
  sign: string,
  right: Value,
  at: number,
  result: Result,
): Value {
  const { reader } = scope.house
  const [a, b] = [left.type, right.type]
  if (isString(a) || isString(b)) {
    if (sign !== '+') reader.say('string-arithmetic', at, sign)
    else
      for (const value of [left, right])
        if (isNumber(value.type)) reader.say('number-to-string', value.at, value.title)
    return result(builtin('string'))
  }
  const wholeOnly = /^(?:%|&|\||\^|<<|>>)$/.test(sign)
  if (wholeOnly && (isReal(a) || isReal(b))) {
    reader.say('bit-operand', at, sign)
    return result(null)
  }
  if ((sign === '/' || sign === '%') && Number(right.constant ?? 1) === 0)
    reader.say('zero-division', at, sign)
  if (a?.pointers || b?.pointers) return result(null)
  const type = sign === '<<' || sign === '>>' ? promoted(a) : common(a, b)
  return result(type, { ...folded(left, sign, right), ...limited(left, sign, right) })
}

/** Of two known whole numbers. */
function folded({ constant: a }: Value, sign: string, { constant: b }: Value): Partial<Value> {
  if (typeof a === 'number' && typeof b === 'number') {
    const real = { '+': a + b, '-': a - b, '*': a * b, '/': a / b }[sign]
    return real === undefined ? {} : { constant: real }
  }
  if (typeof a !== 'bigint' || typeof b !== 'bigint') return {}
  const few = b >= 0n && b < 64n
  const whole = {
    '+': a + b,
    '-': a - b,
    '*': a * b,
    '/': b === 0n ? undefined : a / b,
    '%': b === 0n ? undefined : a % b,
    '&': a & b,
    '|': a | b,
    '^': a ^ b,
    '<<': few ? a << b : undefined,
    '>>': few ? a >> b : undefined,
  }[sign]
  return whole === undefined ? {} : { constant: whole }
}

/** A mask or a remainder keeps a value small. */
function limited(left: Value, sign: string, right: Value): Partial<Value> {
  const of = ({ constant, limit, type }: Value): bigint | undefined => {
    if (typeof constant === 'bigint' && constant >= 0n) return constant
    const whole = integer(type)
    return (
      limit ??
      (whole !== null && !whole.signed && whole.bits <= 16 ? (1n << BigInt(whole.bits)) - 1n : undefined)
    )
  }
  const [a, b] = [of(left), of(right)]
  if (sign === '&') {
    const least = [a, b].filter((one) => one !== undefined).sort((x, y) => (x < y ? -1 : 1))[0]
    return least === undefined ? {} : { limit: least }
  }
  if (sign === '%' && a !== undefined && b !== undefined && b > 0n) return { limit: b - 1n }
  if (sign === '|' && a !== undefined && b !== undefined) return { limit: a | b }
  if (sign === '^' && a !== undefined && b !== undefined) return { limit: a | b }
  if (sign === '>>' && a !== undefined) return { limit: a }
  return {}
}

export function unary(scope: Scope, sign: string, value: Value, at: number): Value {
  const { reader } = scope.house
  voidOperand(scope, value)
  if (sign === '*' || sign === '&') return made(null, at, [value])
  if (unusable(scope, value)) return made(null, at, [value])
  if (isString(value.type)) reader.say('string-arithmetic', at, sign)
  if (sign === '!') return made(BOOL, at, [value])
  if (sign === '~' && isReal(value.type)) reader.say('bit-operand', at, sign)
  const { constant } = value
  if (constant === undefined) return made(promoted(value.type), at, [value])
  if (typeof constant === 'number')
    return made(value.type, at, [value], { constant: sign === '-' ? -constant : constant })
  const whole = sign === '-' ? -constant : sign === '~' ? ~constant : constant
  return made(promoted(value.type), at, [value], { constant: whole, title: `${sign}${value.title}` })
}

export function castTo(scope: Scope, type: Type | null, value: Value, at: number): Value {
  voidOperand(scope, value)
  const known = type !== null && !type.isObject && type.pointers === 0
  if (known && unusable(scope, value)) return made(type, at, [value])
  const { constant, limit } = value
  const whole = integer(type)
  const kept =
    typeof constant === 'bigint' && whole !== null && !type?.isEnum ? { constant: cut(constant, whole) } : {}
  const real = isReal(type) && constant !== undefined ? { constant: Number(constant) } : {}
  return made(type, at, [value], {
    ...kept,
    ...real,
    ...(limit === undefined || whole === null ? {} : { limit }),
    effect: value.effect ?? false,
  })
}

/** What a cast leaves of a whole number. */
function cut(value: bigint, { bits, signed }: { bits: number; signed: boolean }): bigint {
  if (bits === 1) return value === 0n ? 0n : 1n
  return signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)
}

export function ternary(scope: Scope, condition: Value, yes: Value, no: Value, at: number): Value {
  const { reader } = scope.house
  voidOperand(scope, condition)
  unusable(scope, condition)
  if (isString(condition.type)) reader.say('string-arithmetic', at, '?')
  const parts = [yes, no]
  const effect = Boolean(yes.effect && no.effect)
  const [a, b] = [yes.type, no.type]
  if (yes.any || no.any || a === null || b === null)
    return made(yes.any ? b : no.any ? a : null, at, parts, { effect })
  if (isString(a) !== isString(b)) {
    if (isNumber(a) || isNumber(b)) reader.say('branch-types', at, `${a.base} and ${b.base}`)
    return made(null, at, parts, { effect })
  }
  if (a.base === b.base && a.pointers === b.pointers && a.rank === b.rank)
    return made(a, at, parts, { effect })
  if (isTime(a) || isTime(b)) {
    if (isNumber(a) && isNumber(b)) reader.say('time-branch', at, `${a.base} and ${b.base}`)
    // In lax mode the program is built all the same.
    for (const [part, other] of [
      [yes, b],
      [no, a],
    ] as const)
      if (part.kind === 'literal' && typeof part.constant === 'bigint' && isTime(other))
        reader.casts.set(part.at, other.base)
    return made(null, at, parts, { effect })
  }
  return made(common(a, b), at, parts, { effect })
}

function isAssignable(scope: Scope, target: Value, at: number): boolean {
  const { reader } = scope.house
  if (target.isInput) reader.say('assign-input', target.at, target.title)
  else if (target.isConst) reader.say('assign-const', target.at, target.title)
  else if (
    target.kind === 'literal' ||
    (target.kind === 'call' && target.type !== null && !target.type.isObject)
  )
    reader.say('not-assignable', at, target.title)
  else if (
    target.kind === 'other' &&
    target.type !== null &&
    target.type.pointers === 0 &&
    !target.type.isObject
  )
    reader.say('not-assignable', at, target.title)
  else return true
  return false
}

export function assign(scope: Scope, target: Value, sign: string, value: Value, at: number): Value {
  const { house } = scope
  voidOperand(scope, value)
  const done = made(target.type, at, [target, value], { effect: true, text: '=', at: target.at })
  markWritten(scope, target)
  if (!isAssignable(scope, target, at)) return done
  const { type } = target
  if (sign === '=') {
    if (isArray(type) && isArray(value.type)) house.reader.say('array-assigned', target.at, target.title)
    else if (isArray(type) && value.type !== null) house.reader.say('array-operand', target.at, target.title)
    else convert(house, type, value, target.title)
    return done
  }
  if (unusable(scope, target) || unusable(scope, value)) return done
  if (isString(type)) {
    if (sign !== '+=') house.reader.say('string-arithmetic', at, sign)
    else convert(house, type, value, target.title)
  } else if (isString(value.type) && isNumber(type))
    house.reader.say('string-to-number', value.at, value.title)
  else if ((sign === '/=' || sign === '%=') && Number(value.constant ?? 1) === 0)
    house.reader.say('zero-division', at, sign)
  else if (type !== null && integer(type) !== null && /^[+\-*/]=$/.test(sign)) {
    const wide =
      isReal(value.type) || ((integer(value.type)?.bits ?? 0) > 32 && (integer(type)?.bits ?? 0) >= 32)
    if (wide && losesData(type, value)) convert(house, type, value, target.title)
  }
  return done
}

export function incremented(scope: Scope, target: Value, at: number): Value {
  markWritten(scope, target)
  isAssignable(scope, target, at)
  if (isString(target.type)) scope.house.reader.say('string-arithmetic', at, '++')
  return made(target.type, at, [target], { effect: true, text: '=' })
}

/** Of `a[i].x` it is `a` that is given a value. */
export function markWritten(scope: Scope, { title }: Value): void {
  const name = /^[A-Za-z_]\w*/.exec(title)?.[0]
  const variable =
    name === undefined ? undefined : (scope.local(name) ?? scope.house.symbols.globals.get(name))
  if (variable !== undefined) variable.written = true
}
