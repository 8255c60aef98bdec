// MQL5 host, lint: what a unit declares outside of its functions.
import type { Reader } from '../parse/reader.ts'
import type {
  ClassDef,
  Declarator,
  EnumDef,
  Fn,
  Parameter,
  Range,
  TopLevel,
  TypeName,
} from '../parse/tree.ts'
import type { Spec } from '../spec.ts'
import { BUILTIN_TYPES } from '../words.ts'
import { builtin, enumType, objectType, type Type } from './types.ts'

export interface Variable {
  readonly name: string
  readonly type: Type | null
  readonly at: number
  readonly kind: 'global' | 'local' | 'parameter' | 'member'
  readonly isConst: boolean
  readonly isInput: boolean
  readonly isStatic: boolean
  readonly constant?: bigint
  used: boolean
  written: boolean
}

export interface OwnParameter {
  readonly name: string
  readonly type: Type | null
  readonly reference: boolean
  readonly isConst: boolean
  readonly optional: boolean
}

export interface OwnFunction {
  readonly title: string
  readonly at: number
  readonly node: Fn
  readonly returns: Type | null
  readonly params: readonly OwnParameter[]
}

export interface ClassInfo {
  readonly name: string
  readonly base: string | null
  readonly node: ClassDef
  readonly fields: Map<string, Variable>
  readonly methods: Map<string, OwnFunction[]>
  readonly access: Map<string, string>
  /** A template, or made of one: what it has is not known. */
  readonly open: boolean
}

export interface Symbols {
  readonly globals: Map<string, Variable>
  readonly functions: Map<string, OwnFunction[]>
  readonly classes: Map<string, ClassInfo>
  /** Own enumerations; and every enumerator with its type. */
  readonly enums: Map<string, EnumDef>
  readonly enumerators: Map<
    string,
    { readonly type: Type; readonly value: bigint | null; readonly at: number }
  >
  readonly functionTypes: Set<string>
}

export function collect(reader: Reader, nodes: readonly TopLevel[], spec: Spec): Symbols {
  const symbols: Symbols = {
    globals: new Map(),
    functions: new Map(),
    classes: new Map(),
    enums: new Map(),
    enumerators: new Map(),
    functionTypes: new Set(),
  }
  // Enumerations and the names of classes first: types of members are made of them.
  for (const node of nodes) if (node.kind === 'function-type') symbols.functionTypes.add(node.name)
  visitEnums(reader, nodes, symbols)
  const maker = new TypeMaker(reader, spec, symbols)
  for (const node of nodes) {
    if (node.kind === 'class') addClass(reader, node, symbols, maker)
    else if (node.kind === 'function' && node.place === 'global')
      push(symbols.functions, node.title, ownFunction(reader, node, maker))
    else if (node.kind === 'variables' && node.owner === null)
      for (const item of node.items) {
        const variable = makeVariable(reader, node.type, item, 'global', maker)
        if (!symbols.globals.has(variable.name)) symbols.globals.set(variable.name, variable)
      }
  }
  return symbols
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

function visitEnums(reader: Reader, nodes: readonly { kind: string }[], symbols: Symbols): void {
  for (const node of nodes as readonly (TopLevel | ClassDef['members'][number])[]) {
    if (node.kind === 'class') visitEnums(reader, node.members, symbols)
    if (node.kind !== 'enum') continue
    const name = node.name === null ? '' : reader.text(node.name)
    if (name !== '') symbols.enums.set(name, node)
    const type = name === '' ? builtin('int') : enumType(name)
    let next: bigint | null = 0n
    for (const member of node.members) {
      const value: bigint | null = member.value === null ? next : numberIn(reader, member.value)
      symbols.enumerators.set(reader.text(member.name), { type, value, at: member.name })
      next = value === null ? null : value + 1n
    }
  }
}

/** A plain whole number, with its sign. */
export function numberIn(reader: Reader, { from, to }: Range): bigint | null {
  const text = reader.source({ from, to })
  return /^-?(?:0[xX][0-9A-Fa-f]+|\d+)$/.test(text)
    ? text.startsWith('-')
      ? -BigInt(text.slice(1))
      : BigInt(text)
    : null
}

/** Types by name, for variables, parameters and results. */
export class TypeMaker {
  readonly #reader: Reader
  readonly #spec: Spec
  readonly #symbols: Symbols

  constructor(reader: Reader, spec: Spec, symbols: Symbols) {
    this.#reader = reader
    this.#spec = spec
    this.#symbols = symbols
  }

  named(name: string): Type | null {
    if (BUILTIN_TYPES.has(name)) return builtin(name)
    if (this.#spec.enums.has(name) || this.#symbols.enums.has(name)) return enumType(name)
    if (this.#spec.structs.has(name) || this.#reader.ownTypes.has(name)) return objectType(name)
    return null
  }

  make({ name, from, to }: TypeName, pointers: number, dims: readonly Range[]): Type | null {
    const type = this.named(name)
    const isTemplate = this.#reader.source({ from, to }).includes('<')
    if (type === null || isTemplate) return null
    const sizes = dims.map((dim) => this.#size(dim))
    return { ...type, pointers, rank: dims.length, sizes }
  }

  #size(dim: Range): number | null {
    const plain = numberIn(this.#reader, dim)
    if (plain !== null) return Number(plain)
    if (dim.to - dim.from !== 1) return null
    const name = this.#reader.text(dim.from)
    const macro = this.#reader.unit.macros.get(name)
    const body = macro === undefined || this.#reader.unit.unstable.has(name) ? '' : macro.body
    if (/^\d+$/.test(body)) return Number(body)
    const constant = this.#symbols.globals.get(name)
    return constant?.isConst && constant.constant !== undefined ? Number(constant.constant) : null
  }
}

export function makeVariable(
  reader: Reader,
  type: TypeName,
  item: Declarator,
  kind: Variable['kind'],
  maker: TypeMaker,
): Variable {
  const isConst = type.modifiers.includes('const')
  const made = maker.make(type, item.pointers, item.dims)
  const value = item.init !== null && !item.init.braces ? numberIn(reader, item.init.value) : null
  const sized =
    made !== null && item.init?.braces && made.rank > 0 && made.sizes[0] === null
      ? { ...made, sizes: [countOf(reader, item.init.value), ...made.sizes.slice(1)] }
      : made
  return {
    name: reader.text(item.name),
    type: sized,
    at: item.name,
    kind,
    isConst,
    isInput: type.modifiers.some((one) => /^s?input$/.test(one)),
    isStatic: type.modifiers.includes('static'),
    ...(isConst && value !== null ? { constant: value } : {}),
    used: false,
    written: item.init !== null || item.args !== null,
  }
}

const countOf = (reader: Reader, { from, to }: Range): number =>
  reader.split({ from: from + 1, to: to - 1 }).filter((part) => part.to > part.from).length

export function ownFunction(reader: Reader, node: Fn, maker: TypeMaker): OwnFunction {
  const isTemplate = node.template !== null
  const returns = node.type === null || isTemplate ? null : maker.make(node.type, node.pointers, [])
  const params = node.params.map((param) => ownParameter(reader, param, isTemplate ? null : maker))
  return { title: node.title, at: node.name.from, node, returns, params }
}

function ownParameter(reader: Reader, param: Parameter, maker: TypeMaker | null): OwnParameter {
  const { type, pointers, dims, name, reference, byDefault } = param
  return {
    name: name === null ? '' : reader.text(name),
    type: type === null || maker === null ? null : maker.make(type, pointers, dims),
    reference,
    isConst: type?.modifiers.includes('const') ?? false,
    optional: byDefault !== null,
  }
}

function addClass(reader: Reader, node: ClassDef, symbols: Symbols, maker: TypeMaker): void {
  if (node.announced) return
  const name = reader.text(node.name)
  const templateBase = node.base !== null && !reader.ownTypes.has(node.base)
  const info: ClassInfo = {
    name,
    base: node.base,
    node,
    fields: new Map(),
    methods: new Map(),
    access: new Map(),
    open: node.template !== null || templateBase,
  }
  symbols.classes.set(name, info)
  node.members.forEach((member, index) => {
    const access = node.access[index] ?? 'public'
    if (member.kind === 'class') addClass(reader, member, symbols, maker)
    else if (member.kind === 'function') {
      push(info.methods, member.title, ownFunction(reader, member, maker))
      info.access.set(member.title, access)
    } else if (member.kind === 'variables')
      for (const item of member.items) {
        const variable = makeVariable(reader, member.type, item, 'member', maker)
        info.fields.set(variable.name, variable)
        info.access.set(variable.name, access)
      }
  })
}

/** The class and those that it inherits from; null when one of them is not known. */
export function lineage(symbols: Symbols, name: string): readonly ClassInfo[] | null {
  const line: ClassInfo[] = []
  for (let at: string | null = name; at !== null; ) {
    const info = symbols.classes.get(at)
    if (info === undefined || info.open || line.includes(info)) return null
    line.push(info)
    at = info.base
  }
  return line
}
