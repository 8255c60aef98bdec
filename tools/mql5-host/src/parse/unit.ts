// MQL5 host, the parser: the top level of a unit.
import { readFunction } from './functions.ts'
import type { Reader } from './reader.ts'
import type { FunctionType, Range, TopLevel } from './tree.ts'
import { readClass, readEnum, readMethod, readTemplate } from './types.ts'
import { readVariables } from './variables.ts'

const CLASS_WORDS = new Set(['class', 'struct', 'interface', 'union'])

export function readUnit(reader: Reader): TopLevel[] {
  const nodes: TopLevel[] = []
  while (!reader.ended) {
    const before = reader.at
    const node = readTopLevel(reader)
    if (node !== null) nodes.push(node)
    if (reader.at === before) reader.at++
  }
  return nodes
}

function readTopLevel(reader: Reader): TopLevel | null {
  if (reader.skip(';')) return null
  const template = readTemplate(reader)
  if (CLASS_WORDS.has(reader.here.text)) return readClass(reader, template, null)
  if (reader.is('enum')) return readEnum(reader, null)
  if (reader.is('typedef')) return readTypedef(reader)
  if (reader.is('namespace')) return refuse(reader, 'namespace')
  const from = reader.at
  if (/^s?input$/.test(reader.here.text) && reader.is('group', from + 1)) {
    reader.at += 3
    reader.skip(';')
    return { kind: 'input-group', from, to: reader.at }
  }
  return readOutOfLineConstructor(reader, template) ?? readDeclaration(reader, template)
}

function refuse(reader: Reader, rule: 'namespace'): null {
  reader.say(rule, reader.at)
  while (!reader.ended && !reader.is('{') && !reader.is(';')) reader.at++
  reader.at = reader.is('{') ? reader.close(reader.at) + 1 : reader.at + 1
  return null
}

/** `CThing::CThing(...)` and `CThing::~CThing()`. */
function readOutOfLineConstructor(reader: Reader, template: Range | null): TopLevel | null {
  const from = reader.at
  const owner = reader.text(from)
  let at = from + 1
  if (reader.is('<', at)) at = reader.partner(at) + 1
  if (!reader.isType(from) || !reader.is('::', at)) return null
  const tilde = reader.is('~', at + 1)
  const name = tilde ? at + 2 : at + 1
  if (!reader.is(owner, name) || !reader.is('(', name + 1)) return null
  reader.at = name + 1
  const range = { from: tilde ? name - 1 : name, to: name + 1 }
  return readFunction(reader, {
    from: template?.from ?? from,
    template,
    type: null,
    pointers: 0,
    owner,
    nameFrom: from,
    name: range,
    place: 'out-of-line',
  })
}

function readDeclaration(reader: Reader, template: Range | null): TopLevel | null {
  const start = reader.at
  const from = template?.from ?? start
  // C++ words before a type are told by the words themselves.
  while (/^(?:inline|constexpr|volatile)$/.test(reader.here.text)) reader.at++
  const type = reader.typeAt(reader.at)
  if (type === null) {
    const { kind, text } = reader.here
    reader.say(kind === 'word' ? 'type-expected' : 'global-statement', reader.at, text)
    reader.at = reader.is('{') ? reader.close(reader.at) + 1 : reader.afterStatement()
    if (reader.is('}')) reader.at++
    return null
  }
  const { to: name } = reader.stars(type.to)
  if (reader.isWord(name) && reader.is('::', name + 1)) {
    const owner = reader.text(name)
    const method = readMethod(reader, { from, template, type, owner, place: 'out-of-line' }, name)
    return method ?? readVariables(reader, type, 'global', owner)
  }
  if (reader.is('(', name + 1) && !type.modifiers.some((one) => /input/.test(one))) {
    // A function's parentheses hold types or nothing; those of an object hold values.
    const first = name + 2
    if (reader.is(')', first) || reader.is('void', first) || reader.typeAt(first) !== null) {
      const method = readMethod(reader, { from, template, type, owner: null, place: 'global' })
      if (method !== null) return method
    }
  }
  return readVariables(reader, type, 'global')
}

/** `typedef int (*TBinary)(int,int);` */
function readTypedef(reader: Reader): FunctionType | null {
  const from = reader.at
  reader.at = reader.afterStatement()
  for (let at = from; at < reader.at; at++)
    if (reader.is('(', at) && reader.is('*', at + 1) && reader.isWord(at + 2)) {
      const name = reader.text(at + 2)
      reader.types.add(name)
      return { kind: 'function-type', name, from, to: reader.at }
    }
  reader.say('typedef-kind', from)
  return null
}
