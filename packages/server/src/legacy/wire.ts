// Commands as an EA of the older dialect reads them (docs/spec/legacy-ea.md): it looks for literal text, so objects are
// flat and compact, texts hold none of its own marks, and numbers fit the few characters that it reads of each.
//
//   W1. What it can't be told in full is refused when it is made, with the reason; nothing is dropped on the way.
//   W2. It has no memory of what it did: an OPEN is handed out once, a few commands at a time, one for each ticket.

import type { Command } from '@ngtb/core'
import { brokerTimeMs } from '@ngtb/core'
import { type CommandType, marketDirection, plainInt64, toInt64 } from '@ngtb/protocol'

/** What it carries out, and CLOSE_ALL, which the server turns into a CLOSE_TRADE for each position. */
export const LEGACY_TYPES: readonly CommandType[] = [
  'OPEN_TRADE',
  'MODIFY_TRADE',
  'CLOSE_TRADE',
  'CLOSE_ALL',
  'REQUEST_HISTORY',
]
/** An OPEN takes it 0.3 s and more, one after the other: a close must not stand behind many of them. */
export const LEGACY_COMMANDS_MAX = 3

const VOLUME_CHARS = 10
const PRICE_CHARS = 15
const COMMENT_CHARS = 31
const REASON_CHARS = 90
/** It deviates by so many points, whatever it is told. */
const DEVIATION = 10
const TIMEFRAMES: ReadonlySet<unknown> = new Set(['M1', 'M5', 'M15', 'H1', 'H4', 'D1'])

type Fields = Readonly<Record<string, unknown>>

/** Why this EA can't carry it out, as a sentence that says what to change; null: it can. @param payload as admitted */
export function legacyProblem(type: CommandType, payload: Fields): string | null {
  switch (type) {
    case 'OPEN_TRADE':
      return openProblem(payload)
    case 'MODIFY_TRADE':
      return stopsProblem(payload)
    case 'CLOSE_TRADE':
      return textProblem('reason', payload.reason, REASON_CHARS)
    case 'CLOSE_ALL':
      return payload.magic === undefined
        ? textProblem('reason', payload.reason, REASON_CHARS)
        : 'this EA does not say the magic of its positions: leave magic out, or close by symbol'
    default:
      return historyProblem(payload)
  }
}

function openProblem(payload: Fields): string | null {
  const { symbol, volume, magic, deviation, comment } = payload
  if (magic !== undefined) return 'this EA sets a magic of its own (its input MagicNumber): leave magic out'
  if (deviation !== undefined && deviation !== DEVIATION)
    return `this EA always deviates by ${DEVIATION} points: leave deviation out`
  return (
    textProblem('symbol', symbol, COMMENT_CHARS) ??
    numberProblem('volume', volume, VOLUME_CHARS) ??
    textProblem('comment', comment, COMMENT_CHARS) ??
    stopsProblem(payload)
  )
}

function stopsProblem({ sl, tp }: Fields): string | null {
  for (const [name, value] of [
    ['sl', sl],
    ['tp', tp],
  ] as const) {
    if (!value)
      return `${name} is missing: this EA refuses a trade without both sl and tp, and can remove neither`
    const problem = numberProblem(name, value, PRICE_CHARS)
    if (problem !== null) return problem
  }
  return null
}

function historyProblem({ symbol, timeframe, from, to }: Fields): string | null {
  if (!TIMEFRAMES.has(timeframe))
    return `timeframe ${String(timeframe)}: this EA has ${[...TIMEFRAMES].join(', ')}`
  if (to === undefined) return 'to is missing: this EA needs both ends of the time'
  if (seconds(from) === null || seconds(to) === null)
    return 'from and to must be moments between 1970 and 2100'
  return textProblem('symbol', symbol, COMMENT_CHARS)
}

const seconds = (moment: unknown): number | null => {
  const ms = brokerTimeMs(moment as number | string | null | undefined)
  return ms === null ? null : Math.floor(ms / 1_000)
}

/** It cuts objects at the first brace or bracket, and texts at the first quote, wherever they stand. */
const READABLE = /^[\x20-\x7e]*$/
const MARKS = /["\\{}[\]]/

function textProblem(name: string, value: unknown, length_max: number): string | null {
  if (value === undefined || value === null || value === '') return null
  const text = String(value)
  if (text.length > length_max)
    return `${name} is longer than the ${length_max} characters that this EA reads`
  if (!READABLE.test(text) || MARKS.test(text))
    return `${name} must be plain ASCII without " \\ { } [ ]: this EA can not read others`
  return null
}

function numberProblem(name: string, value: unknown, length_max: number): string | null {
  const text = JSON.stringify(value) ?? ''
  return /^[0-9.]+$/.test(text) && text.length <= length_max
    ? null
    : `${name} ${text} does not fit the ${length_max} characters that this EA reads of it`
}

/** One command, flat. What `legacyProblem` refuses never comes here, but for one made before the EA was known. */
export function legacyCommand({ command_id: id, type, payload }: Command): Record<string, unknown> {
  switch (type) {
    case 'OPEN_TRADE': {
      const { symbol, volume, sl, tp, comment } = payload
      const order_type = marketDirection(String(payload.order_type))
      const told =
        typeof comment === 'string' && comment !== '' ? { comment: readable(comment, COMMENT_CHARS) } : {}
      return { id, type, symbol, order_type, volume, sl, tp, ...told }
    }
    case 'MODIFY_TRADE':
      return { id, type, ticket: bare(payload.ticket), sl: payload.sl, tp: payload.tp }
    case 'CLOSE_TRADE': {
      const { reason } = payload
      const told =
        typeof reason === 'string' && reason !== '' ? { reason: readable(reason, REASON_CHARS) } : {}
      return { id, type, ticket: bare(payload.ticket), ...told }
    }
    default: {
      const { symbol, timeframe, from, to } = payload
      const [start_date, end_date] = [seconds(from), seconds(to)]
      return { id, type: 'REQUEST_HISTORICAL_DATA', symbol, timeframe, start_date, end_date }
    }
  }
}

const bare = (ticket: unknown): number | string => plainInt64(toInt64(ticket) ?? '0')
const readable = (text: string, length_max: number): string =>
  text.replace(/[^\x20-\x7e]|["\\{}[\]]/g, '?').slice(0, length_max)

/**
 * W2: those that may go out now, given what is under way.
 * @param isDue of one command by itself: what is over, or waits, keeps no place
 */
export function legacyCandidates(
  unsettled: Iterable<Command>,
  isDue: (command: Command) => boolean,
): Command[] {
  const all = [...unsettled].filter(({ type }) => type !== 'CLOSE_ALL' && LEGACY_TYPES.includes(type))
  // It asks again only when it has done what it was given before: a close need not wait for a change of levels.
  const busy = new Map(
    all.flatMap((one) => (one.status === 'executing' ? [[ticketOf(one) ?? '', one.type]] : [])),
  )
  const isFree = (one: Command) => {
    const running = busy.get(ticketOf(one) ?? '-')
    return running === undefined || (one.type === 'CLOSE_TRADE' && running !== 'CLOSE_TRADE')
  }
  const due = all.filter((one) => one.status !== 'executing' && isDue(one) && isFree(one))
  const first = new Map<string, Command>()
  const free: Command[] = []
  for (const one of due.sort((a, b) => b.priority - a.priority || a.command_no - b.command_no)) {
    const ticket = ticketOf(one)
    if (ticket === null) free.push(one)
    else if (!first.has(ticket)) first.set(ticket, one)
  }
  // An opening never takes the place of a close, not even the last one of an answer.
  const closes = [...first.values()].some(({ type }) => type === 'CLOSE_TRADE')
  return [...free.filter(({ type }) => !closes || type !== 'OPEN_TRADE'), ...first.values()]
}

const ticketOf = ({ payload }: Command): string | null => toInt64(payload.ticket)
