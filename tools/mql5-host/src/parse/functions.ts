// MQL5 host, the parser: functions and methods, from the parameters to the body.
import { BUILTIN_TYPES } from '../words.ts'
import type { Reader } from './reader.ts'
import { readBlock } from './statements.ts'
import type { Fn, Parameter, Range, TypeName } from './tree.ts'

export interface Head {
  readonly from: number
  readonly template: Range | null
  readonly type: TypeName | null
  readonly pointers: number
  readonly owner: string | null
  readonly nameFrom: number
  readonly name: Range
  readonly place: Fn['place']
}

/** At the opening parenthesis; steps over the body, or the semicolon. */
export function readFunction(reader: Reader, head: Head): Fn {
  const open = reader.at
  const close = reader.close(open)
  const title = reader.source(head.name)
  const params = reader
    .split({ from: open + 1, to: close })
    .filter(({ from, to }) => !(to - from === 1 && reader.is('void', from)))
    .map((range) => readParameter(reader, range))
  checkParameters(reader, open, params)
  if (title.startsWith('~') && params.length > 0) reader.say('destructor-parameters', open)
  reader.at = close + 1
  let isConst = false
  for (; reader.is('const') || reader.is('override') || reader.is('final'); reader.at++)
    if (reader.is('const')) isConst = true
  if (isConst && head.place === 'global') reader.say('const-function', close + 1)
  // A pure virtual method: `=0` or `=NULL`.
  if (reader.is('=')) {
    if (reader.is('NULL', reader.at + 1)) reader.token(reader.at + 1).out = '0'
    reader.at += 2
  }
  let initList: Range | null = null
  if (reader.is(':')) {
    const from = reader.at
    while (!reader.ended && !reader.is('{') && !reader.is(';')) reader.at++
    initList = { from, to: reader.at }
  }
  if (head.place === 'global') reader.checkName(head.name.from)
  const body = reader.is('{') ? readBlock(reader) : null
  if (body === null) reader.expectSemicolon()
  return { kind: 'function', ...head, title, open, close, params, isConst, initList, body, to: reader.at }
}

function readParameter(reader: Reader, { from, to }: Range): Parameter {
  const type = reader.typeAt(from)
  if (type === null) {
    reader.say('type-expected', from, reader.text(from))
    return {
      from,
      to,
      type,
      pointers: 0,
      reference: false,
      name: null,
      dims: [],
      rest: from,
      byDefault: null,
    }
  }
  const { to: rest, pointers, reference } = reader.stars(type.to)
  reader.at = rest
  const name = rest < to && reader.isWord(rest) ? rest : null
  if (name !== null) {
    reader.checkName(name)
    reader.at++
  }
  const dims: Range[] = []
  while (reader.is('[') && reader.at < to) {
    const close = reader.close(reader.at)
    dims.push({ from: reader.at + 1, to: close })
    reader.at = close + 1
  }
  const byDefault = reader.at < to && reader.is('=') ? { from: reader.at, to } : null
  if (byDefault === null && reader.at < to && !reader.is('&&', reader.at))
    reader.say('syntax', reader.at, reader.text(reader.at))
  return { from, to, type, pointers, reference: reference >= 0, name, dims, rest, byDefault }
}

function checkParameters(reader: Reader, open: number, params: readonly Parameter[]): void {
  if (params.length > 64) reader.say('too-many-parameters', open)
  let defaults = false
  for (const { from, type, pointers, reference, name, dims, byDefault } of params) {
    if (type === null) continue
    const title = name === null ? type.name : reader.text(name)
    if (byDefault !== null) defaults = true
    else if (defaults) reader.say('default-gap', name ?? from, title)
    if (dims.length > 0) {
      if (!reference) reader.say('array-by-value', from, title)
      continue
    }
    const object = reader.ownTypes.has(type.name) || type.name.startsWith('Mql')
    if (!reference && pointers === 0 && object) reader.say('object-by-value', from, type.name)
    if (reference && type.modifiers.includes('const') && BUILTIN_TYPES.has(type.name) && pointers === 0)
      if (!isHandlerParameter(reader, open)) reader.say('const-reference-simple', from, title)
    if (reference && byDefault !== null && pointers === 0) reader.say('reference-default', from, title)
  }
}

/** The terminal says itself that OnChartEvent takes references. */
const isHandlerParameter = (reader: Reader, open: number): boolean => reader.is('OnChartEvent', open - 1)
