// When everything is healed: what was acknowledged is settled, the ledger says what the broker says, the chain holds.
import { COMMANDS } from '@ngtb/protocol'
import type { MemoryLedger } from '@ngtb/server/parts'
import { createMemoryStore, systemIds, verifyAudit } from '@ngtb/server/parts'
import type { Intents } from '../intents.ts'
import type { TickLog } from '../tick-log.ts'
import type { Truth } from '../truth.ts'
import type { Rule } from './complaint.ts'

export interface EndAuditParts {
  readonly ledger: MemoryLedger
  readonly intents: Intents
  readonly truths: ReadonlyMap<number, Truth>
  readonly ticks: TickLog
}

export interface Finding {
  readonly rule: Rule
  readonly what: string
}

const UNSETTLED: ReadonlySet<string> = new Set(['pending', 'executing', 'timeout'])

/** What is still open, or differs still: may go by itself while time goes on. Null: nothing. */
export function unfinished(parts: EndAuditParts): Finding | null {
  const { ledger, intents, truths } = parts
  for (const intent of intents.all()) {
    const command = ledger.tables.accounts.get(intent.account_id)?.commands.get(intent.command_id)
    if (!intent.acknowledged && intent.refused === null)
      return { rule: 'P1', what: `${intent.command_id} is asked for again and again, and never answered` }
    if (!command && intent.acknowledged && !intent.lost)
      return { rule: 'P1', what: `${intent.command_id} was acknowledged and is not in the ledger` }
    if (command && UNSETTLED.has(command.status))
      return {
        rule: command.attempt === 0 ? 'P4' : 'P6',
        what: `${intent.command_id} ${command.type} is still ${command.status} after attempt ${command.attempt}`,
      }
  }
  for (const [account_id, truth] of truths) {
    const finding =
      tradesDiffer(ledger, account_id, truth) ??
      dealsDiffer(parts, account_id, truth) ??
      ordersDiffer(parts, account_id, truth)
    if (finding) return finding
  }
  // A ledger that went back tells what it knew then, until the results were replayed.
  return [...intents.all()].some(({ shaken }) => shaken) ? statusesLie(parts) : null
}

function tradesDiffer({ tables }: MemoryLedger, account_id: number, { broker }: Truth): Finding | null {
  const open = new Map(broker.positions().map((position) => [position.ticket, position]))
  const say = (ticket: string, what: string): Finding => ({
    rule: 'P7',
    what: `trade ${ticket} of account ${account_id} ${what}`,
  })
  for (const trade of tables.accounts.get(account_id)?.trades.values() ?? []) {
    const position = open.get(trade.ticket)
    open.delete(trade.ticket)
    if ((trade.status === 'open') !== (position !== undefined))
      return say(trade.ticket, `is ${trade.status}, at the broker it is ${position ? 'open' : 'closed'}`)
    if (!position) continue
    for (const level of ['sl', 'tp'] as const)
      if ((trade[level] ?? 0) !== position[level])
        return say(trade.ticket, `has ${level} ${trade[level]}, at the broker ${position[level]}`)
    if (trade.volume !== position.volume)
      return say(trade.ticket, `has ${trade.volume} lots, at the broker ${position.volume}`)
    if (trade.wanted_sl !== null || trade.wanted_tp !== null)
      return say(trade.ticket, `still wants sl ${trade.wanted_sl} and tp ${trade.wanted_tp}`)
  }
  for (const ticket of open.keys()) return say(ticket, 'is open at the broker and unknown to the ledger')
  return null
}

/** R9, R12: what the broker booked stands in the ledger, each deal once, and is put down to who made it. */
function dealsDiffer(
  { ledger, intents }: EndAuditParts,
  account_id: number,
  { broker }: Truth,
): Finding | null {
  const at = ledger.tables.accounts.get(account_id)
  if (at?.connection?.protocol !== 2) return null
  for (const { deal, reason, command_id, position } of broker.ledger.deals) {
    const booked = at.deals.get(deal)
    if (!booked) return { rule: 'R9', what: `deal ${deal} of position ${position} is not in the ledger` }
    const made_by = MAKERS[reason]
    const intent = command_id === null ? undefined : intents.get(account_id, command_id)
    // A command that went with a ledger that went back is nobody's any more.
    if (reason === 'DEAL_REASON_EXPERT' && (intent === undefined || intent.shaken || intent.lost)) continue
    if (booked.made_by !== made_by || booked.command_id !== (made_by === 'command' ? command_id : null))
      return {
        rule: 'R12',
        what: `deal ${deal} (${reason}, ${command_id}) is put down to ${booked.made_by} ${booked.command_id}`,
      }
  }
  const [dead] = at.dead_letters.values()
  return dead ? { rule: 'P10', what: `event ${dead.seq} became a dead letter: ${dead.error}` } : null
}

/** Pending orders: what waits stands as it is at the broker, what is over with its end, each put down to its maker. */
function ordersDiffer(
  { ledger, intents }: EndAuditParts,
  account_id: number,
  { broker }: Truth,
): Finding | null {
  const at = ledger.tables.accounts.get(account_id)
  if (at?.connection?.protocol !== 2) return null
  const say = (ticket: string, what: string): Finding => ({
    rule: 'P7',
    what: `order ${ticket} of account ${account_id} ${what}`,
  })
  const ended = broker.history.endedSince(0)
  for (const { ticket, state } of ended) {
    const row = at.orders.get(ticket)
    if (row?.over_by !== 'event' || row.state !== state)
      return say(ticket, `is ${row ? `${row.over_by} ${row.state}` : 'unknown'}, at the broker ${state}`)
  }
  for (const order of broker.orders.all()) {
    const row = at.orders.get(order.ticket)
    if (row?.over_by !== null) return say(order.ticket, `waits at the broker, here it is ${row?.over_by}`)
    for (const level of ['price', 'stop_limit_price', 'sl', 'tp'] as const)
      if ((row[level] ?? 0) !== order[level])
        return say(order.ticket, `has ${level} ${row[level]}, at the broker ${order[level]}`)
    if (row.volume !== order.volume || row.expiration_ms !== order.expiration_ms)
      return say(order.ticket, 'has another volume or expiration than at the broker')
  }
  const placed = [...broker.orders.all(), ...ended.flatMap(({ was }) => was ?? [])]
  for (const { ticket, reason, command_id } of placed) {
    const row = at.orders.get(ticket)
    const intent = command_id === null ? undefined : intents.get(account_id, command_id)
    if (reason === 'ORDER_REASON_EXPERT' && (intent === undefined || intent.shaken || intent.lost)) continue
    const made_by = reason === 'ORDER_REASON_EXPERT' ? 'command' : 'manual'
    if (row?.made_by !== made_by || row.command_id !== command_id)
      return {
        rule: 'R12',
        what: `order ${ticket} (${reason}, ${command_id}) is put down to ${row?.made_by}`,
      }
  }
  return null
}

const MAKERS = {
  DEAL_REASON_EXPERT: 'command',
  DEAL_REASON_CLIENT: 'manual',
  DEAL_REASON_SL: 'sl',
  DEAL_REASON_TP: 'tp',
} as const

/** What no passing of time can make good. */
export async function broken(parts: EndAuditParts): Promise<Finding | null> {
  return statusesLie(parts) ?? parts.ticks.finding(parts.ledger) ?? (await chainBreaks(parts.ledger))
}

/** Every final status is the truth, whatever happened on the way. */
function statusesLie({ ledger, intents, truths }: EndAuditParts): Finding | null {
  for (const { account_id, command_id, type } of intents.all()) {
    const command = ledger.tables.accounts.get(account_id)?.commands.get(command_id)
    const times = truths.get(account_id)?.effects(command_id) ?? 0
    if (!command || type === 'CLOSE_ALL') continue
    if (COMMANDS[type].resend === 'never' && command.status === 'completed' && times !== 1)
      return { rule: 'P7', what: `${command_id} ${type} is completed, took effect ${times} times` }
    // Values that were set and changed again leave no trace to tell by.
    const traceless = type === 'MODIFY_TRADE' || type === 'MODIFY_PENDING'
    if (command.status !== 'completed' && times > 0 && !traceless)
      return { rule: 'P7', what: `${command_id} ${type} is ${command.status}, took effect ${times} times` }
  }
  return null
}

async function chainBreaks(ledger: MemoryLedger): Promise<Finding | null> {
  const { problems } = await verifyAudit(createMemoryStore({ ledger }), systemIds)
  const [first] = problems
  return first ? { rule: 'P13', what: `account ${first.account_id}: ${first.reason}` } : null
}
