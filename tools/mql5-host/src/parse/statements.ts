// MQL5 host, the parser: statements. Each one is read as far as its semicolon or its block, whatever is wrong in it.
import type { Reader } from './reader.ts'
import type { Block, Range, Statement, TypeName } from './tree.ts'
import { readVariables } from './variables.ts'

const NOTHING: Range = { from: 0, to: 0 }

/** At the opening brace. */
export function readBlock(reader: Reader): Block {
  const from = reader.at++
  const statements: Statement[] = []
  while (!reader.ended && !reader.is('}')) {
    const before = reader.at
    statements.push(readStatement(reader))
    if (reader.at === before) reader.at++
  }
  if (reader.ended) reader.say('braces-unbalanced', from)
  reader.at++
  return { kind: 'block', statements, from, to: Math.min(reader.at, reader.tokens.length) }
}

export function readStatement(reader: Reader): Statement {
  const from = reader.at
  const known = reader.here.kind === 'word' ? STATEMENTS.get(reader.here.text) : undefined
  if (known !== undefined) return known(reader, from)
  if (reader.is('{')) return readBlock(reader)
  if (reader.skip(';')) return { kind: 'empty', from, to: reader.at }
  const type = declaredType(reader)
  if (type !== null) return readLocal(reader, type)
  const value = reader.rangeUntil(';')
  reader.expectSemicolon()
  return { kind: 'expression', value, from, to: reader.at }
}

/** A type with a name after it that begins a declaration here; null otherwise. */
export function declaredType(reader: Reader): TypeName | null {
  const type = reader.typeAt(reader.at)
  if (type === null) return null
  const { to } = reader.stars(type.to)
  if (to > type.to && reader.is('&', to - 1) && reader.isWord(to)) return type
  return reader.isWord(to) ? type : null
}

function readLocal(reader: Reader, type: TypeName): Statement {
  const { to: name } = reader.stars(type.to)
  const isFunction =
    reader.is('(', name + 1) && reader.is('{', reader.partner(name + 1) + 1) && type.modifiers.length === 0
  if (isFunction) {
    reader.say('local-function', name, reader.text(name))
    reader.at = reader.partner(reader.partner(name + 1) + 1) + 1
    return { kind: 'empty', from: type.from, to: reader.at }
  }
  if (type.modifiers.some((one) => /^s?input$/.test(one))) reader.say('input-in-function', type.from)
  return readVariables(reader, type, 'local')
}

/** The parenthesis after `if`, `while`, `switch`. */
function readCondition(reader: Reader, word: number): Range {
  if (!reader.is('(')) {
    reader.say('parenthesis-expected', word, reader.text(word))
    return NOTHING
  }
  const open = reader.at
  const close = reader.partner(open)
  if (close >= reader.tokens.length) {
    reader.say('brackets-unbalanced', open, '(')
    reader.at = reader.afterStatement()
    return NOTHING
  }
  reader.at = close + 1
  const whole = { from: open + 1, to: close }
  if (reader.split(whole, ';').length > 1) {
    reader.say('if-init', open)
    return NOTHING
  }
  return whole
}

function controlled(reader: Reader, word: number): Statement {
  if (reader.is(';')) reader.say('empty-statement', word, reader.text(word))
  return readStatement(reader)
}

type Read = (reader: Reader, from: number) => Statement

const readSimple =
  (kind: 'break' | 'continue'): Read =>
  (reader, from) => {
    reader.at++
    reader.expectSemicolon()
    return { kind, from, to: reader.at }
  }

const readValued =
  (kind: 'return' | 'delete'): Read =>
  (reader, from) => {
    reader.at++
    const value = reader.rangeUntil(';')
    reader.expectSemicolon()
    return { kind, value, from, to: reader.at }
  }

const readLoop =
  (kind: 'while' | 'switch'): Read =>
  (reader, from) => {
    reader.at++
    const condition = readCondition(reader, from)
    const body = controlled(reader, from)
    return { kind, condition, body, from, to: reader.at }
  }

const refuseType: Read = (reader, from) => {
  reader.say('local-type', from)
  while (!reader.ended && !reader.is('{') && !reader.is(';')) reader.at++
  if (reader.is('{')) reader.at = reader.close(reader.at) + 1
  reader.skip(';')
  return { kind: 'empty', from, to: reader.at }
}

const STATEMENTS: ReadonlyMap<string, Read> = new Map(
  Object.entries<Read>({
    while: readLoop('while'),
    switch: readLoop('switch'),
    break: readSimple('break'),
    continue: readSimple('continue'),
    return: readValued('return'),
    delete: readValued('delete'),
    struct: refuseType,
    class: refuseType,
    enum: refuseType,
    union: refuseType,
    interface: refuseType,
    if(reader, from) {
      reader.at++
      const condition = readCondition(reader, from)
      const then = controlled(reader, from)
      let otherwise: Statement | null = null
      if (reader.skip('else')) otherwise = controlled(reader, reader.at - 1)
      return { kind: 'if', condition, then, otherwise, from, to: reader.at }
    },
    do(reader, from) {
      reader.at++
      const body = readStatement(reader)
      if (!reader.skip('while')) {
        reader.say('while-expected', reader.at)
        return { kind: 'do', condition: NOTHING, body, from, to: reader.at }
      }
      const condition = readCondition(reader, reader.at - 1)
      reader.expectSemicolon()
      return { kind: 'do', condition, body, from, to: reader.at }
    },
    for(reader, from) {
      reader.at++
      if (!reader.is('(')) {
        reader.say('parenthesis-expected', from, 'for')
        return { kind: 'empty', from, to: reader.at }
      }
      const close = reader.close(reader.at)
      const parts = reader.split({ from: reader.at + 1, to: close }, ';')
      const single = parts.length === 1 && reader.split({ from: reader.at + 1, to: close }, ':').length > 1
      if (single) {
        reader.say('range-for', reader.at)
        reader.at = close + 1
        const body = readStatement(reader)
        return { kind: 'for', first: null, condition: NOTHING, step: NOTHING, body, from, to: reader.at }
      }
      reader.at++
      const first = readStatement(reader)
      const condition = reader.rangeUntil(';')
      reader.expectSemicolon()
      const step = { from: reader.at, to: Math.max(reader.at, close) }
      reader.at = close + 1
      const body = controlled(reader, from)
      return { kind: 'for', first, condition, step, body, from, to: reader.at }
    },
    case(reader, from) {
      reader.at++
      const value = reader.rangeUntil(':')
      if (!reader.skip(':')) reader.say('syntax', reader.at, reader.here.text)
      return { kind: 'case', value, from, to: reader.at }
    },
    default(reader, from) {
      reader.at++
      if (!reader.skip(':')) reader.say('syntax', reader.at, reader.here.text)
      return { kind: 'case', value: null, from, to: reader.at }
    },
    else(reader, from) {
      reader.say('else-without-if', from)
      reader.at++
      return { kind: 'empty', from, to: reader.at }
    },
  }),
)
