// MQL5 host, lint: the bodies of functions, statement by statement.
import type { Block, Range, Statement, Variables } from '../parse/tree.ts'
import { readsTooEarly } from './assigned.ts'
import { construct } from './calls.ts'
import { convert } from './conversions.ts'
import { readExpression } from './expressions.ts'
import { completes } from './flow.ts'
import { type FunctionPlace, type House, Scope } from './scope.ts'
import { makeVariable, type OwnFunction, type Symbols, type Variable } from './symbols.ts'
import { integer, isReal, isString, type Value } from './types.ts'

interface Inside {
  readonly loop: boolean
  readonly switch: boolean
}

export function lintBody(house: House, fn: OwnFunction, place: FunctionPlace): void {
  const { reader } = house
  const { body, initList, type } = fn.node
  if (body === null) return
  const scope = new Scope(house, place)
  for (const [index, param] of fn.params.entries()) {
    const at = fn.node.params[index]?.name ?? fn.at
    scope.declare({
      name: param.name,
      type: param.type,
      at,
      kind: 'parameter',
      isConst: param.isConst,
      isInput: false,
      isStatic: false,
      used: true,
      written: true,
    })
  }
  if (initList !== null) lintInitList(scope, initList)
  lintBlock(scope, body, { loop: false, switch: false })
  const needs = type !== null && !(type.name === 'void' && fn.node.pointers === 0)
  const end = completes(reader, body)
  if (needs && end) reader.say('missing-return', fn.at, fn.title)
}

/** `: m_a(1), CBase(x)` */
function lintInitList(scope: Scope, { from, to }: Range): void {
  const { reader } = scope.house
  for (const part of reader.split({ from: from + 1, to })) {
    const open = part.from + 1
    if (!reader.is('(', open)) continue
    const name = reader.text(part.from)
    const inside = { from: open + 1, to: reader.partner(open) }
    const field = scope.field(name)
    const values = reader.split(inside).map((one) => readExpression(scope, one))
    const [first] = values
    if (field !== undefined) {
      field.variable.used = true
      if (first) convert(scope.house, field.variable.type, first, name)
    } else if (reader.isType(part.from))
      construct(
        scope,
        name,
        values.filter((value) => value !== null),
        part.from,
      )
  }
}

function lintBlock(scope: Scope, { statements }: Block, inside: Inside): void {
  for (const statement of statements) lintStatement(scope, statement, inside)
  closeScope(scope)
  statements.forEach((node, index) => {
    if (node.kind === 'variables') lintFirstReads(scope, node, statements.slice(index + 1))
  })
}

/** Simple variables without a value: each way must give one before it reads. */
function lintFirstReads(scope: Scope, { items, type }: Variables, after: readonly Statement[]): void {
  const { house } = scope
  if (type.modifiers.includes('static')) return
  for (const { name, dims, init, args, pointers } of items) {
    const made = house.types.make(type, pointers, dims)
    if (init !== null || args !== null || made === null || made.rank > 0) continue
    if ((made.isObject && pointers === 0) || isString(made)) continue
    const at = readsTooEarly(house, house.reader.text(name), after)
    if (at >= 0) house.reader.say('uninitialised', at, house.reader.text(name))
  }
}

function closeScope(scope: Scope): void {
  const { reader, symbols } = scope.house
  for (const variable of scope.names) {
    if (variable.kind !== 'local') continue
    const { name, at, used } = variable
    // An object may live for its constructor and destructor.
    if (!used && !hasMethods(symbols, variable)) reader.say('unused', at, name)
  }
}

const hasMethods = (symbols: Symbols, { type }: Variable): boolean =>
  type === null || (type.isObject && (symbols.classes.get(type.base)?.methods.size ?? 0) > 0)

function lintStatement(scope: Scope, node: Statement, inside: Inside): void {
  const { reader } = scope.house
  switch (node.kind) {
    case 'block':
      lintBlock(scope.inner(), node, inside)
      break
    case 'variables':
      lintVariables(scope, node)
      break
    case 'expression':
      lintEffect(scope, node.value)
      break
    case 'if':
      lintCondition(scope, node.condition)
      lintControlled(scope, node.then, inside)
      if (node.otherwise !== null) lintControlled(scope, node.otherwise, inside)
      break
    case 'while':
    case 'do':
      lintCondition(scope, node.condition)
      lintControlled(scope, node.body, { ...inside, loop: true })
      break
    case 'for':
      lintFor(scope.inner(), node, inside)
      break
    case 'switch':
      lintSwitch(scope, node, inside)
      break
    case 'case':
      if (!inside.switch) reader.say('case-outside', node.from, reader.text(node.from))
      break
    case 'return':
      lintReturn(scope, node)
      break
    case 'delete':
      if (!scope.house.pointers) reader.say('pointer-here', node.from, 'delete')
      readExpression(scope, node.value)
      break
    case 'break':
      if (!inside.loop && !inside.switch) reader.say('break-outside', node.from)
      break
    case 'continue':
      if (!inside.loop) reader.say('continue-outside', node.from)
      break
    default:
  }
}

/** A single statement under `if` or a loop is a block of its own. */
function lintControlled(scope: Scope, node: Statement, inside: Inside): void {
  if (node.kind === 'block') lintStatement(scope, node, inside)
  else {
    const own = scope.inner()
    lintStatement(own, node, inside)
    closeScope(own)
  }
}

function lintFor(scope: Scope, node: Statement & { kind: 'for' }, inside: Inside): void {
  if (node.first !== null) lintStatement(scope, node.first, inside)
  if (node.condition.to > node.condition.from) lintCondition(scope, node.condition)
  readExpression(scope, node.step)
  lintControlled(scope, node.body, { ...inside, loop: true })
  closeScope(scope)
}

function lintCondition(scope: Scope, range: Range): void {
  const { reader } = scope.house
  const value = readExpression(scope, range)
  if (value === null) return
  if (
    value.text === '=' &&
    reader.split(range).every((part) => !reader.is('(', part.from) || value.text === '=')
  )
    reader.say('assign-in-condition', value.at)
  if (value.type?.base === 'void' && value.type.pointers === 0)
    reader.say('value-of-void', value.at, value.title)
  else if (isString(value.type)) reader.say('string-to-number', value.at, value.title)
  else if (value.type !== null && value.type.rank > 0) reader.say('array-operand', value.at, value.title)
}

const CHECKED = new Set(
  'OrderSend OrderSendAsync FileOpen SocketCreate SocketConnect SocketSend SocketRead WebRequest'.split(' '),
)

function lintEffect(scope: Scope, range: Range): void {
  const { reader } = scope.house
  const value = readExpression(scope, range)
  if (value === null) return
  if (value.kind === 'call' && CHECKED.has(value.title)) reader.say('unchecked', value.at, value.title)
  if (value.effect !== true && value.kind !== 'call') reader.say('no-effect', range.from)
}

function lintReturn(scope: Scope, { value: range, from }: Statement & { kind: 'return' }): void {
  const { reader } = scope.house
  const fn = scope.place?.fn
  const value = readExpression(scope, range)
  if (fn === undefined) return
  const nothing =
    fn.node.type === null ||
    (fn.node.type.name === 'void' && fn.node.pointers === 0 && fn.node.template === null)
  const given = range.to > range.from
  if (nothing && given) reader.say('return-value', from, fn.title)
  else if (!nothing && !given) reader.say('return-nothing', from, fn.title)
  else if (value !== null && !nothing) {
    if (value.type?.base === 'void' && value.type.pointers === 0)
      reader.say('value-of-void', value.at, value.title)
    else convert(scope.house, fn.returns, value, `the result of ${fn.title}`)
  }
}

function lintSwitch(scope: Scope, node: Statement & { kind: 'switch' }, inside: Inside): void {
  const { reader } = scope.house
  const value = readExpression(scope, node.condition)
  const type = value?.type ?? null
  if (value !== null && type !== null && integer(type) === null)
    reader.say('switch-type', value.at, type.rank > 0 ? 'array' : type.base)
  const seen = new Set<string>()
  for (const one of node.body.kind === 'block' ? node.body.statements : [])
    if (one.kind === 'case') lintCase(scope, one, seen)
  lintControlled(scope, node.body, { ...inside, switch: true })
}

function lintCase(scope: Scope, node: Statement & { kind: 'case' }, seen: Set<string>): void {
  const { reader } = scope.house
  if (node.value === null) {
    if (seen.has('default')) reader.say('case-twice', node.from, 'default')
    seen.add('default')
    return
  }
  const value = readExpression(scope, node.value)
  if (value === null) return
  if (isString(value.type) || isReal(value.type) || (value.kind === 'variable' && !value.isConst))
    reader.say('case-type', value.at)
  const key = typeof value.constant === 'bigint' ? String(value.constant) : reader.source(node.value)
  if (seen.has(key)) reader.say('case-twice', node.from, reader.source(node.value))
  seen.add(key)
}

export function lintVariables(scope: Scope, node: Variables): void {
  const { house } = scope
  for (const item of node.items) {
    const variable = makeVariable(house.reader, node.type, item, node.place, house.types)
    for (const dim of item.dims) readExpression(scope, dim)
    if (node.place === 'local' && item.pointers > 0 && !house.pointers)
      house.reader.say('pointer-here', item.name, variable.name)
    if (node.place === 'local') {
      scope.declare(variable)
      needsDefinition(scope, node.type.name, item)
    }
    if (item.args !== null) {
      const args = house.reader.split(item.args).map((part) => readExpression(scope, part))
      construct(
        scope,
        node.type.name,
        args.filter((value) => value !== null),
        item.name,
      )
    }
    if (item.init !== null) lintInit(scope, variable, item.init)
    else if (variable.isConst && !variable.type?.isObject && item.args === null && variable.type?.rank === 0)
      house.reader.say('const-without-value', item.name, variable.name)
  }
}

/** A body of a free function sees the types above it; one inside of a class is read when all are known. */
function needsDefinition(
  { house, place }: Scope,
  type: string,
  { name, pointers }: Variables['items'][number],
) {
  const definition = house.symbols.classes.get(type)?.node
  if (definition === undefined || pointers > 0 || place?.fn.node.place !== 'global') return
  if (definition.from > name) house.reader.say('type-used-before', name, type)
}

function lintInit(
  scope: Scope,
  variable: Variable,
  init: NonNullable<Variables['items'][number]['init']>,
): void {
  const { house } = scope
  const { type, name, at } = variable
  if (init.braces) {
    lintBraces(scope, variable, init.value)
    return
  }
  if (init.value.to <= init.value.from) {
    house.reader.say('syntax', init.equals + 1, house.reader.text(init.equals + 1))
    return
  }
  const value = readExpression(scope, init.value)
  if (value === null) return
  if (value.type?.base === 'void' && value.type.pointers === 0)
    house.reader.say('value-of-void', value.at, value.title)
  else if (type !== null && type.rank > 0 && value.type !== null && !value.any)
    house.reader.say('array-assigned', at, name)
  else convert(house, type, value, name)
}

/** Values between braces, one level of an array at a time; of structures only the names are looked at. */
function lintBraces(scope: Scope, { type, name, at }: Variable, range: Range, depth = 0): void {
  const { reader } = scope.house
  const parts = reader.split({ from: range.from + 1, to: range.to - 1 }).filter((part) => part.to > part.from)
  const size = type?.sizes[depth]
  if (size !== null && size !== undefined && parts.length > size) reader.say('too-many-values', at, name)
  for (const part of parts) {
    if (reader.is('.', part.from)) continue
    if (reader.is('{', part.from)) {
      const inner = { name, at, type } as Variable
      lintBraces(scope, inner, part, depth + 1)
      continue
    }
    const value: Value | null = readExpression(scope, part)
    const plain = type !== null && type.rank === depth + 1 && !type.isObject
    if (value !== null && plain)
      convert(scope.house, { ...type, rank: 0, sizes: [] }, value, `an element of ${name}`)
  }
}
