// What happened to a trade or a pending order, and who did it (R12): audit events and deals, as sentences.
import type { Command, Deal, Order } from '@ngtb/core'
import type { Maker, StoryLine } from '@ngtb/protocol'
import type { StoredAudit } from '../ports.ts'
import type { Attribution } from './deals.ts'
import { serverTime as iso } from './views.ts'

type Data = Readonly<Record<string, unknown>>

/** Of whom nobody at the terminal heard: what the ledger did by itself. */
type By = Maker | 'server'

interface Told {
  readonly text: string
  readonly made_by: By
  readonly command_id?: string | null
}

/**
 * @param events of this ticket, oldest first
 * @param commands those that the events name, by id
 */
export function storyOf(
  events: readonly StoredAudit[],
  deals: readonly Deal[],
  commands: ReadonlyMap<string, Command>,
): StoryLine[] {
  return events.map((event) => {
    const { text, made_by, command_id = null } = sentenceOf(event, deals)
    const asked_by = command_id === null ? null : (commands.get(command_id)?.origin ?? null)
    return { seq: event.seq, at: iso(event.at), event: event.kind, text, made_by, command_id, asked_by }
  })
}

/** The commands that these events and deals name. */
export const commandsNamed = (events: readonly StoredAudit[], deals: readonly Deal[]): string[] =>
  [
    ...new Set([
      ...events.flatMap(({ data, actor }) => [
        ...[data.command_id, data.ended_command_id, changeOf(data)?.command_id],
        ...[byOf(data)?.command_id, wantedBy(actor)],
      ]),
      ...deals.map(({ command_id }) => command_id),
    ]),
  ].filter((id): id is string => typeof id === 'string')

const byOf = ({ by }: Data): Attribution | undefined => by as Attribution | undefined
const changeOf = ({ change }: Data): OrderChange | undefined => change as OrderChange | undefined
const wantedBy = (actor: string): string | null => (actor.startsWith('command:') ? actor.slice(8) : null)
const idOf = ({ command_id }: Data): string | null => (typeof command_id === 'string' ? command_id : null)

function sentenceOf(event: StoredAudit, deals: readonly Deal[]): Told {
  const { kind, data, actor } = event
  switch (kind) {
    case 'trade.opened':
      return { text: `opened: ${shape(data)}, heard of by ${sourceOf(data)}`, ...opener(data, deals) }
    case 'trade.linked':
      return {
        text: 'is the effect of this command: its tag says so',
        made_by: 'command',
        command_id: idOf(data),
      }
    case 'trade.wanted':
      return { text: `${levels(data)} wanted`, made_by: 'command', command_id: wantedBy(actor) }
    case 'trade.updated':
      return { text: `changed: ${changes(data)}, heard of by ${sourceOf(data)}`, ...changer(data) }
    case 'trade.closed':
      return { text: `closed: ${ending(data)}, heard of by ${sourceOf(data)}`, ...ender(data, deals) }
    case 'trade.suspected':
      return { text: 'is missing in the terminal’s list: looked for', made_by: 'server' }
    case 'trade.reopened':
      return {
        text: 'is in the terminal’s list again: it had been called closed for its absence',
        made_by: 'server',
      }
    case 'trade.contradicted':
      return { text: 'is listed as open, though the EA had said that it closed', made_by: 'unattributed' }
    case 'deal.booked': {
      const { made_by, entry, volume, price, symbol } = data as unknown as Deal
      const what = `deal ${String(data.deal)}: ${ENTRIES[entry ?? ''] ?? 'booked'} ${volume} ${symbol} at ${price}`
      return { text: what, made_by, command_id: idOf(data) }
    }
    case 'order.placed':
    case 'order.changed':
    case 'order.over':
      return orderTold(kind, data as unknown as Order & { change?: OrderChange })
    default:
      return { text: kind, made_by: 'server' }
  }
}

const ENTRIES: Readonly<Record<string, string>> = {
  DEAL_ENTRY_IN: 'in',
  DEAL_ENTRY_OUT: 'out',
  DEAL_ENTRY_INOUT: 'reversed,',
  DEAL_ENTRY_OUT_BY: 'closed by its opposite,',
}

function opener(data: Data, deals: readonly Deal[]): Pick<Told, 'made_by' | 'command_id'> {
  const command_id = idOf(data)
  if (command_id !== null) return { made_by: 'command', command_id }
  const first = deals.find(({ entry }) => entry === 'DEAL_ENTRY_IN')
  return first ? { made_by: first.made_by, command_id: first.command_id } : { made_by: 'unattributed' }
}

/** What no command did and no deal tells — levels moved by hand, or by another EA — nobody can put down. */
function changer(data: Data): Pick<Told, 'made_by' | 'command_id'> {
  const command_id = idOf(data)
  return command_id === null ? { made_by: 'unattributed' } : { made_by: 'command', command_id }
}

function ender(data: Data, deals: readonly Deal[]): Pick<Told, 'made_by' | 'command_id'> {
  const last = deals.findLast(({ entry }) => entry !== 'DEAL_ENTRY_IN')
  const by = byOf(data) ?? last
  return by ? { made_by: by.made_by, command_id: by.command_id } : { made_by: 'unattributed' }
}

/** Which of its fields changed, and whose doing it was. */
interface OrderChange extends Pick<Attribution, 'made_by' | 'command_id'> {
  readonly from: Readonly<Record<string, unknown>>
}

function orderTold(kind: string, order: Order & { change?: OrderChange }): Told {
  const { type, volume, symbol, price, state, change } = order
  const what = `${type} ${volume} ${symbol} at ${level(price)}`
  if (kind === 'order.placed')
    return { text: `waits: ${what}`, made_by: order.made_by, command_id: order.command_id }
  if (kind === 'order.over') {
    const how = order.over_by === 'absence' ? 'is nowhere in the terminal any more' : `is over: ${state}`
    const by = { made_by: order.ended_by ?? 'unattributed', command_id: order.ended_command_id }
    return { text: `${what} ${how}`, ...by }
  }
  const now = order as unknown as Data
  const fields = Object.entries(change?.from ?? {})
    .sort()
    .map(([field, from]) => `${field} ${level(from)} → ${level(now[field])}`)
  return {
    text: fields.length === 0 ? 'waits again' : `changed: ${fields.join(', ')}`,
    made_by: change?.made_by ?? 'unattributed',
    command_id: change?.command_id ?? null,
  }
}

const SOURCES: Readonly<Record<string, string>> = {
  command: 'the answer to a command',
  sync: 'a full list',
  opened: 'an event',
  changed: 'an event',
  modified: 'an event',
  closed: 'an event',
  deal: 'its deals',
}
const sourceOf = ({ source }: Data): string => SOURCES[String(source)] ?? String(source)

const shape = ({ direction, volume, symbol, open_price }: Data): string =>
  `${direction} ${volume} ${symbol} at ${open_price}`

const level = (value: unknown): string => (value === null || value === 0 ? 'none' : String(value))
const levels = ({ sl, tp, wanted_sl = sl, wanted_tp = tp }: Data): string =>
  `SL ${level(wanted_sl)}, TP ${level(wanted_tp)}`

function changes({ changed, source: _source, command_id: _command, ...data }: Data): string {
  if (typeof changed === 'object' && changed !== null)
    return Object.entries(changed as Record<string, { from: unknown; to: unknown }>)
      .map(([field, { from, to }]) => `${field} ${level(from)} → ${level(to)}`)
      .join(', ')
  const { set: _set, by: _by, ...fields } = data
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined && typeof value !== 'object')
    .map(([field, value]) => `${field} ${level(value)}`)
    .join(', ')
}

function ending({ close_price, close_reason, profit, closed_by }: Data): string {
  const at = close_price === undefined || close_price === null ? '' : ` at ${close_price}`
  const result = profit === undefined || profit === null ? '' : `, profit ${profit}`
  return `${String(close_reason ?? closed_by)}${at}${result}`
}
