// MQL5 host, emit: what changes token by token, wherever it stands.
import path from 'node:path'
import type { Findings } from '../findings.ts'
import { lex } from '../lexer.ts'
import { literal } from '../literals.ts'
import type { Reader } from '../parse/reader.ts'
import type { Token } from '../token.ts'
import { HOST_RENAME } from '../words.ts'

const LITERALS = new Set(['string', 'char', 'date', 'color', 'number'])

export function rewriteTokens(reader: Reader): void {
  reader.tokens.forEach((token, at) => {
    const cast = reader.casts.get(at)
    if (LITERALS.has(token.kind)) token.out = literal(token, reader.findings)
    if (cast !== undefined) token.out = `${cast}(${token.out})`
    if (LITERALS.has(token.kind)) return
    if (token.kind === 'word') rewriteWord(reader, token, at)
    // `::name` is the name outside of all classes; all of the EA lies in one namespace.
    else if (token.text === '::' && !/^(?:\w+|>)$/.test(reader.text(at - 1))) token.out = 'ea::'
  })
  for (const token of reader.unit.tokens)
    if (token.kind === 'directive' && /^\s*#\s*define\b/.test(token.out))
      token.out = rewriteMacro(token, reader.findings)
}

function rewriteWord(reader: Reader, token: Token, at: number): void {
  const next = reader.token(at + 1)
  if (token.text === 'this' && next.text === '.') next.out = '->'
  // `(string)x` and `string(x)` make text of anything; `string s(…)` does not occur.
  else if (token.text === 'string' && (next.text === '(' || (next.text === ')' && reader.is('(', at - 1))))
    token.out = isCastToString(reader, at) ? 'mql::xstring' : 'string'
  else if (HOST_RENAME.has(token.text)) token.out = `${token.text}_`
  else token.out = PREDEFINED.get(token.text)?.(token) ?? token.text
}

/** In `void F(string)` the type stands between parentheses too. */
function isCastToString(reader: Reader, at: number): boolean {
  if (reader.is('(', at + 1)) return true
  const before = reader.token(at - 2)
  if (before.kind === 'word' && !/^(?:return|case|else|do)$/.test(before.text)) return false
  const after = reader.token(at + 2)
  return after.kind !== 'sign' || /^[({+\-!~]$/.test(after.text) || /^(?:\+\+|--)$/.test(after.text)
}

const quoted = (text: string): string => `u${JSON.stringify(text)}_s`

const PREDEFINED = new Map<string, (token: Token) => string>(
  Object.entries({
    __FUNCTION__: () => 'mql::fnname(__PRETTY_FUNCTION__)',
    __FUNCSIG__: () => 'mql::ascii(__PRETTY_FUNCTION__)',
    __FILE__: (token: Token) => quoted(path.basename(token.file)),
    __PATH__: (token: Token) => quoted(token.file),
    // One and the same for all, so that builds repeat.
    __DATE__: () => 'datetime(0)',
    __DATETIME__: () => 'datetime(0)',
  }),
)

/** Literals in the body of a macro; its name and parameters stay. */
function rewriteMacro(token: Token, findings: Findings): string {
  const [, head = '', body = ''] = /^(\s*#\s*define\s+\w+(?:\([^)]*\))?)([\s\S]*)$/.exec(token.out) ?? []
  // Continued lines become one; the lines after it keep their numbers.
  const lines = body.match(/\\\r?\n/g) ?? []
  const bodyTokens = lex(body.replace(/\\\r?\n/g, ' '), token.file, findings)
  const out = bodyTokens.map((one) => {
    if (one.kind === 'comment') return one.text.startsWith('//') ? '' : one.text
    if (LITERALS.has(one.kind) && one.kind !== 'number')
      return literal({ ...one, line: token.line }, findings)
    return PREDEFINED.get(one.text)?.(token) ?? one.text
  })
  return head + out.join('') + '\n'.repeat(lines.length)
}
