// MQL5 host, lint: expressions, read by precedence, each with its type as far as it is known.
//
//   L1. What cannot be read is told once, and nothing else is said about it; with a macro inside nothing is said.
import type { Range } from '../parse/tree.ts'
import { type Called, call, construct } from './calls.ts'
import { index, member, nameValue, scoped } from './names.ts'
import { assign, binary, castTo, incremented, ternary, unary } from './operators.ts'
import { type Scope, touch, touchMacro } from './scope.ts'
import { builtin, type Value } from './types.ts'

class Unreadable extends Error {
  readonly at: number
  constructor(at: number) {
    super('unreadable')
    this.at = at
  }
}

/** Null when it is empty or cannot be read. */
export function readExpression(scope: Scope, range: Range): Value | null {
  const { reader } = scope.house
  if (range.to <= range.from) return null
  if (isUnknownDeclaration(scope, range)) {
    reader.say('type-expected', range.from, reader.text(range.from))
    return null
  }
  try {
    return new ExpressionReader(scope, range).whole()
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    let macro = false
    for (let at = range.from; at < range.to; at++) macro ||= ownMacro(scope, at)
    for (let at = range.from; at < range.to; at++) touch(scope.local(reader.text(at)))
    if (!macro) {
      const text = reader.text(error.at) || 'the end'
      reader.say(isAfterValue(scope, error.at, range.from) ? 'semicolon-expected' : 'syntax', error.at, text)
    }
    return null
  }
}

/** Two values beside each other: something is missing between them. */
function isAfterValue({ house: { reader } }: Scope, at: number, from: number): boolean {
  if (at <= from || reader.token(at).kind !== 'word') return false
  const { kind, text } = reader.token(at - 1)
  return kind !== 'sign' || text === ')' || text === ']'
}

/** `CNope thing;`: two words of which the first is nothing. */
function isUnknownDeclaration(scope: Scope, { from, to }: Range): boolean {
  const { reader } = scope.house
  const { text } = reader.token(from)
  if (!reader.isWord(from) || !reader.isWord(from + 1) || from + 1 >= to) return false
  return !/^(?:new|sizeof|this)$/.test(text) && !reader.unit.macros.has(text) && !reader.types.has(text)
}

const ownMacro = (scope: Scope, at: number): boolean =>
  scope.house.reader.unit.macros.get(scope.house.reader.text(at))?.builtin === false

const ASSIGNMENTS = new Set(['=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>='])
const PRECEDENCE: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '>': 7,
  '<=': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
}

class ExpressionReader {
  readonly #scope: Scope
  readonly #to: number
  #at: number

  constructor(scope: Scope, { from, to }: Range) {
    this.#scope = scope
    this.#at = from
    this.#to = to
  }

  whole(): Value {
    let value = this.#assignment()
    while (this.#skip(',')) {
      const next = this.#assignment()
      value = { ...next, effect: Boolean(value.effect && next.effect) }
    }
    if (this.#at < this.#to) throw new Unreadable(this.#at)
    return value
  }

  get #reader() {
    return this.#scope.house.reader
  }
  #is(text: string): boolean {
    return this.#at < this.#to && this.#reader.is(text, this.#at)
  }
  #skip(text: string): boolean {
    if (!this.#is(text)) return false
    this.#at++
    return true
  }
  #expect(text: string): void {
    if (!this.#skip(text)) throw new Unreadable(this.#at)
  }

  #assignment(): Value {
    const left = this.#conditional()
    const sign = this.#reader.text(this.#at)
    if (this.#at >= this.#to || !ASSIGNMENTS.has(sign) || this.#kind() !== 'sign') return left
    const at = this.#at++
    return assign(this.#scope, left, sign, this.#assignment(), at)
  }

  #kind() {
    return this.#reader.token(this.#at).kind
  }

  #conditional(): Value {
    const condition = this.#binary(1)
    if (!this.#is('?')) return condition
    const at = this.#at++
    const yes = this.#assignment()
    this.#expect(':')
    return ternary(this.#scope, condition, yes, this.#assignment(), at)
  }

  #binary(least: number): Value {
    let left = this.#unary()
    for (;;) {
      const sign = this.#reader.text(this.#at)
      const level = this.#at < this.#to && this.#kind() === 'sign' ? PRECEDENCE[sign] : undefined
      if (level === undefined || level < least) return left
      const at = this.#at++
      const right = this.#binary(level + 1)
      left = binary(this.#scope, left, sign, right, at, level)
    }
  }

  #unary(): Value {
    const at = this.#at
    if (at >= this.#to) throw new Unreadable(at)
    const { kind, text } = this.#reader.token(at)
    if (kind === 'sign') {
      if (/^(?:\+\+|--)$/.test(text)) {
        this.#at++
        return incremented(this.#scope, this.#unary(), at)
      }
      // `&` and `*` are told by their tokens.
      if (/^[!~+\-&*]$/.test(text)) {
        this.#at++
        return unary(this.#scope, text, this.#unary(), at)
      }
      if (text === '(') return this.#parenthesis()
      // `::name`: lint finds it without being told where.
      if (text === '::') {
        this.#at++
        return this.#unary()
      }
    }
    if (kind === 'word' && text === 'new') return this.#made()
    return this.#postfix(this.#primary())
  }

  /** A cast, or an expression in parentheses. */
  #parenthesis(): Value {
    const open = this.#at
    const type = this.#reader.typeAt(open + 1)
    if (type !== null) {
      const { to, pointers } = this.#reader.stars(type.to)
      if (this.#reader.is(')', to)) {
        this.#at = to + 1
        const made = this.#scope.house.types.make(type, pointers, [])
        return castTo(this.#scope, made, this.#unary(), open)
      }
    }
    this.#at++
    const value = this.#assignment()
    let inner = value
    while (this.#skip(',')) inner = this.#assignment()
    this.#expect(')')
    // What stands in parentheses is meant that way.
    return this.#postfix({ ...inner, comparison: false, text: '()' })
  }

  /** `new CThing(…)`. */
  #made(): Value {
    const at = this.#at++
    const type = this.#reader.typeAt(this.#at)
    if (type === null) throw new Unreadable(this.#at)
    if (!this.#scope.house.pointers) this.#reader.say('pointer-here', at, `new ${type.name}`)
    this.#at = type.to
    const made = this.#scope.house.types.make(type, 1, [])
    if (this.#is('(')) construct(this.#scope, type.name, this.#arguments(), at)
    return { type: made, kind: 'call', at, title: `new ${type.name}`, effect: true }
  }

  #arguments(): Value[] {
    this.#expect('(')
    const values: Value[] = []
    while (!this.#is(')')) {
      values.push(this.#assignment())
      if (!this.#is(')')) this.#expect(',')
      else break
    }
    this.#expect(')')
    return values
  }

  #primary(): Value {
    const at = this.#at
    const { kind, text } = this.#reader.token(at)
    this.#at++
    switch (kind) {
      case 'number':
        return numberLiteral(text, at)
      case 'string':
        // Neighbours are one string.
        while (this.#at < this.#to && this.#kind() === 'string') this.#at++
        return { type: builtin('string'), kind: 'literal', at, title: text, text }
      case 'char':
        return charLiteral(text, at)
      case 'date':
        return { type: builtin('datetime'), kind: 'literal', at, title: text }
      case 'color':
        return { type: builtin('color'), kind: 'literal', at, title: text }
      case 'word':
        return this.#word(at, text)
      default:
        throw new Unreadable(at)
    }
  }

  #word(at: number, text: string): Value {
    const { house } = this.#scope
    if (ownMacro(this.#scope, at)) return this.#macro(at, text)
    if (text === 'sizeof') return this.#sizeOf(at)
    if (text === 'typename') return { ...this.#sizeOf(at), type: builtin('string') }
    if (text === 'dynamic_cast') return this.#dynamicCast(at)
    if (this.#is('::')) return this.#afterScope(at, text)
    const type = this.#reader.typeAt(at)
    if (type !== null && text !== 'const') {
      this.#at = type.to
      if (!this.#is('(')) throw new Unreadable(at)
      const args = this.#arguments()
      const made = house.types.make(type, 0, [])
      const [first] = args
      if (args.length === 1 && first !== undefined && made?.isObject === false)
        return castTo(this.#scope, made, first, at)
      construct(this.#scope, type.name, args, at)
      return { type: made, kind: 'call', at, title: text, effect: true }
    }
    if (this.#is('(')) {
      const called: Called = { name: text, at, owner: null }
      return call(this.#scope, called, this.#arguments())
    }
    return nameValue(this.#scope, text, at)
  }

  /** Its arguments may be anything; names in them count as used. */
  #macro(at: number, text: string): Value {
    touchMacro(this.#scope, text)
    const macro = this.#reader.unit.macros.get(text)
    if (macro?.params !== null && this.#is('(')) {
      const close = this.#reader.partner(this.#at)
      for (const part of this.#reader.split({ from: this.#at + 1, to: close }))
        readExpression(this.#scope, part)
      this.#at = close + 1
    } else if (macro !== undefined && !this.#reader.unit.unstable.has(text)) {
      const value = macroValue(macro.body, at, text)
      if (value !== null) return value
    }
    return { type: null, kind: 'other', at, title: text, effect: true }
  }

  #sizeOf(at: number): Value {
    if (!this.#is('(')) throw new Unreadable(this.#at)
    const close = this.#reader.partner(this.#at)
    const inside = { from: this.#at + 1, to: close }
    if (this.#reader.typeAt(inside.from) === null) readExpression(this.#scope, inside)
    this.#at = close + 1
    return { type: null, kind: 'call', at, title: 'sizeof' }
  }

  /** `dynamic_cast<CThing *>(pointer)`. */
  #dynamicCast(at: number): Value {
    if (!this.#is('<')) throw new Unreadable(this.#at)
    const type = this.#reader.typeAt(this.#at + 1)
    this.#at = this.#reader.partner(this.#at) + 1
    const value = this.#arguments()[0]
    const made = type === null ? null : this.#scope.house.types.make(type, 1, [])
    return { type: made, kind: 'call', at, title: value?.title ?? 'dynamic_cast' }
  }

  #afterScope(at: number, owner: string): Value {
    this.#at++
    const name = this.#at
    const text = this.#reader.text(name)
    if (this.#kind() !== 'word') throw new Unreadable(name)
    this.#at++
    if (this.#is('::')) return this.#afterScope(name, text)
    if (this.#is('(')) return call(this.#scope, { name: text, at: name, owner }, this.#arguments())
    return scoped(this.#scope, owner, text, at)
  }

  #postfix(start: Value): Value {
    let value = start
    for (;;) {
      const at = this.#at
      if (this.#skip('[')) {
        const inside: Value[] = [this.#assignment()]
        while (this.#skip(',')) inside.push(this.#assignment())
        this.#expect(']')
        value = index(this.#scope, value, inside, at)
      } else if (this.#skip('.') || this.#skip('->')) {
        const name = this.#at++
        if (this.#reader.token(name).kind !== 'word') throw new Unreadable(name)
        const text = this.#reader.text(name)
        if (this.#is('(')) {
          const args = this.#arguments()
          value = call(this.#scope, { name: text, at: name, owner: null, object: value }, args)
        } else value = member(this.#scope, value, text, name)
      } else if (this.#is('++') || this.#is('--')) {
        this.#at++
        value = incremented(this.#scope, value, at)
      } else if (this.#is('(') && value.kind !== 'literal') {
        // A pointer to a function, or an object with operator().
        this.#arguments()
        value = { type: null, kind: 'call', at, title: value.title, effect: true }
      } else return value
    }
  }
}

/** Of an escape only the type is known, of a plain character its number too. */
function charLiteral(text: string, at: number): Value {
  const value: Value = { type: builtin('ushort'), kind: 'literal', at, title: text, limit: 0x7fn }
  return /^'[^\\]'$/.test(text) ? { ...value, constant: BigInt(text.charCodeAt(1)) } : value
}

function numberLiteral(text: string, at: number): Value {
  const value = { kind: 'literal', at, title: text } as const
  if (/^0[xX]|^B'/.test(text)) {
    const constant = text.startsWith('B') ? BigInt(`0b${text.slice(2, -1) || 0}`) : BigInt(text)
    const name = constant > 0xffffffffn ? 'ulong' : constant > 0x7fffffffn ? 'uint' : 'int'
    return { ...value, type: builtin(name), constant }
  }
  if (/^\d+$/.test(text)) {
    const constant = BigInt(text)
    const name = constant > 0x7fffffffffffffffn ? 'ulong' : constant > 0x7fffffffn ? 'long' : 'int'
    return { ...value, type: builtin(name), constant }
  }
  const number = Number.parseFloat(text)
  return { ...value, type: builtin(/f$/i.test(text) ? 'float' : 'double'), constant: number }
}

/** A macro that is one literal has its type. */
function macroValue(body: string, at: number, title: string): Value | null {
  const plain = body.replace(/^\((.*)\)$/, '$1').trim()
  if (/^"(?:[^"\\]|\\.)*"$/.test(plain))
    return { type: builtin('string'), kind: 'literal', at, title, text: plain }
  if (/^-?(?:0[xX][0-9A-Fa-f]+|\d+\.?\d*(?:[eE][+-]?\d+)?)$/.test(plain)) {
    const value = numberLiteral(plain.replace(/^-/, ''), at)
    const { constant } = value
    if (constant === undefined || !plain.startsWith('-')) return { ...value, title }
    return { ...value, title, constant: typeof constant === 'bigint' ? -constant : -constant }
  }
  return null
}
