// MQL5 host, emit: MQL5 literals as C++ ones.
import type { Findings } from './findings.ts'
import type { Token } from './token.ts'

export function literal(token: Token, findings: Findings): string {
  switch (token.kind) {
    case 'string':
      return stringLiteral(token, findings)
    case 'char':
      return charLiteral(token, findings)
    case 'date':
      return dateLiteral(token, findings)
    case 'color':
      return colorLiteral(token, findings)
    default:
      return numberLiteral(token.text)
  }
}

function numberLiteral(text: string): string {
  if (text.startsWith("B'")) return `0b${text.slice(2, -1)}`
  // C++ wants to be told that only the unsigned type has a place for it.
  return /^\d{19,}$/.test(text) && BigInt(text) > 0x7fffffffffffffffn ? `${text}u` : text
}

const SIMPLE_ESCAPES = 'nrt\\"\''

function stringLiteral(token: Token, findings: Findings): string {
  const body = token.text.slice(1, token.text.endsWith('"') && token.text.length > 1 ? -1 : undefined)
  if (body.length > 65_535) findings.add('long-string', token)
  let out = ''
  for (let at = 0; at < body.length; at++) {
    const one = body[at] ?? ''
    if (one !== '\\') {
      out += encoded(one)
      continue
    }
    const next = body[++at] ?? ''
    if (next !== '' && SIMPLE_ESCAPES.includes(next)) out += `\\${next}`
    else if (next === 'x' || next === 'X') {
      const digits = /^[0-9A-Fa-f]{1,4}/.exec(body.slice(at + 1))?.[0] ?? ''
      if (digits === '') findings.add('hex-escape', token)
      else out += encoded(String.fromCharCode(Number.parseInt(digits, 16)))
      at += digits.length
    } else if (next === '0') {
      findings.add('zero-escape', token)
      out += '\\000'
    } else {
      findings.add('unknown-escape', token, `\\${next}`)
      out += `\\\\${encoded(next)}`
    }
  }
  return `u"${out}"_s`
}

/** Three octal digits end by themselves; a hex escape of C++ would swallow what follows. */
function encoded(one: string): string {
  const code = one.charCodeAt(0)
  if (one === '"' || one === '\\') return `\\${one}`
  if (code >= 0x20 && code < 0x7f) return one
  if (code < 0x100) return `\\${code.toString(8).padStart(3, '0')}`
  // A half of a pair stays as it is: only together are they a character.
  return code >= 0xd800 && code <= 0xdfff ? one : `\\u${code.toString(16).padStart(4, '0')}`
}

const CHAR_ESCAPES: Readonly<Record<string, number>> = {
  n: 10,
  r: 13,
  t: 9,
  '0': 0,
  '\\': 92,
  "'": 39,
  '"': 34,
}

function charLiteral(token: Token, findings: Findings): string {
  const body = token.text.slice(1, -1)
  const hex = /^\\[xX]([0-9A-Fa-f]{1,4})$/.exec(body)?.[1]
  if (hex !== undefined) return `((ushort)${Number.parseInt(hex, 16)})`
  const code = body[0] === '\\' ? CHAR_ESCAPES[body[1] ?? ''] : body.charCodeAt(0)
  if (body.length !== (body[0] === '\\' ? 2 : 1) || code === undefined)
    findings.add('char-literal', token, token.text)
  return `((ushort)${Number.isNaN(code) ? 0 : (code ?? 0)})`
}

const DATE = /^(?:(\d{1,4})[./-](\d{1,2})[./-](\d{1,4}))?\s*(?:(\d{1,2})(?::(\d{1,2}))?(?::(\d{1,2}))?)?$/

function dateLiteral(token: Token, findings: Findings): string {
  const body = token.text.slice(2, -1).trim()
  // The day of compilation: one and the same for all, so that builds repeat.
  if (body === '') return 'datetime(0)'
  const match = DATE.exec(body)
  const [first, second, third, hour, minute, seconds] = (match?.slice(1) ?? []).map((part) =>
    Number(part ?? 0),
  )
  if (match === null || match[1] === undefined) {
    findings.add(match === null ? 'date-literal' : 'date-incomplete', token, token.text)
    return 'datetime(0)'
  }
  const dayFirst = match[1].length <= 2 && match[3]?.length === 4
  const [year, day] = dayFirst ? [third, first] : [first, third]
  const time = Date.UTC(year ?? 0, (second ?? 1) - 1, day, hour, minute, seconds)
  const wrong = new Date(time).getUTCMonth() !== (second ?? 1) - 1 || (hour ?? 0) > 23 || (minute ?? 0) > 59
  if (wrong) findings.add('date-literal', token, token.text)
  return `datetime(${time / 1000})`
}

function colorLiteral(token: Token, findings: Findings): string {
  const parts = token.text
    .slice(2, -1)
    .split(',')
    .map((part) => Number(part.trim()))
  const right =
    parts.length === 3 && parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 255)
  if (!right) findings.add('color-literal', token, token.text)
  const [red = 0, green = 0, blue = 0] = parts
  return `color(${(red | (green << 8) | (blue << 16)) >>> 0})`
}
