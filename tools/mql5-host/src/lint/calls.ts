// MQL5 host, lint: calls of our functions, of methods and of MQL5's own.
import type { Signature } from '../spec.ts'
import { convert } from './conversions.ts'
import { checkFormat } from './formats.ts'
import { checkAccess } from './names.ts'
import { markWritten } from './operators.ts'
import type { Scope } from './scope.ts'
import { lineage, type OwnFunction } from './symbols.ts'
import { isNumber, type Type, typeName, unknown, type Value } from './types.ts'

export interface Called {
  readonly name: string
  readonly at: number
  /** The class before `::`. */
  readonly owner: string | null
  /** What stands before the dot. */
  readonly object?: Value
}

/** One parameter of a function, ours or MQL5's. */
interface Wanted {
  readonly name: string
  readonly type: Type | null
  readonly isArray: boolean | null
  readonly reference: boolean
  readonly isConst: boolean
  readonly optional: boolean
}

interface Way {
  readonly params: readonly Wanted[]
  readonly variadic: boolean
  readonly returns: Type | null
}

const ARRAY_METHODS = new Set('Size Resize Free IsDynamic IsIndicatorBuffer AsSeries ArrayResize'.split(' '))
const PRINTS = new Set(['Print', 'Alert', 'Comment', 'FileWrite', 'StringConcatenate'])
const FORMATS = new Set(['StringFormat', 'PrintFormat', 'printf'])

export function call(scope: Scope, called: Called, args: readonly Value[]): Value {
  checkEffects(scope, args)
  const { object } = called
  if (object !== undefined) return callMethod(scope, called, object, args)
  if (called.owner !== null) return callOf(scope, called, called.owner, args)
  const methods = scope.methods(called.name)
  if (methods !== undefined)
    return finish(
      scope,
      called,
      methods.map((one) => ownWay(one)),
      args,
    )
  return callFree(scope, called, args)
}

function callFree(scope: Scope, called: Called, args: readonly Value[]): Value {
  const { reader, symbols, spec } = scope.house
  const { name, at } = called
  const variable = scope.local(name) ?? scope.field(name)?.variable ?? symbols.globals.get(name)
  if (variable !== undefined) {
    // A pointer to a function.
    variable.used = true
    loosen(scope, args)
    return unknown(at, name)
  }
  const own = symbols.functions.get(name)
  if (own !== undefined)
    return finish(
      scope,
      called,
      own.map((one) => ownWay(one)),
      args,
    )
  const ways = spec.functions.get(name)
  if (ways !== undefined) {
    if (FORMATS.has(name)) checkFormat(scope, args, at)
    if (PRINTS.has(name)) for (const arg of args) checkPrinted(scope, arg)
    return finish(
      scope,
      called,
      ways.map((way) => specWay(scope, way)),
      args,
    )
  }
  loosen(scope, args)
  if (spec.notOffered.has(name)) reader.say('not-offered', at, name)
  else if (scope.place?.closed !== false) reader.say('unknown-function', at, name)
  return unknown(at, name)
}

/** `CBase::Method()` inside of an heir, or a static method. */
function callOf(scope: Scope, called: Called, owner: string, args: readonly Value[]): Value {
  const line = lineage(scope.house.symbols, owner)
  const methods = line?.map((info) => info.methods.get(called.name)).find((found) => found !== undefined)
  if (methods === undefined) {
    loosen(scope, args)
    if (line !== null)
      scope.house.reader.say('unknown-member', called.at, `${owner} has no member ${called.name}`)
    return unknown(called.at, called.name)
  }
  return finish(
    scope,
    called,
    methods.map((one) => ownWay(one)),
    args,
  )
}

function callMethod(scope: Scope, called: Called, object: Value, args: readonly Value[]): Value {
  const { symbols, reader } = scope.house
  const { type } = object
  const { name, at } = called
  markWritten(scope, object)
  const line = type === null || type.rank > 0 ? null : lineage(symbols, type.base)
  for (const info of line ?? []) {
    const methods = info.methods.get(name)
    if (methods === undefined) continue
    checkAccess(scope, info, name, at)
    const changes =
      methods.every(({ node }) => !node.isConst) && !methods.some(({ node }) => isStatic(node.type))
    if (object.isConst && changes && object.type?.pointers === 0)
      reader.say('const-to-reference', object.at, object.title)
    return finish(
      scope,
      called,
      methods.map((one) => ownWay(one)),
      args,
    )
  }
  loosen(scope, args)
  if (line !== null && !line.some((info) => info.fields.has(name)))
    reader.say('unknown-member', at, `${type?.base} has no member ${name}`)
  else if (type !== null && type.rank > 0 && !ARRAY_METHODS.has(name))
    reader.say('unknown-member', at, `an array has no member ${name}`)
  return unknown(at, `${object.title}.${name}`)
}

const isStatic = (type: { modifiers: readonly string[] } | null): boolean =>
  type?.modifiers.includes('static') ?? false

/** `CThing(…)`, `new CThing(…)`, `CThing t(…)`. */
export function construct(scope: Scope, name: string, args: readonly Value[], at: number): void {
  const { symbols } = scope.house
  const methods = symbols.classes.get(name)?.methods.get(name)
  if (methods === undefined || lineage(symbols, name) === null) loosen(scope, args)
  else
    finish(
      scope,
      { name, at, owner: null },
      methods.map((one) => ownWay(one)),
      args,
    )
}

const ownWay = ({ params, returns, node }: OwnFunction): Way => ({
  params: params.map((param) => ({ ...param, isArray: param.type === null ? null : param.type.rank > 0 })),
  variadic: false,
  returns: node.template === null ? returns : null,
})

function specWay(scope: Scope, way: Signature): Way {
  const { types } = scope.house
  return {
    params: way.params.map(({ type, array, reference, isConst, optional }) => {
      const named = /^[A-Z]$/.test(type) ? null : types.named(type)
      const made = named === null || !array ? named : { ...named, rank: 1, sizes: [null] }
      return { name: type, type: made, isArray: array, reference, isConst, optional }
    }),
    variadic: way.variadic,
    returns: way.returns.length === 1 || way.returns.includes('*') ? null : types.named(way.returns),
  }
}

/** The call's type; its arguments are checked when there is one way only that they can be meant. */
function finish(scope: Scope, called: Called, all: readonly Way[], args: readonly Value[]): Value {
  const { name, at } = called
  const fitting = all.filter((way) => takes(way, args.length))
  const returns = all.every((way) => way.returns?.base === all[0]?.returns?.base)
    ? (all[0]?.returns ?? null)
    : null
  const result: Value = { type: returns, kind: 'call', at, title: name, effect: true }
  const [way] = fitting
  if (way === undefined) {
    const counts = [...new Set(all.map(countText))].join(' or ')
    scope.house.reader.say('argument-count', at, `${name} takes ${counts}, not ${args.length}`)
    loosen(scope, args)
    return result
  }
  args.forEach((arg, index) => {
    const wanted = way.params[index]
    if (wanted !== undefined && fitting.every((other) => agree(wanted, other.params[index])))
      give(scope, name, wanted, arg)
    else loosen(scope, [arg])
  })
  return fitting.length > 1 ? result : { ...result, type: way.returns }
}

/** Whichever of the ways is meant, this parameter is the same. */
const agree = (one: Wanted, other: Wanted | undefined): boolean =>
  other !== undefined &&
  one.type?.base === other.type?.base &&
  one.isArray === other.isArray &&
  one.reference === other.reference

const takes = ({ params, variadic }: Way, count: number): boolean =>
  count >= params.filter(({ optional }) => !optional).length && (variadic || count <= params.length)

function countText({ params, variadic }: Way): string {
  const least = params.filter(({ optional }) => !optional).length
  const range = least === params.length ? String(least) : `${least} to ${params.length}`
  return `${variadic ? `${least} or more` : range} arguments`
}

function give(scope: Scope, callee: string, wanted: Wanted, arg: Value): void {
  const { reader } = scope.house
  const what = wanted.name === '' || /^[A-Z]$/.test(wanted.name) ? `an argument of ${callee}` : wanted.name
  if (arg.type?.base === 'void' && arg.type.pointers === 0) {
    reader.say('value-of-void', arg.at, arg.title)
    return
  }
  if (wanted.isArray === false && arg.type !== null && arg.type.rank > 0 && wanted.type !== null) {
    reader.say('array-operand', arg.at, arg.title)
    return
  }
  if (wanted.isArray && arg.type !== null && arg.type.rank === 0) {
    reader.say('reference-type', arg.at, `${callee} wants an array, and ${arg.title} is none`)
    return
  }
  if (wanted.reference) giveReference(scope, callee, wanted, arg)
  else convert(scope.house, wanted.type, arg, what)
}

function giveReference(scope: Scope, callee: string, wanted: Wanted, arg: Value): void {
  const { reader } = scope.house
  if (!wanted.isConst) markWritten(scope, arg)
  const named = wanted.name === '' ? `of ${callee}` : wanted.name
  const temporary =
    arg.type !== null && !arg.any && (arg.kind === 'literal' || arg.kind === 'call' || arg.kind === 'other')
  const plain = wanted.type !== null && !wanted.type.isObject && wanted.type.rank === 0
  const isSystem = scope.house.spec.functions.has(callee)
  if (temporary && !(isSystem && wanted.isConst)) {
    if (!wanted.isConst && arg.type?.pointers === 0) reader.say('literal-to-reference', arg.at, named)
    else if (wanted.isConst && plain) reader.say('literal-to-const-reference', arg.at, named)
    return
  }
  if (!wanted.isConst && (arg.isConst || arg.isInput)) {
    reader.say('const-to-reference', arg.at, arg.title)
    return
  }
  if (wanted.type === null || arg.type === null || wanted.isConst) return
  const same = wanted.type.base === arg.type.base && wanted.type.rank === arg.type.rank
  const numbers = isNumber({ ...wanted.type, rank: 0 }) || isNumber({ ...arg.type, rank: 0 })
  if (!same && numbers)
    reader.say(
      'reference-type',
      arg.at,
      `${callee} changes a ${typeName(wanted.type)}, and ${arg.title} is a ${typeName(arg.type)}: use a variable of that type`,
    )
}

/** How the arguments are taken is not known: each may be changed. */
function loosen(scope: Scope, args: readonly Value[]): void {
  for (const arg of args) markWritten(scope, arg)
}

function checkPrinted({ house: { reader } }: Scope, { type, at, title }: Value): void {
  if (type === null) return
  if (type.base === 'void' && type.pointers === 0) reader.say('value-of-void', at, title)
  else if (type.rank > 0 || (type.isObject && type.pointers === 0)) reader.say('print-kind', at, title)
}

/** Two values of one call, one of which changes something: their order is not the same in both languages. */
function checkEffects({ house: { reader } }: Scope, args: readonly Value[]): void {
  if (args.length < 2) return
  for (const arg of args) if (arg.text === '=') reader.say('argument-effect', arg.at, arg.title)
}
