// MQL5 host, lint: the names that a place in a function can see.
import type { Reader } from '../parse/reader.ts'
import type { Spec } from '../spec.ts'
import {
  type ClassInfo,
  lineage,
  type OwnFunction,
  type Symbols,
  type TypeMaker,
  type Variable,
} from './symbols.ts'
import type { Type } from './types.ts'

/** What all checks of a unit share. */
export interface House {
  readonly reader: Reader
  readonly spec: Spec
  readonly symbols: Symbols
  readonly types: TypeMaker
  /** Pointers are allowed. */
  readonly pointers: boolean
}

export interface FunctionPlace {
  readonly fn: OwnFunction
  readonly owner: ClassInfo | null
  /** False when a base or the class itself is a template: any name may be a member. */
  readonly closed: boolean
}

export class Scope {
  readonly house: House
  readonly place: FunctionPlace | null
  readonly #outer: Scope | null
  readonly #names = new Map<string, Variable>()

  constructor(house: House, place: FunctionPlace | null, outer: Scope | null = null) {
    this.house = house
    this.place = place
    this.#outer = outer
  }

  inner(): Scope {
    return new Scope(this.house, this.place, this)
  }

  declare(variable: Variable): void {
    const { reader, symbols } = this.house
    const { name, at } = variable
    if (name === '') return
    if (this.#names.has(name)) reader.say('name-twice', at, name)
    else {
      const hidden = this.#outer?.local(name) ?? this.#member(name) ?? symbols.globals.get(name)
      if (hidden !== undefined) reader.say('shadows', at, name)
    }
    this.#names.set(name, variable)
  }

  #member(name: string): Variable | undefined {
    const owner = this.place?.owner
    return owner ? this.house.symbols.classes.get(owner.name)?.fields.get(name) : undefined
  }

  local(name: string): Variable | undefined {
    return this.#names.get(name) ?? this.#outer?.local(name)
  }

  /** All that were declared right here. */
  get names(): Iterable<Variable> {
    return this.#names.values()
  }

  /** A field of the class whose method this is. */
  field(name: string): { variable: Variable; info: ClassInfo } | undefined {
    const owner = this.place?.owner
    if (!owner) return undefined
    for (const info of lineage(this.house.symbols, owner.name) ?? [owner]) {
      const variable = info.fields.get(name)
      if (variable !== undefined) return { variable, info }
    }
    return undefined
  }

  methods(name: string): readonly OwnFunction[] | undefined {
    const owner = this.place?.owner
    if (!owner) return undefined
    for (const info of lineage(this.house.symbols, owner.name) ?? [owner]) {
      const found = info.methods.get(name)
      if (found !== undefined) return found
    }
    return undefined
  }
}

/** Marks every name in a macro's body as used: what it does with them is not known. */
export function touchMacro(scope: Scope, name: string, seen = new Set<string>()): void {
  const macro = scope.house.reader.unit.macros.get(name)
  if (macro === undefined || seen.has(name)) return
  seen.add(name)
  for (const [word] of macro.body.matchAll(/[A-Za-z_]\w*/g)) {
    touch(scope.local(word))
    touch(scope.house.symbols.globals.get(word))
    touchMacro(scope, word, seen)
  }
}

export function touch(variable: Variable | undefined): void {
  if (variable === undefined) return
  variable.used = true
  variable.written = true
}

export const isOwnObject = (type: Type | null): boolean => type?.isObject === true && type.rank === 0
