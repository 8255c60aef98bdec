// MQL5 host, the parser: the list of tokens without white space, a place in it, and the names of types.
import type { Findings } from '../findings.ts'
import type { RuleId } from '../lint/rules.ts'
import type { Unit } from '../preprocess.ts'
import type { Spec } from '../spec.ts'
import { isWhite, makeToken, type Token } from '../token.ts'
import { BUILTIN_TYPES, RESERVED, TYPE_MODIFIERS } from '../words.ts'
import type { Range, TypeName } from './tree.ts'

const CLASS_WORDS: ReadonlySet<string> = new Set(['class', 'struct', 'interface', 'union'])
const PARTNER: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' }

export class Reader {
  readonly tokens: readonly Token[]
  readonly unit: Unit
  readonly findings: Findings
  /** All names of types, wherever in the unit they are declared. */
  readonly types: Set<string>
  /** Those that the unit declares itself, without enumerations. */
  readonly ownTypes = new Set<string>()
  /** What lint found that emit must cast, by place: a plain number in a branch beside a time. */
  readonly casts = new Map<number, string>()
  readonly #end: Token
  at = 0

  constructor(unit: Unit, spec: Spec, findings: Findings) {
    this.unit = unit
    this.findings = findings
    this.tokens = unit.tokens.filter((token) => !isWhite(token))
    const last = this.tokens.at(-1) ?? { file: unit.files[0] ?? '', line: 1, column: 1 }
    this.#end = makeToken('end', '', last)
    this.types = new Set([...BUILTIN_TYPES, ...spec.structs.keys(), ...spec.enums.keys(), ...spec.enumNames])
    this.#collectTypes()
  }

  #collectTypes(): void {
    this.tokens.forEach(({ text, kind }, at) => {
      const next = this.token(at + 1)
      if (kind !== 'word' || next.kind !== 'word') return
      if (!CLASS_WORDS.has(text) && text !== 'enum' && text !== 'typename') return
      if (text === 'enum' && CLASS_WORDS.has(next.text)) return
      this.types.add(next.text)
      if (CLASS_WORDS.has(text)) this.ownTypes.add(next.text)
    })
    // A constant macro may stand for a type.
    for (const [name, { params, body }] of this.unit.macros)
      if (params === null && this.types.has(body)) this.types.add(name)
  }

  token(at: number): Token {
    return this.tokens[at] ?? this.#end
  }
  text(at: number): string {
    return this.token(at).text
  }
  get here(): Token {
    return this.token(this.at)
  }
  is(text: string, at = this.at): boolean {
    return this.token(at).text === text && this.token(at).kind !== 'string'
  }
  get ended(): boolean {
    return this.at >= this.tokens.length
  }
  /** Steps over `text` when it is here. */
  skip(text: string): boolean {
    const here = this.is(text)
    if (here) this.at++
    return here
  }
  isWord(at: number): boolean {
    return this.token(at).kind === 'word'
  }
  isType(at: number): boolean {
    return this.isWord(at) && this.types.has(this.text(at))
  }

  say(rule: RuleId, at: number, detail = ''): void {
    this.findings.add(rule, this.token(at), detail)
  }

  /** The place of the partner of the bracket at `open`; the end of the list when it has none. */
  partner(open: number): number {
    const one = this.text(open)
    const other = PARTNER[one] ?? ''
    let depth = 0
    for (let at = open; at < this.tokens.length; at++) {
      if (this.token(at).kind !== 'sign') continue
      const text = this.text(at)
      if (text === one) depth++
      else if (text === other) depth--
      else if (one === '<' && text === '>>') depth -= 2
      // Angles do not reach over the end of a statement.
      else if (one === '<' && (text === ';' || text === '{')) return this.tokens.length
      if (depth <= 0) return at
    }
    return this.tokens.length
  }

  /** Like `partner`, and a bracket without one is told. */
  close(open: number): number {
    const at = this.partner(open)
    if (at >= this.tokens.length) this.say('brackets-unbalanced', open, this.text(open))
    return at
  }

  /** The parts of a range between commas that no bracket holds. */
  split({ from, to }: Range, sign = ','): Range[] {
    const parts: Range[] = []
    let start = from
    for (let at = from; at < to; at++) {
      if (this.token(at).kind === 'sign' && '([{'.includes(this.text(at))) at = Math.min(this.partner(at), to)
      else if (this.is(sign, at)) {
        parts.push({ from: start, to: at })
        start = at + 1
      }
    }
    if (to > from) parts.push({ from: start, to })
    return parts
  }

  /** [modifiers] type [<arguments>], or null when none begins at `from`. */
  typeAt(from: number): TypeName | null {
    const modifiers: string[] = []
    let at = from
    while (TYPE_MODIFIERS.has(this.text(at))) modifiers.push(this.text(at++))
    if (!this.isType(at)) return null
    let name = this.text(at++)
    while (this.is('::', at) && this.isType(at + 1)) {
      name = this.text(at + 1)
      at += 2
    }
    if (this.is('<', at) && !BUILTIN_TYPES.has(name)) {
      const close = this.partner(at)
      if (close < this.tokens.length) at = close + 1
    }
    if (this.is('const', at)) modifiers.push(this.text(at++))
    return { from, to: at, modifiers, name }
  }

  /** A type with its stars and ampersands, and where the name after it is. */
  stars(from: number): { to: number; pointers: number; reference: number } {
    let at = from
    let pointers = 0
    let reference = -1
    for (; this.is('*', at) || this.is('&', at) || this.is('const', at); at++) {
      if (this.is('*', at)) pointers++
      if (this.is('&', at)) reference = at
    }
    return { to: at, pointers, reference }
  }

  checkName(at: number): void {
    const { text } = this.token(at)
    if (RESERVED.has(text)) this.say('reserved-name', at, text)
  }

  /** After the next semicolon, or at the brace that ends the block. */
  afterStatement(from = this.at): number {
    let at = from
    while (at < this.tokens.length && !this.is(';', at) && !this.is('}', at)) at++
    return this.is(';', at) ? at + 1 : at
  }

  expectSemicolon(): void {
    if (this.skip(';')) return
    this.say('semicolon-expected', this.at, this.ended ? 'the end of the file' : this.here.text)
    this.at = this.afterStatement()
  }

  /** From here to a sign that no bracket holds; stops at a bracket that was not opened here. */
  rangeUntil(sign: string): Range {
    const from = this.at
    while (!this.ended && !this.is(sign)) {
      if (this.here.kind === 'sign') {
        if ('([{'.includes(this.here.text)) {
          const close = this.partner(this.at)
          // A hole: the rest is told where it hurts, and the parser goes on after the statement.
          if (close >= this.tokens.length) {
            this.say('brackets-unbalanced', this.at, this.here.text)
            this.at = this.afterStatement()
            return { from, to: Math.max(from, this.at - 1) }
          }
          this.at = close
        } else if (')]}'.includes(this.here.text)) break
      }
      this.at++
    }
    return { from, to: this.at }
  }

  /** What is emitted for a range, in one line. */
  out({ from, to }: Range): string {
    let out = ''
    for (let at = from; at < to; at++) {
      const one = this.token(at).out
      out += /\w$/.test(out) && /^\w/.test(one) ? ` ${one}` : one
    }
    return out
  }

  /** What the source says in a range, in one line. */
  source({ from, to }: Range): string {
    let out = ''
    for (let at = from; at < to; at++) {
      const one = this.text(at)
      out += /\w$/.test(out) && /^\w/.test(one) ? ` ${one}` : one
    }
    return out
  }

  /** Replaces what is emitted for a range. */
  replace({ from, to }: Range, text: string): void {
    for (let at = from; at < to; at++) this.token(at).out = ''
    if (to > from) this.token(from).out = text
  }
}
