// MQL5 host, the language: names, types and numbers of MQL5's own functions, enumerations, constants and structures,
// read from spec/*.txt. The runtime's enums.gen.h is made of the same file (`enumsHeader`).
import { existsSync, readFileSync } from 'node:fs'

export interface SpecParameter {
  readonly type: string
  readonly array: boolean
  readonly reference: boolean
  readonly isConst: boolean
  readonly optional: boolean
}

export interface Signature {
  readonly returns: string
  readonly params: readonly SpecParameter[]
  /** Any number of values after the parameters. */
  readonly variadic: boolean
}

export interface Constant {
  /** `any` fits everywhere. */
  readonly type: string
  readonly value: bigint | null
}

export interface Spec {
  readonly functions: ReadonlyMap<string, readonly Signature[]>
  readonly notOffered: ReadonlySet<string>
  readonly enums: ReadonlyMap<string, readonly { readonly name: string; readonly value: bigint }[]>
  /** Enumerations that MQL5 has and the host does not. */
  readonly enumNames: ReadonlySet<string>
  readonly constants: ReadonlyMap<string, Constant>
  readonly structs: ReadonlyMap<string, ReadonlyMap<string, string>>
}

export const SPEC_FOLDER = new URL('../spec/', import.meta.url)

let loaded: Spec | undefined

export function theSpec(): Spec {
  loaded ??= readSpec((name) => {
    const file = new URL(name, SPEC_FOLDER)
    return existsSync(file) ? readFileSync(file, 'utf8') : ''
  })
  return loaded
}

export function readSpec(read: (name: string) => string): Spec {
  // A name that is there already is extended.
  const { enums, enumNames } = readEnums(`${read('enums.txt')}\n${read('enums-more.txt')}`)
  const { constants, structs } = readConstants(read('constants.txt'))
  for (const [type, members] of enums)
    for (const { name, value } of members) constants.set(name, { type, value })
  return { ...readFunctions(read('functions.txt')), enums, enumNames, constants, structs }
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))

function readEnums(text: string) {
  const enums = new Map<string, { name: string; value: bigint }[]>()
  const enumNames = new Set<string>()
  for (const line of linesOf(text)) {
    const [, head = '', rest = ''] = /^([\w ]+):\s*(.*)$/.exec(line) ?? []
    const words = rest.split(/\s+/)
    if (head === 'names only') for (const word of words) enumNames.add(word)
    else {
      let value = -1n
      const members = enums.get(head) ?? []
      for (const word of words) {
        const [name = '', number] = word.split('=')
        value = number === undefined ? value + 1n : BigInt(number)
        if (!members.some((member) => member.name === name)) members.push({ name, value })
      }
      enums.set(head, members)
      enumNames.delete(head)
    }
  }
  return { enums, enumNames }
}

function readFunctions(text: string) {
  const functions = new Map<string, Signature[]>()
  const notOffered = new Set<string>()
  for (const line of linesOf(text)) {
    if (line.startsWith('not offered:')) {
      for (const name of line.slice(12).trim().split(/\s+/)) notOffered.add(name)
      continue
    }
    const match = /^(\w+(?: \*)?) (\w+)\((.*)\)$/.exec(line)
    if (match === null) throw new Error(`spec/functions.txt: this line is no function: ${line}`)
    const [, returns = '', name = '', list = ''] = match
    const words = list === '' ? [] : list.split(',').map((word) => word.trim())
    const params = words.filter((word) => word !== '...').map(readParameter)
    const ways = functions.get(name) ?? []
    ways.push({ returns, params, variadic: words.includes('...') })
    functions.set(name, ways)
  }
  return { functions, notOffered }
}

const readParameter = (word: string): SpecParameter => ({
  type: /^(?:const )?(\w+)/.exec(word)?.[1] ?? '',
  array: word.includes('[]'),
  reference: word.includes('&'),
  isConst: word.startsWith('const '),
  optional: word.endsWith('='),
})

function readConstants(text: string) {
  const constants = new Map<string, Constant>()
  const structs = new Map<string, Map<string, string>>()
  for (const line of linesOf(text)) {
    const struct = /^struct (\w+): (.*)$/.exec(line)
    if (struct !== null) {
      const fields = (struct[2] ?? '').split(';').flatMap((part) => {
        const [, type = '', names = ''] = /^\s*(\w+)\s+(.*)$/.exec(part) ?? []
        return names.split(',').map((name): [string, string] => [name.trim(), type])
      })
      structs.set(struct[1] ?? '', new Map(fields))
      continue
    }
    const [type = '', ...words] = line.split(/\s+/)
    for (const word of words) {
      const [name = '', number] = word.split('=')
      constants.set(name, { type, value: number === undefined ? null : BigInt(number) })
    }
  }
  return { constants, structs }
}

/** runtime/enums.gen.h, which the build writes into its cache. */
export function enumsHeader(spec: Spec = theSpec()): string {
  const lines = ['// Made of spec/enums.txt: change it there.', '#pragma once']
  for (const [name, members] of spec.enums) {
    lines.push(`enum ${name} : int { ${members.map((one) => `${one.name}=${one.value}`).join(', ')} };`)
    lines.push(enumToString(name, members, 'inline '))
  }
  return `${lines.join('\n')}\n`
}

/** By comparisons: two members may have one number, and the first name wins. */
export function enumToString(type: string, members: readonly { name: string }[], before = ''): string {
  const scope = type.includes('::') ? type.slice(0, type.lastIndexOf('::') + 2) : ''
  const tests = members.map(({ name }) => `if ((int)v == (int)${scope}${name}) return u"${name}"_s;`)
  return `${before}string EnumToString(${type} v) { ${tests.join(' ')} return enum_unknown("${type}", (int)v); }`
}
