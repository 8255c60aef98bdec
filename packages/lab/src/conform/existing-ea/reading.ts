// The existing EA's eyes: no JSON parser, only searches for literal text, with every quirk of it.
// Each function gets the text of an answer, or of one command in it, and never complains.

/** The text after the first `literal`; null when it is not there. */
function after(text: string, literal: string): string | null {
  const at = text.indexOf(literal)
  return at < 0 ? null : text.slice(at + literal.length)
}

/** Up to the next `end`; null when there is none. */
function upTo(text: string | null, end: string): string | null {
  const at = text === null ? -1 : text.indexOf(end)
  return text === null || at < 0 ? null : text.slice(0, at)
}

/** MQL5's StringToDouble: the number that the text begins with, else 0. */
export const toDouble = (text: string): number =>
  Number(/^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/.exec(text)?.[1] ?? 0)

/** MQL5's StringToInteger: a long. */
export const toInteger = (text: string): bigint => {
  const [, sign = '', digits = '0'] = /^\s*([+-]?)(\d+)/.exec(text) ?? []
  return BigInt.asIntN(64, sign === '-' ? -BigInt(digits) : BigInt(digits))
}

/** A string field: it ends at the next `"`, also at an escaped one. Missing, or with a space after the colon: empty. */
export const stringField = (text: string, key: string): string => upTo(after(text, `"${key}":"`), '"') ?? ''

export const apiKeyIn = (text: string): string => stringField(text, 'api_key')

/**
 * The list of symbols, null when there is none. As many items as commas and one; filled from pairs of quotation marks,
 * so that keys and values of objects become names, and what has no pair stays empty.
 */
export function symbolsIn(text: string): string[] | null {
  const list = upTo(after(text, '"symbols":['), ']')
  if (list === null) return null
  if (list.length < 2) return []
  const quoted = [...list.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? '')
  return Array.from({ length: list.split(',').length }, (_, at) => quoted[at] ?? '')
}

/** The commands' texts in order: the list ends at the first `]`, an object at the first `}` after its `{`. */
export function commandsIn(text: string): string[] {
  let rest = upTo(after(text, '"commands":['), ']') ?? ''
  const commands: string[] = []
  if (rest.length < 5) return commands
  for (;;) {
    const begin = rest.indexOf('{')
    const end = begin < 0 ? -1 : rest.indexOf('}', begin)
    if (end < 0) return commands
    commands.push(rest.slice(begin, end + 1))
    rest = rest.slice(end + 1)
  }
}

const VOLUME_WINDOW = 10
const PRICE_WINDOW = 15
const TICKET_WINDOW = 30
const REASON_WINDOW = 100
const DATE_WINDOW = 15
const VOLUME_DEFAULT = 0.01

export function volumeIn(command: string): number {
  const text = after(command, '"volume":')
  return text === null ? VOLUME_DEFAULT : toDouble(text.slice(0, VOLUME_WINDOW))
}

/** 0 for what is missing, null or quoted. */
export const priceIn = (command: string, key: 'sl' | 'tp'): number =>
  toDouble((after(command, `"${key}":`) ?? '').slice(0, PRICE_WINDOW))

/** The first run of digits near the key, whosever digits they are; 0n when there is none. */
export function ticketIn(command: string): bigint {
  const window = (after(command, '"ticket":') ?? '').slice(0, TICKET_WINDOW)
  return toInteger(/\d+/.exec(window)?.[0] ?? '')
}

/** Empty when its closing quotation mark is outside of the window. */
export function reasonIn(command: string): string {
  const window = (after(command, '"reason":') ?? '').slice(0, REASON_WINDOW)
  return /"([^"]*)"/.exec(window)?.[1] ?? ''
}

export const trailingStopIn = (command: string): boolean =>
  command.includes('"trailing_stop":true') || command.includes('"trailing_stop": true')

export const dateIn = (command: string, key: 'start_date' | 'end_date'): number =>
  Number(toInteger((after(command, `"${key}":`) ?? '').slice(0, DATE_WINDOW)))

export function coverageIn(text: string): number {
  const value = /^[^,}]*(?=[,}])/.exec(after(text, '"coverage_percent":') ?? '')
  return toDouble(value?.[0] ?? '')
}

/** A space after the colon reads as false. */
export const needsUpdateIn = (text: string): boolean =>
  (after(text, '"needs_update":') ?? '').startsWith('true')
