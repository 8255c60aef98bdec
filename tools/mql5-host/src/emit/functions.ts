// MQL5 host, emit: prototypes before the first body, and bodies of classes after the last declaration, because a
// body in MQL5 sees everything and one in C++ sees what is above it.
import type { Reader } from '../parse/reader.ts'
import type { ClassDef, Fn } from '../parse/tree.ts'
import { lineMark } from '../token.ts'
import { baseType, parameterText, rewriteParameters } from './declarations.ts'

const parametersText = (reader: Reader, { params }: Fn, withDefaults: boolean): string =>
  params.map((param) => parameterText(reader, param, withDefaults)).join(', ')

const returnType = (reader: Reader, { type, pointers }: Fn): string => {
  if (type === null) return ''
  const isConst = type.modifiers.includes('const') ? 'const ' : ''
  return isConst + baseType(reader, type) + '*'.repeat(pointers)
}

export function prototype(reader: Reader, fn: Fn): string {
  const template = fn.template === null ? '' : `${reader.out(fn.template)} `
  const name = reader.out(fn.name)
  return `${template}${returnType(reader, fn)} ${name}(${parametersText(reader, fn, true)});`
}

/** A free function or one defined outside of its class. */
export function rewriteFunction(reader: Reader, fn: Fn): void {
  // An announcement: the prototypes that are made replace it.
  if (fn.place === 'global' && fn.body === null) reader.replace(fn, '')
  else rewriteParameters(reader, fn.params, fn.place === 'global')
}

/** A method inside its class. Answers its body for after the last declaration, or null when it stays. */
export function rewriteMethod(reader: Reader, fn: Fn, owner: ClassDef, move: boolean): string | null {
  const pure = owner.word === 'interface' && fn.body === null && fn.type !== null
  if (pure) {
    const first = reader.token(fn.from)
    if (!reader.is('virtual', fn.from)) first.before = 'virtual '
    reader.token(fn.close).out = ') = 0'
  }
  const moved = fn.body !== null && move ? movedBody(reader, fn, owner) : null
  rewriteParameters(reader, fn.params, false)
  if (moved !== null && fn.body !== null) {
    const from = fn.initList?.from ?? fn.body.from
    blank(reader, from, fn.body.to)
    reader.token(from).out = ';'
  }
  return moved
}

function movedBody(reader: Reader, fn: Fn, owner: ClassDef): string | null {
  if (fn.body === null) return null
  const scope = `${owner.outer === null ? '' : `${owner.outer}::`}${reader.text(owner.name)}`
  const head = `${scope}::${reader.out(fn.name)}(${parametersText(reader, fn, false)})${fn.isConst ? ' const' : ''}`
  // The return type after the arrow is looked up inside of the class, as it is where the body stood.
  const signature = fn.type === null ? head : `auto ${head} -> ${returnType(reader, fn)}`
  const list = fn.initList === null ? '' : ` ${reader.out(fn.initList)}`
  const { file, line } = reader.token(fn.body.from)
  const body = rawText(reader, fn.body.from, fn.body.to)
  const headLine = lineMark(reader.token(fn.name.from).line, file)
  return `${headLine}${signature}${list}\n${lineMark(line, file)}${body}\n`
}

/** Everything between two tokens, white space and directives too, as it is emitted. */
function rawText(reader: Reader, from: number, to: number): string {
  return rawTokens(reader, from, to)
    .map((token) => token.before + token.out)
    .join('')
}

/** Leaves the lines: what comes after keeps its number. */
function blank(reader: Reader, from: number, to: number): void {
  for (const token of rawTokens(reader, from, to)) {
    token.before = ''
    token.out = token.out.replace(/[^\n]/g, '')
  }
}

function rawTokens(reader: Reader, from: number, to: number) {
  const { tokens } = reader.unit
  const places = placesOf(reader)
  const first = places.get(reader.token(from)) ?? 0
  const last = places.get(reader.token(to - 1)) ?? first
  return tokens.slice(first, last + 1)
}

const PLACES = new WeakMap<Reader, Map<unknown, number>>()

function placesOf(reader: Reader): Map<unknown, number> {
  let places = PLACES.get(reader)
  if (places === undefined) {
    places = new Map(reader.unit.tokens.map((token, at) => [token, at]))
    PLACES.set(reader, places)
  }
  return places
}
