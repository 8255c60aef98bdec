// MQL5 host, the parser: classes, structures, interfaces, unions and enumerations.
import { readFunction } from './functions.ts'
import type { Reader } from './reader.ts'
import type { ClassDef, EnumDef, Fn, Range, TypeName, Variables } from './tree.ts'
import { readVariables } from './variables.ts'

const ACCESS = new Set(['public', 'private', 'protected'])
const CLASS_WORDS = new Set(['class', 'struct', 'interface', 'union'])

type MemberNode = Variables | Fn | ClassDef | EnumDef

/** At `class`, `struct`, `interface` or `union`. */
export function readClass(reader: Reader, template: Range | null, outer: string | null): ClassDef {
  const from = template?.from ?? reader.at
  const word = reader.here.text as ClassDef['word']
  const name = ++reader.at
  reader.checkName(name)
  reader.at++
  const title = outer === null ? reader.text(name) : `${outer}::${reader.text(name)}`
  const whole = (
    members: MemberNode[],
    access: string[],
    base: string | null,
    announced = false,
  ): ClassDef => ({
    kind: 'class',
    word,
    template,
    name,
    base,
    outer,
    members,
    access,
    announced,
    from,
    to: reader.at,
  })
  if (reader.skip(';')) return whole([], [], null, true)
  reader.skip('final')
  readPack(reader)
  const base = readBase(reader, name)
  if (!reader.is('{')) {
    reader.say('brace-expected', reader.at, reader.here.text)
    reader.at = reader.afterStatement()
    return whole([], [], base)
  }
  reader.at++
  const members: MemberNode[] = []
  const access: string[] = []
  let now = word === 'class' ? 'private' : 'public'
  while (!reader.ended && !reader.is('}')) {
    if (ACCESS.has(reader.here.text) && reader.is(':', reader.at + 1)) {
      now = reader.here.text
      reader.at += 2
      continue
    }
    const before = reader.at
    const member = readMember(reader, title, reader.text(name))
    if (member !== null) {
      members.push(member)
      access.push(now)
    }
    if (reader.at === before) reader.at++
  }
  if (reader.ended) reader.say('braces-unbalanced', name)
  reader.at++
  reader.expectSemicolon()
  return whole(members, access, base)
}

/** `pack(1)`, which the host leaves to the compiler. */
function readPack(reader: Reader): void {
  if (!reader.is('pack')) return
  const close = reader.is('(', reader.at + 1) ? reader.close(reader.at + 1) : reader.at
  reader.replace({ from: reader.at, to: close + 1 }, '')
  reader.at = close + 1
}

function readBase(reader: Reader, name: number): string | null {
  if (!reader.skip(':')) return null
  const list = { from: reader.at, to: reader.at }
  while (!reader.ended && !reader.is('{') && !reader.is(';')) reader.at++
  const bases = reader.split({ from: list.from, to: reader.at })
  if (bases.length > 1) reader.say('multiple-inheritance', name, reader.text(name))
  if (!ACCESS.has(reader.text(list.from))) reader.say('no-access-word', name, reader.text(name))
  for (let at = list.from; at < reader.at; at++) if (reader.isType(at)) return reader.text(at)
  return null
}

function readMember(reader: Reader, owner: string, name: string): MemberNode | null {
  if (reader.skip(';')) return null
  if (reader.is('friend') || reader.is('using')) {
    reader.at = reader.afterStatement()
    return null
  }
  if (reader.is('enum')) return readEnum(reader, owner)
  if (CLASS_WORDS.has(reader.here.text)) return readClass(reader, null, owner)
  const from = reader.at
  const template = readTemplate(reader)
  const start = reader.at
  const virtual = reader.skip('virtual')
  while (reader.is('explicit') || reader.is('inline')) reader.at++
  if (reader.is('~') || (reader.is(name) && reader.is('(', reader.at + 1))) {
    const nameFrom = reader.at
    if (reader.skip('~')) reader.token(nameFrom).out = '~'
    reader.at++
    return readFunction(reader, {
      from: start,
      template,
      type: null,
      pointers: 0,
      owner,
      nameFrom,
      name: { from: nameFrom, to: reader.at },
      place: 'member',
    })
  }
  const type = reader.typeAt(virtual ? start : reader.at)
  if (type === null) {
    reader.say('type-expected', reader.at, reader.here.text)
    reader.at = reader.afterStatement()
    return null
  }
  const method = readMethod(reader, { from, template, type, owner, place: 'member' })
  return method ?? readVariables(reader, type, 'member')
}

/** A function after its type, or null when it is a variable. */
export function readMethod(
  reader: Reader,
  head: { from: number; template: Range | null; type: TypeName; owner: string | null; place: Fn['place'] },
  nameFrom?: number,
): Fn | null {
  const { to: after, pointers, reference } = reader.stars(head.type.to)
  const start = nameFrom === undefined ? after : afterOwner(reader, after)
  const name = nameOf(reader, start)
  if (name === null || !reader.is('(', name.to)) return null
  if (reference >= 0) reader.say('returns-reference', reference)
  reader.at = name.to
  return readFunction(reader, { ...head, pointers, nameFrom: after, name })
}

const afterOwner = (reader: Reader, from: number): number => {
  let at = from
  while (reader.isWord(at) && reader.is('::', at + 1)) at += 2
  return at
}

/** One word, or `operator` with its sign. */
function nameOf(reader: Reader, from: number): Range | null {
  if (!reader.isWord(from)) return null
  if (!reader.is('operator', from)) return { from, to: from + 1 }
  let to = from + 1
  if (reader.is('(', to) && reader.is(')', to + 1)) return { from, to: to + 2 }
  while (to < reader.tokens.length && !reader.is('(', to)) to++
  return { from, to }
}

/** `template<typename T>`, or null. */
export function readTemplate(reader: Reader): Range | null {
  if (!reader.is('template')) return null
  const from = reader.at
  reader.at = reader.close(from + 1) + 1
  return { from, to: reader.at }
}

/** At `enum`. */
export function readEnum(reader: Reader, outer: string | null): EnumDef {
  const from = reader.at++
  if (reader.is('class') || reader.is('struct')) {
    reader.say('enum-class', reader.at)
    reader.at++
  }
  const name = reader.is('{') ? null : reader.at++
  if (name !== null) reader.checkName(name)
  if (!reader.is('{')) {
    reader.say('brace-expected', reader.at, reader.here.text)
    reader.at = reader.afterStatement()
    return { kind: 'enum', name, outer, members: [], from, to: reader.at }
  }
  const open = reader.at
  const close = reader.close(open)
  const members = reader.split({ from: open + 1, to: close }).flatMap((part) => {
    if (part.to === part.from) return []
    reader.checkName(part.from)
    const value = reader.is('=', part.from + 1) ? { from: part.from + 2, to: part.to } : null
    if (value === null && part.to - part.from > 1)
      reader.say('syntax', part.from + 1, reader.text(part.from + 1))
    return [{ name: part.from, value }]
  })
  reader.at = close + 1
  reader.expectSemicolon()
  return { kind: 'enum', name, outer, members, from, to: reader.at }
}
