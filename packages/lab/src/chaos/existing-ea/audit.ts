// The audit of a login with existing EAs: what went over the wire and what stands at its terminal, against what was
// wanted, promised and written. Pure.
import { marketDirection } from '@ngtb/protocol'
import { promises } from '../audit/auditor.ts'
import {
  type BrokerPosition,
  type Intent,
  type LedgerCommand,
  type LedgerTrade,
  type Violation,
  violation,
} from '../audit/evidence.ts'
import { tradeRules } from '../audit/tables.ts'
import { NOT_ITS_OWN } from './wishes.ts'

/** A position that the EA opened, and not a hand. */
export interface Opening {
  readonly ticket: string
  readonly shape: string
}

export interface Shown {
  readonly login: string
  readonly intents: readonly Intent[]
  readonly commands: readonly LedgerCommand[]
  readonly trades: readonly LedgerTrade[]
  /** The terminal's, now. */
  readonly positions: readonly BrokerPosition[]
  /** Ever. */
  readonly openings: readonly Opening[]
  /** Levels that were ordered, as `levelsKey` names them. */
  readonly levels: ReadonlySet<string>
  /** How often each OPEN left the server. */
  readonly handed: ReadonlyMap<string, number>
  readonly audit_problems: readonly string[]
  /** null: they are still coming. */
  readonly ticks: Ticks | null
}

export interface Ticks {
  /** Those that the EA did not keep any longer. */
  readonly acknowledged: number
  /** Sent, and the answer not heard: they came again, and may be there twice (adr 0022). */
  readonly unheard: number
  readonly stored: number
}

/** By its symbol, direction and levels an intent and its position are known; each has other levels. */
export const shapeOf = (symbol: string, direction: string, sl: number, tp: number): string =>
  `${symbol} ${direction} ${sl.toFixed(5)} ${tp.toFixed(5)}`

export const levelsKey = (ticket: unknown, sl: number, tp: number): string =>
  `${ticket} ${sl.toFixed(5)} ${tp.toFixed(5)}`

export function auditExisting(shown: Shown): Violation[] {
  return [
    ...promises(shown),
    ...doubles(shown),
    ...strangers(shown),
    ...unsettled(shown),
    ...contradictions(shown),
    ...tradeRules({ trades: shown.trades, books: { positions: shown.positions } }),
    ...shown.audit_problems.map((what) => violation('audit', shown.login, what)),
    ...ticks(shown),
  ]
}

function doubles({ handed, commands, openings }: Shown): Violation[] {
  return [
    ...[...handed]
      .filter(([, times]) => times > 1)
      .map(([id, times]) => violation('double', id, `it was handed out ${times} times`)),
    ...commands
      .filter(({ type, attempt }) => type === 'OPEN_TRADE' && attempt > 1)
      .map(({ command_id, attempt }) => violation('double', command_id, `it is at its attempt ${attempt}`)),
    ...[...ticketsByShape(openings)]
      .filter(([, tickets]) => tickets.length > 1)
      .map(([shape, tickets]) => violation('double', shape, `it opened ${tickets.join(' and ')}`)),
  ]
}

function strangers({ intents, openings }: Shown): Violation[] {
  const wanted = new Set(intents.flatMap((intent) => shapeOfIntent(intent) ?? []))
  return [
    ...openings
      .filter(({ shape }) => !wanted.has(shape))
      .map(({ ticket, shape }) => violation('invented', ticket, `its EA opened ${shape}: nobody wanted it`)),
    ...intents
      .filter(({ type, answer }) => answer?.command_id != null && NOT_ITS_OWN.some((one) => one === type))
      .map(({ key, type }) => violation('stuck', key, `${type} was acknowledged, and its EA can't do it`)),
  ]
}

/** An OPEN may stay unknown, and says why; everything else comes to its end. */
function unsettled({ commands }: Shown): Violation[] {
  return commands.flatMap(({ command_id, type, status, attempt, error }) => {
    const is = `${type} is still ${status} after ${attempt} attempts`
    if (status === 'pending' || status === 'executing') return [violation('stuck', command_id, is)]
    if (status !== 'timeout' || (mayStayUnknown(type) && error)) return []
    return [violation('stuck', command_id, `${is} (${error ?? 'without a reason'})`)]
  })
}

/** A close is asked for until its position is gone. */
const mayStayUnknown = (type: string): boolean => !type.startsWith('CLOSE_')

function contradictions(shown: Shown): Violation[] {
  const opened = ticketsByShape(shown.openings)
  return shown.commands.flatMap((command) => {
    const what = contradiction(command, shown, opened)
    return what === null ? [] : [violation('wrong_status', command.command_id, `${command.type}: ${what}`)]
  })
}

function contradiction(
  command: LedgerCommand,
  shown: Shown,
  opened: ReadonlyMap<string, readonly string[]>,
): string | null {
  const { ticket, sl, tp } = command.payload as { ticket?: string; sl: number; tp: number }
  const held = shown.positions.find((position) => position.ticket === ticket)
  switch (command.type) {
    case 'OPEN_TRADE':
      return openContradiction(command, shown, opened.get(shapeOfIntent(command) ?? '') ?? [])
    case 'CLOSE_TRADE':
      return command.status === 'completed' && held ? `it is completed, but ${ticket} is open` : null
    case 'MODIFY_TRADE':
      if (command.status === 'completed')
        return shown.levels.has(levelsKey(ticket, sl, tp)) ? null : 'it is completed, but was never ordered'
      return isOver(command) && held?.sl === sl && held.tp === tp
        ? `it is ${command.status} (${command.error}), but ${ticket} has its levels`
        : null
    case 'CLOSE_ALL':
      return command.status === 'completed' ? survivors(command, shown) : null
    default:
      return null
  }
}

const isOver = ({ status }: LedgerCommand): boolean => ['failed', 'expired', 'cancelled'].includes(status)

function openContradiction(
  { status, ticket, error }: LedgerCommand,
  { positions }: Shown,
  tickets: readonly string[],
): string | null {
  const [first] = tickets
  if (status === 'completed') {
    if (first === undefined) return `it is completed with ticket ${ticket}, but nothing was opened`
    return ticket !== null && tickets.includes(ticket)
      ? null
      : `it is completed with ticket ${ticket}, but opened ${first}`
  }
  if (first === undefined) return null
  // Of an unknown one that is closed by now no message says what it was.
  const found = positions.find((position) => tickets.includes(position.ticket))
  if (status === 'timeout') return found ? `it is unknown, but ${found.ticket} is there and is its own` : null
  return status === 'pending' || status === 'executing'
    ? null
    : `it is ${status} (${error}), but opened ${first}`
}

/** P12: nothing that was ordered before the stop is open after it. */
function survivors(stop: LedgerCommand, { commands, openings, positions }: Shown): string | null {
  const older = new Set(
    commands
      .filter(({ type, command_no }) => type === 'OPEN_TRADE' && command_no < stop.command_no)
      .map((command) => shapeOfIntent(command)),
  )
  const meant = new Set(openings.filter(({ shape }) => older.has(shape)).map(({ ticket }) => ticket))
  const left = positions.filter(
    ({ ticket, symbol }) =>
      meant.has(ticket) && (stop.payload.symbol === undefined || stop.payload.symbol === symbol),
  )
  return left.length === 0
    ? null
    : `it is completed, but ${left.map(({ ticket }) => ticket).join(', ')} are open`
}

function ticks({ login, ticks: told }: Shown): Violation[] {
  if (told === null) return []
  const { acknowledged, unheard, stored } = told
  if (stored < acknowledged)
    return [violation('ticks', login, `${acknowledged} were acknowledged, ${stored} are stored`)]
  return stored > acknowledged + unheard
    ? [violation('ticks', login, `${acknowledged} were acknowledged, ${unheard} unheard, ${stored} stored`)]
    : []
}

function ticketsByShape(openings: readonly Opening[]): ReadonlyMap<string, readonly string[]> {
  const tickets = new Map<string, string[]>()
  for (const { shape, ticket } of openings) tickets.set(shape, [...(tickets.get(shape) ?? []), ticket])
  return tickets
}

function shapeOfIntent({ type, payload }: Pick<Intent, 'type' | 'payload'>): string | null {
  if (type !== 'OPEN_TRADE') return null
  const { symbol, order_type, sl, tp } = payload as Record<string, string> & { sl: number; tp: number }
  return shapeOf(symbol ?? '', marketDirection(order_type ?? '') ?? '', sl, tp)
}
