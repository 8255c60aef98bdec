// MQL5 host, lint: what can be seen token by token.
import type { Reader } from '../parse/reader.ts'
import { ALTERNATIVE_SIGNS, CPP_ONLY } from '../words.ts'

export function lintTokens(reader: Reader): void {
  reader.tokens.forEach(({ kind }, at) => {
    if (kind === 'word') lintWord(reader, at)
    else if (kind === 'number') lintNumber(reader, at)
    else if (kind === 'sign') lintSign(reader, at)
  })
}

function lintWord(reader: Reader, at: number): void {
  const { text } = reader.token(at)
  if (text.length > 63) reader.say('long-name', at, text)
  const instead = Object.hasOwn(CPP_ONLY, text) ? CPP_ONLY[text] : undefined
  if (instead !== undefined) reader.say('cpp-word', at, `'${text}' is C++: ${instead}`)
  if (Object.hasOwn(ALTERNATIVE_SIGNS, text)) reader.say('alternative-sign', at, text)
  const next = reader.token(at + 1)
  if (/^(?:u8|[uULR]|LR|uR|UR)$/.test(text) && next.kind === 'string' && touches(reader, at))
    reader.say('prefixed-string', at)
}

const touches = (reader: Reader, at: number): boolean => {
  const [one, next] = [reader.token(at), reader.token(at + 1)]
  return one.line === next.line && one.column + one.text.length === next.column
}

function lintNumber(reader: Reader, at: number): void {
  const { text } = reader.token(at)
  if (text.startsWith("B'")) return
  if (text.includes("'")) reader.say('digit-separator', at)
  else if (/^0[xX][0-9A-Fa-f]*$/.test(text)) return
  else if (/^0[bB][01]+$/.test(text)) reader.say('number-suffix', at, text)
  else if (/^[\d.]+(?:[eE][+-]?\d+)?[fF]$/.test(text)) return
  else if (/[A-Za-z_]\w*$/.test(text.replace(/[eE][+-]?\d+$/, ''))) reader.say('number-suffix', at, text)
  else if (/^0\d+$/.test(text)) reader.say('leading-zero', at, text)
}

/** Signs after which a value begins, so that `*` and `&` are no operators of two. */
const BEFORE_VALUE = new Set(['(', ',', '=', '&&', '||', '{', '[', '?', ':', '==', '!='])

function lintSign(reader: Reader, at: number): void {
  const text = reader.text(at)
  const before = reader.token(at - 1)
  const after = reader.token(at + 1)
  const opensValue = before.kind === 'sign' ? BEFORE_VALUE.has(before.text) : before.text === 'return'
  if (text === '->') reader.say('arrow', at)
  else if (text === '<=' && after.text === '>') reader.say('three-way', at)
  else if (text === '.' && /^[{,]$/.test(before.text) && after.kind === 'word' && reader.is('=', at + 2))
    reader.say('designated-init', at)
  else if (text === '[' && opensValue && /^(?:\]|&|=)$/.test(after.text)) reader.say('lambda', at)
  else if (text === '&&' && reader.isType(at - 1)) reader.say('rvalue-reference', at)
  else if (text === '&' && opensValue) reader.say('address-of', at)
  else if (text === '*' && isDereference(reader, at, opensValue)) reader.say('dereference', at)
}

function isDereference(reader: Reader, at: number, opensValue: boolean): boolean {
  const before = reader.token(at - 1)
  const begins = opensValue || (before.kind === 'sign' && /^[;{}]$/.test(before.text))
  // `(*TName)(` belongs to a type of functions, `(T *)` to a cast.
  return begins && !(reader.is(')', at + 2) && reader.is('(', at + 3))
}
