// MQL5 host, lint: names, members and elements.
import { PREDEFINED } from '../words.ts'
import { convert } from './conversions.ts'
import type { Scope } from './scope.ts'
import { type ClassInfo, lineage, type Variable } from './symbols.ts'
import {
  builtin,
  elementType,
  enumType,
  isReal,
  isString,
  objectType,
  type Type,
  unknown,
  type Value,
} from './types.ts'

export function variableValue(variable: Variable, at: number, inConst = false): Value {
  return {
    type: variable.type,
    kind: 'variable',
    at,
    title: variable.name,
    isConst: variable.isConst || inConst,
    isInput: variable.isInput,
    ...(variable.constant === undefined ? {} : { constant: variable.constant }),
  }
}

export function nameValue(scope: Scope, name: string, at: number): Value {
  const { reader, symbols, spec } = scope.house
  const local = scope.local(name)
  if (local !== undefined) {
    local.used = true
    return variableValue(local, at)
  }
  const field = scope.field(name)
  if (field !== undefined) {
    field.variable.used = true
    const frozen = scope.place?.fn.node.isConst === true && !field.variable.isStatic
    return variableValue(field.variable, at, frozen)
  }
  const global = symbols.globals.get(name)
  if (global !== undefined) {
    global.used = true
    // Bodies inside of classes are read late, when all globals are known.
    if (global.at > at && scope.place?.fn.node.place === 'global') reader.say('used-before', at, name)
    return variableValue(global, at)
  }
  const enumerator = symbols.enumerators.get(name)
  if (enumerator !== undefined) {
    const { type, value } = enumerator
    return { type, kind: 'other', at, title: name, ...(value === null ? {} : { constant: value }) }
  }
  const constant = spec.constants.get(name)
  if (constant !== undefined) {
    if (constant.type === 'any') return { type: null, kind: 'other', at, title: name, any: true }
    const type = spec.enums.has(constant.type) ? enumType(constant.type) : builtin(constant.type)
    const value = constant.value === null ? {} : { constant: constant.value }
    return { type, kind: 'other', at, title: name, ...value }
  }
  if (name === 'this') return thisValue(scope, at)
  const isFunction = symbols.functions.has(name) || spec.functions.has(name)
  if (!isFunction && scope.place?.closed !== false && !PREDEFINED.has(name))
    reader.say('unknown-name', at, name)
  return { ...unknown(at, name), effect: false }
}

function thisValue(scope: Scope, at: number): Value {
  const owner = scope.place?.owner
  const type = owner ? { ...objectType(owner.name), pointers: 1 } : null
  return { type, kind: 'other', at, title: 'this' }
}

/** `Owner::name`: a static member, or a member of an enumeration. */
export function scoped(scope: Scope, owner: string, name: string, at: number): Value {
  const { reader, symbols, spec } = scope.house
  if (symbols.enums.has(owner) || spec.enums.has(owner)) return nameValue(scope, name, at)
  const line = lineage(symbols, owner)
  if (line === null) return unknown(at, name)
  for (const info of line) {
    const variable = info.fields.get(name)
    if (variable !== undefined) {
      variable.used = true
      checkAccess(scope, info, name, at)
      return variableValue(variable, at)
    }
  }
  const enumerator = symbols.enumerators.get(name)
  if (enumerator !== undefined) return { type: enumerator.type, kind: 'other', at, title: name }
  reader.say('unknown-member', at, `${owner} has no member ${name}`)
  return unknown(at, name)
}

export function member(scope: Scope, object: Value, name: string, at: number): Value {
  const { reader, spec, symbols, types } = scope.house
  const { type } = object
  const title = `${object.title}.${name}`
  if (type === null) return { ...unknown(at, title), effect: false }
  if (type.rank > 0 || !type.isObject) {
    const what = type.rank > 0 ? 'an array' : `of type ${type.base}`
    reader.say('unknown-member', at, `${object.title} is ${what} and has no member ${name}`)
    return unknown(at, title)
  }
  const fields = spec.structs.get(type.base)
  if (fields !== undefined) {
    const field = fields.get(name)
    if (field === undefined) reader.say('unknown-member', at, `${type.base} has no member ${name}`)
    const made = field === undefined ? null : types.named(field)
    return { type: made, kind: 'member', at, title, ...constOf(object) }
  }
  const line = lineage(symbols, type.base)
  if (line === null) return { ...unknown(at, title), effect: false }
  for (const info of line) {
    const variable = info.fields.get(name)
    if (variable === undefined) continue
    variable.used = true
    checkAccess(scope, info, name, at)
    const isConst = variable.isConst || object.isConst === true
    return { type: variable.type, kind: 'member', at, title, isConst }
  }
  reader.say('unknown-member', at, `${type.base} has no member ${name}`)
  return unknown(at, title)
}

/** What belongs to a constant is constant. */
const constOf = ({ isConst, isInput }: Value) => ({ isConst: isConst ?? false, isInput: isInput ?? false })

export function checkAccess(scope: Scope, info: ClassInfo, name: string, at: number): void {
  const { reader, symbols } = scope.house
  const access = info.access.get(name)
  if (access === 'public' || access === undefined) return
  const here = scope.place?.owner
  const inside = here?.name === info.name
  const heir = here ? (lineage(symbols, here.name) ?? []).some((one) => one.name === info.name) : false
  if (!inside && !(access === 'protected' && heir)) reader.say('private-member', at, `${info.name}::${name}`)
}

export function index(scope: Scope, array: Value, inside: readonly Value[], at: number): Value {
  const { reader } = scope.house
  const [first] = inside
  const { type } = array
  const title = `${array.title}[…]`
  if (inside.length > 1) {
    reader.say('comma-index', at)
    return unknown(at, title)
  }
  if (first !== undefined && isReal(first.type)) convert(scope.house, builtin('int'), first, 'an index')
  else if (first !== undefined && isString(first.type)) reader.say('string-to-number', first.at, first.title)
  if (type === null) return { ...unknown(at, title), effect: false }
  // One character of a string, to be read only.
  if (isString(type)) return { type: builtin('ushort'), kind: 'other', at, title }
  if (type.rank === 0) {
    if (!type.isObject && type.pointers === 0) reader.say('not-an-array', array.at, array.title)
    return unknown(at, title)
  }
  checkRange(scope, array.title, type, first)
  return { type: elementType(type), kind: 'element', at: array.at, title, ...constOf(array) }
}

function checkRange(scope: Scope, title: string, { sizes: [size] }: Type, value: Value | undefined): void {
  if (value === undefined || typeof value.constant !== 'bigint') return
  const place = value.constant
  const last = size === null || size === undefined ? null : BigInt(size) - 1n
  if (place >= 0n && (last === null || place <= last)) return
  const has = last === null ? 'begins with 0' : `has the elements 0 to ${last}`
  scope.house.reader.say('index-out-of-range', value.at, `${title} ${has}, not ${place}`)
}
