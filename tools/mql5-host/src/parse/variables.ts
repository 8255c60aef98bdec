// MQL5 host, the parser: declarations of variables, in files, classes and functions.
import type { Reader } from './reader.ts'
import type { Declarator, Range, TypeName, Variables } from './tree.ts'

/** At the first declarator; steps over the semicolon. */
export function readVariables(
  reader: Reader,
  type: TypeName,
  place: Variables['place'],
  owner: string | null = null,
): Variables {
  reader.at = type.to
  const items: Declarator[] = []
  if (reader.is(';')) reader.say('nothing-declared', type.from)
  do {
    if (reader.is(';') && items.length === 0) break
    if (owner !== null && reader.is('::', reader.at + 1)) reader.at += 2
    const item = readDeclarator(reader, place)
    if (item === null) {
      reader.at = reader.afterStatement()
      return { kind: 'variables', type, items, owner, place, from: type.from, to: reader.at }
    }
    items.push(item)
  } while (reader.skip(','))
  reader.expectSemicolon()
  return { kind: 'variables', type, items, owner, place, from: type.from, to: reader.at }
}

function readDeclarator(reader: Reader, place: Variables['place']): Declarator | null {
  const from = reader.at
  const { to: name, pointers, reference } = reader.stars(from)
  if (reference >= 0) reader.say('reference-here', reference)
  if (!reader.isWord(name)) {
    reader.say('name-expected', name, reader.text(name) || 'the end')
    return null
  }
  reader.checkName(name)
  reader.at = name + 1
  const { dims, brackets } = readDims(reader)
  if (dims.slice(1).some((dim) => dim.to === dim.from))
    reader.say('dynamic-dimension', name, reader.text(name))
  if (dims.length > 4) reader.say('too-many-dimensions', name, reader.text(name))
  let args: Range | null = null
  if (reader.is('(')) {
    const close = reader.close(reader.at)
    args = { from: reader.at + 1, to: close }
    reader.at = close + 1
  } else if (reader.is('{')) {
    reader.say('brace-init', name, reader.text(name))
    reader.at = reader.close(reader.at) + 1
  }
  const init = readInit(reader, place)
  return { from, name, pointers, dims, brackets, args, init }
}

export function readDims(reader: Reader): { dims: Range[]; brackets: Range } {
  const from = reader.at
  const dims: Range[] = []
  while (reader.is('[')) {
    const close = reader.close(reader.at)
    dims.push({ from: reader.at + 1, to: Math.min(close, reader.tokens.length) })
    reader.at = close + 1
  }
  return { dims, brackets: { from, to: reader.at } }
}

function readInit(reader: Reader, place: Variables['place']): Declarator['init'] {
  if (!reader.is('=')) return null
  const equals = reader.at
  if (place === 'member') reader.say('member-init', equals)
  reader.at++
  if (reader.is('{')) {
    const close = reader.close(reader.at)
    const value = { from: reader.at, to: close + 1 }
    reader.at = close + 1
    return { equals, value, braces: true }
  }
  const from = reader.at
  // As far as the comma or the semicolon, whichever comes first outside of brackets.
  const whole = reader.rangeUntil(';')
  const [first] = reader.split(whole)
  const to = first?.to ?? whole.to
  if (to > from || !reader.ended) reader.at = Math.min(reader.at, Math.max(to, from))
  return { equals, value: { from, to }, braces: false }
}
