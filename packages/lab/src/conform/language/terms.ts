// A written value into a term: numbers, text, names, variables, and what can only be demanded.
import { parseJson } from '@ngtb/protocol'
import type { Json, Term } from './dialogue.ts'
import { splitOutside } from './words.ts'

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/
const VARIABLE = /^\$([a-z][a-z0-9_]*)([+-][0-9]+)?$/
const NAME = /^@([a-z][a-z0-9_]*)$/
const WORDS: Readonly<Record<string, Json>> = { null: null, true: true, false: false }

/** @throws {RangeError} with a sentence */
export function readTerm(text: string): Term {
  if (text === '') throw new RangeError('a value is missing')
  const alternatives = splitOutside(text, '|')
  if (alternatives.length > 1) return { kind: 'either', terms: alternatives.map(readTerm) }
  if (text === '*') return { kind: 'any' }
  if (text === '-') return { kind: 'absent' }
  if (text.startsWith('!')) return { kind: 'not', term: readTerm(text.slice(1)) }
  if (text.startsWith('~')) return { kind: 'contains', text: readTerm(text.slice(1)) }
  return readRange(text) ?? readPlain(text)
}

function readRange(text: string): Term | null {
  if (text.startsWith('"')) return null
  const at = text.indexOf('..')
  if (at === -1) return null
  const bound = (part: string) => (part === '' ? null : readPlain(part))
  const [from, to] = [bound(text.slice(0, at)), bound(text.slice(at + 2))]
  if (from === null && to === null) throw new RangeError('a range needs a bound: 1..5, 1.. or ..5')
  return { kind: 'range', from, to }
}

function readPlain(text: string): Term {
  const variable = VARIABLE.exec(text)
  if (variable) return { kind: 'variable', name: variable[1] ?? '', plus: Number(variable[2] ?? 0) }
  const name = NAME.exec(text)
  if (name) return { kind: 'name', name: name[1] ?? '' }
  if (/^[@$]/.test(text)) throw new RangeError(`${text} is neither @name nor $name+1 in small letters`)
  const tag = /^tag\((.+)\)$/.exec(text)
  if (tag) return readTag(tag[1] ?? '')
  if (/^["[{]/.test(text)) return literal(readJson(text), text.startsWith('"'))
  if (Object.hasOwn(WORDS, text)) return literal(WORDS[text] ?? null)
  // Digits beyond 2^53 stay text: a rounded ticket would be another ticket (R1).
  if (NUMBER.test(text)) return literal(/^-?[0-9]{16,}$/.test(text) ? text : Number(text))
  return literal(text)
}

function readTag(inside: string): Term {
  const [strategy_no, command_no, ...more] = splitOutside(inside, ',')
  if (strategy_no === undefined || command_no === undefined || more.length > 0)
    throw new RangeError('a tag is written tag(strategy_no,command_no)')
  return { kind: 'tag', strategy_no: readTerm(strategy_no), command_no: readTerm(command_no) }
}

function readJson(text: string): Json {
  try {
    return parseJson(text) as Json
  } catch (error) {
    throw new RangeError(`${text} is not JSON: ${(error as Error).message}`)
  }
}

export const literal = (value: Json, quoted = false): Term => ({ kind: 'literal', value, quoted })
