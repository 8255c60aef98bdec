// Effects at the broker against commands: none twice, none without a command, and a status that says what happened.
import { readTag, type Tag } from '@ngtb/protocol'
import {
  type BrokerBooks,
  type BrokerEffect,
  type Evidence,
  type LedgerCommand,
  type Violation,
  violation,
} from './evidence.ts'

export function effectRules({
  commands,
  intents,
  books,
  taken_back,
  native,
  went_back,
}: Evidence): Violation[] {
  const by_command = grouped(books.effects)
  const types = new Map(intents.map(({ key, type }) => [key, type]))
  for (const { command_id, type } of commands) types.set(command_id, type)
  const context: Context = { books, effects: by_command, tagOf: native ? readTag : () => null, went_back }
  return [
    ...[...by_command].flatMap(([command_id, effects]) => [
      ...doubles(command_id, effects),
      ...strangers(command_id, effects, types.get(command_id)),
    ]),
    ...doubleTags(books.effects, context),
    // What sends no order has no truth at the broker: "failed" says that its answer did not come.
    ...(went_back ? [] : taken_back)
      .filter(({ command_id }) => Object.hasOwn(OWN_EFFECTS, types.get(command_id) ?? ''))
      .map(({ command_id, said }) =>
        violation('wrong_status', command_id, `it was said to be ${said}, and was done after all`),
      ),
    ...commands.flatMap((command) => {
      const what = contradiction(command, context)
      return what === null ? [] : [violation('wrong_status', command.command_id, `${command.type}: ${what}`)]
    }),
  ]
}

interface Context {
  readonly books: BrokerBooks
  /** A plain EA's orders carry the strategy's magic as it is: no tag. */
  readonly tagOf: (magic: string) => Tag | null
  readonly went_back: boolean
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

/** What the orders of a command may do at the broker; a close that opens something is the worst of all. */
const OWN_EFFECTS: Readonly<Record<string, readonly string[]>> = {
  OPEN_TRADE: ['opened', 'changed', 'closed'], // on a netting account against what was there
  PLACE_PENDING: ['placed'],
  MODIFY_TRADE: ['modified'],
  MODIFY_PENDING: ['order_modified'],
  CANCEL_PENDING: ['order_gone'],
  CLOSE_TRADE: ['closed', 'changed'],
  CLOSE_PARTIAL: ['changed'],
  CLOSE_BY: ['closed', 'changed'],
  CLOSE_ALL: ['closed', 'changed', 'order_gone'],
}

function strangers(command_id: string, effects: readonly BrokerEffect[], type?: string): Violation[] {
  if (type === undefined)
    return [violation('invented', command_id, `${effects.length} effects, and no such command`)]
  return effects
    .filter(({ kind }) => !OWN_EFFECTS[type]?.includes(kind))
    .map(({ kind, ticket }) => violation('invented', command_id, `a ${type} ${kind} ${ticket}`))
}

/** By the tag as well: an execution can not hide behind another name. */
function doubleTags(effects: readonly BrokerEffect[], { tagOf }: Context): Violation[] {
  const counts = new Map<string, number>()
  for (const { kind, magic } of effects)
    if (BEGINNINGS.has(kind) && tagOf(magic) !== null)
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
  if (effects.length === 0 || command.type === 'CLOSE_ALL' || mayHaveBeen(command)) return null
  const done = effects.map(({ kind, ticket }) => `${kind} ${ticket}`).join(', ')
  return `it is ${command.status} (${command.evidence ?? 'no evidence'}), but ${done}`
}

/** A MODIFY in doubt whose values were gone before they could be read: it says that it may have been executed. */
const mayHaveBeen = ({ type, evidence, error }: LedgerCommand) =>
  type.startsWith('MODIFY_') && evidence === 'rejected' && error?.includes('nobody can tell') === true

/** What is missing for a `completed`. */
function undone(command: LedgerCommand, effects: readonly BrokerEffect[], context: Context): string | null {
  const { books } = context
  const ticket = String(command.payload.ticket)
  const open = (wanted: string) => books.positions.some((position) => position.ticket === wanted)
  switch (command.type) {
    case 'OPEN_TRADE':
      return began(command, effects, 'opened', context)
    case 'PLACE_PENDING':
      return began(command, effects, 'placed', context)
    case 'CLOSE_TRADE':
      return open(ticket) ? `it is completed, but position ${ticket} is open` : null
    case 'CANCEL_PENDING':
      return books.pending.some((order) => order.ticket === ticket)
        ? `it is completed, but order ${ticket} is pending`
        : null
    case 'CLOSE_ALL':
      return survivors(command, context)
    case 'MODIFY_TRADE':
    case 'MODIFY_PENDING':
    case 'CLOSE_PARTIAL':
    case 'CLOSE_BY':
      // Without an effect of its own it must have read the wanted state, or heard that there was nothing to change.
      return effects.length > 0 || command.evidence === 'state' || hadNoChanges(command, books)
        ? null
        : 'it is completed, but nothing happened'
    default:
      return null
  }
}

const NO_CHANGES = 10025

/** The broker's own word, to an order that it has received. */
const hadNoChanges = ({ command_id, type, retcode }: LedgerCommand, { orders }: BrokerBooks) =>
  type.startsWith('MODIFY_') &&
  retcode === NO_CHANGES &&
  orders.some((order) => order.command_id === command_id)

function began(
  command: LedgerCommand,
  effects: readonly BrokerEffect[],
  kind: string,
  { tagOf, went_back }: Context,
): string | null {
  const effect = effects.find((one) => one.kind === kind)
  if (!effect) return `it is completed with ticket ${command.ticket}, but nothing was ${kind}`
  const tag = tagOf(effect.magic)
  if (tag !== null && tag.command_no !== command.command_no && !went_back)
    return `its order carries the number ${tag.command_no} instead of ${command.command_no}`
  return effect.ticket === command.ticket
    ? null
    : `it is completed with ticket ${command.ticket}, but ${kind} ${effect.ticket}`
}

/** P12: nothing that was ordered before the stop is open after it. */
function survivors(stop: LedgerCommand, { books, tagOf }: Context): string | null {
  const { symbol } = stop.payload
  const older = books.positions.filter((position) => {
    const tag = tagOf(position.magic)
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
