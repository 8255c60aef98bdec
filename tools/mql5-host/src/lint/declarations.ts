// MQL5 host, lint: declarations of a unit, against each other and against MQL5's own names.
import type { ClassDef, Fn, TopLevel, Variables } from '../parse/tree.ts'
import { lintBody, lintVariables } from './bodies.ts'
import { type House, Scope } from './scope.ts'
import { type ClassInfo, lineage, type OwnFunction, ownFunction } from './symbols.ts'
import { typeName } from './types.ts'

export function lintDeclarations(house: House, nodes: readonly TopLevel[]): void {
  lintGlobalNames(house, nodes)
  lintFunctionTables(house)
  for (const node of nodes) {
    if (node.kind === 'variables') lintGlobal(house, node)
    else if (node.kind === 'class') lintClass(house, node)
    else if (node.kind === 'function') lintFunction(house, node)
  }
}

function lintGlobalNames({ reader }: House, nodes: readonly TopLevel[]): void {
  const seen = new Set<string>()
  const declare = (at: number) => {
    const name = reader.text(at)
    if (seen.has(name)) reader.say('name-twice', at, name)
    seen.add(name)
  }
  for (const node of nodes) {
    if (node.kind === 'variables' && node.owner === null) for (const item of node.items) declare(item.name)
    else if (node.kind === 'class' && !node.announced) declare(node.name)
    else if (node.kind === 'enum') {
      if (node.name !== null) declare(node.name)
      for (const member of node.members) declare(member.name)
    }
  }
}

function lintFunctionTables(house: House): void {
  const { reader, symbols, spec } = house
  for (const [name, list] of symbols.functions) {
    lintTwice(house, list)
    const [first] = list
    if (first === undefined) continue
    if (symbols.globals.has(name)) reader.say('name-twice', first.at, name)
    if (!list.some(({ node }) => node.body !== null)) reader.say('function-without-body', first.at, name)
    const isSystem = spec.functions.has(name) || spec.notOffered.has(name)
    if (isSystem && !/^On[A-Z]/.test(name)) reader.say('system-function', first.at, name)
    else if (isSystem) for (const one of list) lintHandler(house, name, one)
  }
}

const parameterKey = ({ params }: OwnFunction): string =>
  params.map(({ type, reference }) => `${type === null ? '?' : typeName(type)}${reference ? '&' : ''}`).join()

function lintTwice({ reader }: House, list: readonly OwnFunction[]): void {
  const seen = new Set<string>()
  for (const one of list) {
    if (one.node.body === null || one.node.template !== null) continue
    const key = parameterKey(one)
    if (seen.has(key) && !key.includes('?')) reader.say('function-twice', one.at, one.title)
    seen.add(key)
  }
}

/** The terminal calls it with these parameters or not at all. */
function lintHandler({ reader, spec }: House, name: string, { node, params, at }: OwnFunction): void {
  const [wanted] = spec.functions.get(name) ?? []
  if (wanted === undefined) {
    reader.say('not-offered', at, name)
    return
  }
  const result = node.type?.name ?? ''
  const resultFits = result === wanted.returns || (name === 'OnInit' && result === 'void')
  const same =
    params.length === wanted.params.length &&
    params.every(({ type, reference }, index) => {
      const parameter = wanted.params[index]
      return type?.base === parameter?.type && type?.rank === 0 && reference === parameter?.reference
    })
  if (resultFits && same) return
  const list = wanted.params
    .map((one) => `${one.isConst ? 'const ' : ''}${one.type}${one.reference ? ' &' : ''}`)
    .join(', ')
  reader.say('handler-signature', at, `${name} is called as ${wanted.returns} ${name}(${list}): write that`)
}

function lintGlobal(house: House, node: Variables): void {
  const { reader, pointers } = house
  const isInput = node.type.modifiers.some((one) => /^s?input$/.test(one))
  const owner = node.owner === null ? null : (house.symbols.classes.get(node.owner) ?? null)
  for (const item of node.items) {
    const name = reader.text(item.name)
    const object = reader.ownTypes.has(node.type.name) || node.type.name.startsWith('Mql')
    if (isInput && (item.dims.length > 0 || object || item.pointers > 0))
      reader.say('input-kind', item.name, name)
    if (item.pointers > 0 && !pointers) reader.say('pointer-here', item.name, name)
    if (item.init !== null && callsSomething(house, item.init.value))
      reader.say('global-not-constant', item.name, name)
    if (owner !== null && lineage(house.symbols, owner.name) !== null && !owner.fields.has(name))
      reader.say('member-unknown', item.name, `${node.owner} declares no member ${name}`)
  }
  lintVariables(new Scope(house, null), node)
}

function callsSomething(
  { reader, symbols, spec }: House,
  { from, to }: { from: number; to: number },
): boolean {
  for (let at = from; at < to; at++)
    if (
      reader.is('(', at + 1) &&
      (symbols.functions.has(reader.text(at)) || spec.functions.has(reader.text(at)))
    )
      return true
  return false
}

function lintClass(house: House, node: ClassDef): void {
  const { reader, symbols, pointers } = house
  if (node.announced) return
  const info = symbols.classes.get(reader.text(node.name))
  if (info === undefined) return
  const seen = new Set<string>()
  for (const member of node.members) {
    if (member.kind === 'class') lintClass(house, member)
    else if (member.kind === 'variables')
      for (const item of member.items) {
        const name = reader.text(item.name)
        if (seen.has(name)) reader.say('name-twice', item.name, name)
        seen.add(name)
        if (item.pointers > 0 && !pointers) reader.say('pointer-here', item.name, name)
      }
  }
  for (const list of info.methods.values()) lintTwice(house, list)
  for (const list of info.methods.values())
    for (const method of list) {
      checkPointers(house, method.node)
      if (method.node.body !== null) lintBody(house, method, placeOf(house, method, info))
    }
}

function placeOf(house: House, fn: OwnFunction, owner: ClassInfo) {
  return { fn, owner, closed: lineage(house.symbols, owner.name) !== null }
}

function checkPointers({ reader, pointers }: House, { params, pointers: stars, name, type }: Fn): void {
  if (pointers) return
  if (stars > 0 && type !== null) reader.say('pointer-here', name.from, reader.source(name))
  for (const param of params)
    if (param.pointers > 0)
      reader.say('pointer-here', param.name ?? param.from, reader.text(param.name ?? param.from))
}

function lintFunction(house: House, node: Fn): void {
  const { reader, symbols } = house
  checkPointers(house, node)
  if (node.place === 'out-of-line') {
    lintOutOfLine(house, node)
    return
  }
  const fn = symbols.functions.get(node.title)?.find((one) => one.node === node)
  if (fn !== undefined && node.body !== null) lintBody(house, fn, { fn, owner: null, closed: true })
  else if (fn === undefined) reader.say('syntax', node.from, node.title)
}

function lintOutOfLine(house: House, node: Fn): void {
  const { reader, symbols, types } = house
  const owner = symbols.classes.get(node.owner ?? '')
  const fn = ownFunction(reader, node, types)
  if (owner === undefined) {
    if (!reader.types.has(node.owner ?? '')) reader.say('type-expected', node.nameFrom, node.owner ?? '')
    return
  }
  if (!owner.open && node.template === null && !owner.methods.has(node.title))
    reader.say('member-unknown', node.name.from, `${owner.name} declares no method ${node.title}`)
  lintBody(house, fn, placeOf(house, fn, owner))
}

/** Methods that are announced in their class and have no body anywhere. */
export function lintMissingBodies({ reader, symbols }: House, nodes: readonly TopLevel[]): void {
  const outside = new Set(
    nodes.flatMap((node) =>
      node.kind === 'function' && node.place === 'out-of-line' ? [`${node.owner}::${node.title}`] : [],
    ),
  )
  for (const info of symbols.classes.values()) {
    if (info.open || info.node.word === 'interface' || info.node.template !== null) continue
    for (const [title, list] of info.methods)
      for (const { node, at } of list) {
        const pure = reader.is('=', node.to - 3)
        if (node.body === null && !pure && !outside.has(`${info.name}::${title}`))
          reader.say('function-without-body', at, `${info.name}::${title}`)
      }
  }
}
