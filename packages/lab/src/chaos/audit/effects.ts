// Effects at the broker against commands: none twice, none without a command, and a status that says what happened.
import { readTag } from '@ngtb/protocol'
import {
  type BrokerBooks,
  type BrokerEffect,
  type Evidence,
  type LedgerCommand,
  type Violation,
  violation,
} from './evidence.ts'

export function effectRules({ commands, intents, books }: Evidence): Violation[] {
  const by_command = grouped(books.effects)
  const known = new Set(commands.map(({ command_id }) => command_id))
  for (const { answer } of intents) if (answer?.command_id != null) known.add(answer.command_id)
  const context: Context = { books, commands, effects: by_command }
  return [
    ...[...by_command].flatMap(([command_id, effects]) => [
      ...doubles(command_id, effects),
      ...(known.has(command_id)
        ? []
        : [violation('invented', command_id, `${effects.length} effects, and no such command`)]),
    ]),
    ...doubleTags(books.effects),
    ...commands.flatMap((command) => {
      const what = contradiction(command, context)
      return what === null ? [] : [violation('wrong_status', command.command_id, `${command.type}: ${what}`)]
    }),
  ]
}

interface Context {
  readonly books: BrokerBooks
  readonly commands: readonly LedgerCommand[]
  readonly effects: ReadonlyMap<string, readonly BrokerEffect[]>
}

/** What begins a position or an order may happen once; what changes one, once for each ticket. */
const BEGINNINGS = new Set(['opened', 'placed'])

function doubles(command_id: string, effects: readonly BrokerEffect[]): Violation[] {
  const counts = new Map<string, number>()
  for (const { kind, ticket } of effects) {
    const what = BEGINNINGS.has(kind) ? kind : `${kind} ${ticket}`
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  return [...counts]
    .filter(([, count]) => count > 1)
    .map(([what, count]) => violation('double', command_id, `${what} ${count} times`))
}

/** By the tag as well: an execution can not hide behind another name. */
function doubleTags(effects: readonly BrokerEffect[]): Violation[] {
  const counts = new Map<string, number>()
  for (const { kind, magic } of effects)
    if (BEGINNINGS.has(kind) && readTag(magic) !== null)
      counts.set(`${kind} ${magic}`, (counts.get(`${kind} ${magic}`) ?? 0) + 1)
  return [...counts]
    .filter(([, count]) => count > 1)
    .map(([what, count]) => violation('double', what, `the tag is on ${count} of them`))
}

/** A sentence when the ledger's final word is not what happened; null when it is, or there is none yet. */
function contradiction(command: LedgerCommand, context: Context): string | null {
  const effects = context.effects.get(command.command_id) ?? []
  if (command.status === 'completed') return undone(command, effects, context)
  if (!['failed', 'expired', 'cancelled'].includes(command.status)) return null
  // A stop that failed in part has closed what it could.
  if (effects.length === 0 || command.type === 'CLOSE_ALL') return null
  const done = effects.map(({ kind, ticket }) => `${kind} ${ticket}`).join(', ')
  return `it is ${command.status} (${command.evidence ?? 'no evidence'}), but ${done}`
}

/** What is missing for a `completed`. */
function undone(command: LedgerCommand, effects: readonly BrokerEffect[], context: Context): string | null {
  const { books } = context
  const ticket = String(command.payload.ticket)
  const open = (wanted: string) => books.positions.some((position) => position.ticket === wanted)
  switch (command.type) {
    case 'OPEN_TRADE':
      return began(command, effects, 'opened')
    case 'PLACE_PENDING':
      return began(command, effects, 'placed')
    case 'CLOSE_TRADE':
      return open(ticket) ? `it is completed, but position ${ticket} is open` : null
    case 'CANCEL_PENDING':
      return books.pending.includes(ticket) ? `it is completed, but order ${ticket} is pending` : null
    case 'CLOSE_ALL':
      return survivors(command, books)
    case 'MODIFY_TRADE':
    case 'MODIFY_PENDING':
    case 'CLOSE_PARTIAL':
    case 'CLOSE_BY':
      // Without an order of its own it must have read the wanted state.
      return effects.length > 0 || command.evidence === 'state'
        ? null
        : 'it is completed, but nothing happened'
    default:
      return null
  }
}

function began(command: LedgerCommand, effects: readonly BrokerEffect[], kind: string): string | null {
  const effect = effects.find((one) => one.kind === kind)
  if (!effect) return `it is completed with ticket ${command.ticket}, but nothing was ${kind}`
  const tag = readTag(effect.magic)
  if (tag !== null && tag.command_no !== command.command_no)
    return `its order carries the number ${tag.command_no} instead of ${command.command_no}`
  return effect.ticket === command.ticket
    ? null
    : `it is completed with ticket ${command.ticket}, but ${kind} ${effect.ticket}`
}

/** P12: nothing that was ordered before the stop is open after it. */
function survivors(stop: LedgerCommand, { positions }: BrokerBooks): string | null {
  const { symbol } = stop.payload
  const older = positions.filter((position) => {
    const tag = readTag(position.magic)
    return (
      tag !== null &&
      tag.command_no < stop.command_no &&
      (symbol === undefined || position.symbol === symbol) &&
      (stop.strategy_no === null || tag.strategy_no === stop.strategy_no)
    )
  })
  return older.length === 0
    ? null
    : `it is completed, but of its scope ${older.map(({ ticket }) => ticket).join(', ')} are open`
}

function grouped(effects: readonly BrokerEffect[]): Map<string, BrokerEffect[]> {
  const groups = new Map<string, BrokerEffect[]>()
  for (const effect of effects) {
    const group = groups.get(effect.command_id)
    if (group) group.push(effect)
    else groups.set(effect.command_id, [effect])
  }
  return groups
}
