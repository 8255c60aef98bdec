// MQL5 host, the text: characters to tokens. A directive with its continued lines is one token.
import type { Findings } from './findings.ts'
import { type Kind, makeToken, type Token } from './token.ts'

const SIGNS = '<<= >>= ... -> :: ++ -- << >> <= >= == != && || += -= *= /= %= &= |= ^= ##'.split(' ')
const SPACE = /[ \t\r\f\uFEFF]+/y
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y
/** A number takes its suffix and its separators along, so that lint can name them. */
const NUMBER = /(?:0[xX][0-9A-Fa-f]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[A-Za-z0-9_']*/y

export function lex(text: string, file: string, findings: Findings): Token[] {
  return new Lexer(text, file, findings).all()
}

class Lexer {
  readonly #text: string
  readonly #file: string
  readonly #findings: Findings
  readonly #tokens: Token[] = []
  #at = 0
  #line = 1
  #lineStart = 0
  /** Only white space so far on this line: a # begins a directive. */
  #fresh = true

  constructor(text: string, file: string, findings: Findings) {
    this.#text = text
    this.#file = file
    this.#findings = findings
  }

  all(): Token[] {
    while (this.#at < this.#text.length) this.#next()
    return this.#tokens
  }

  #next(): void {
    const one = this.#text[this.#at] ?? ''
    const two = this.#text.slice(this.#at, this.#at + 2)
    if (one === '\n') this.#newLine()
    else if (this.#match(SPACE, 'space')) return
    else if (two === '//') this.#take('comment', endOr(this.#text, this.#text.indexOf('\n', this.#at)))
    else if (two === '/*') this.#comment()
    else if (one === '#' && this.#fresh) this.#take('directive', this.#endOfDirective())
    else this.#code(one, two)
  }

  #code(one: string, two: string): void {
    this.#fresh = false
    if (/^[DCB]'$/.test(two)) this.#quotedValue(one)
    else if (one === '"') this.#quoted('"', 'string')
    else if (one === "'") this.#quoted("'", 'char')
    else if (this.#match(WORD, 'word')) return
    else if (/^\.?\d/.test(two) && this.#match(NUMBER, 'number')) return
    else this.#sign(one)
  }

  #newLine(): void {
    this.#take('line', this.#at + 1)
    this.#fresh = true
  }

  #comment(): void {
    const found = this.#text.indexOf('*/', this.#at + 2)
    if (found === -1) this.#complain('comment-open')
    this.#take('comment', found === -1 ? this.#text.length : found + 2)
  }

  #endOfDirective(): number {
    let end = this.#at
    while (end < this.#text.length && this.#text[end] !== '\n') {
      const joint = /\\\r?\n/y
      joint.lastIndex = end
      end = joint.test(this.#text) ? joint.lastIndex : end + 1
    }
    return end
  }

  /** D'2024.01.02', C'255,0,0', B'0101'. */
  #quotedValue(letter: string): void {
    let end = this.#at + 2
    while (end < this.#text.length && !"'\n".includes(this.#text[end] ?? '')) end++
    if (this.#text[end] !== "'") this.#complain('single-quote')
    this.#take(letter === 'D' ? 'date' : letter === 'C' ? 'color' : 'number', end + 1)
  }

  #quoted(quote: string, kind: Kind): void {
    let end = this.#at + 1
    while (end < this.#text.length && this.#text[end] !== quote && this.#text[end] !== '\n')
      end += this.#text[end] === '\\' ? 2 : 1
    const closed = this.#text[end] === quote
    if (!closed) this.#complain(quote === '"' ? 'double-quote' : 'single-quote')
    this.#take(kind, closed ? end + 1 : Math.min(end, this.#text.length))
  }

  #sign(one: string): void {
    const sign = SIGNS.find((candidate) => this.#text.startsWith(candidate, this.#at)) ?? one
    if (!/^[\x21-\x7e]+$/.test(sign) || /^[@$`\\]/.test(sign)) this.#complain('unknown-symbol', sign)
    this.#take('sign', this.#at + sign.length)
  }

  #match(pattern: RegExp, kind: Kind): boolean {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found === null) return false
    this.#take(kind, this.#at + found[0].length)
    return true
  }

  #take(kind: Kind, end: number): void {
    const text = this.#text.slice(this.#at, end)
    this.#tokens.push(makeToken(kind, text, this.#place()))
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
      this.#line++
      this.#lineStart = this.#at + at + 1
    }
    this.#at = Math.max(end, this.#at + 1)
  }

  #complain(rule: Parameters<Findings['add']>[0], detail = ''): void {
    this.#findings.add(rule, this.#place(), detail)
  }

  #place() {
    return { file: this.#file, line: this.#line, column: this.#at - this.#lineStart + 1 }
  }
}

const endOr = (text: string, found: number): number => (found === -1 ? text.length : found)
