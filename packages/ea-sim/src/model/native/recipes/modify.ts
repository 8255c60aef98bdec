// MODIFY_TRADE and MODIFY_PENDING: absolute values. Whether they are there is read, never remembered.

import { samePrice } from '@ngtb/protocol'
import { brokerTimeMs } from '../../broker-time.ts'
import type { PendingOrder, Position } from '../../broker-types.ts'
import { Retcode } from '../../checks.ts'
import { firstOf, isPrice, levelsOf, levelsProblem, ticketOf, ticketProblem } from '../fields.ts'
import type { NativeCommand } from '../records.ts'
import { expirationOf, expirationProblem } from './place-pending.ts'
import { isFlat, type Recipe, retcodeFields } from './recipe.ts'

const byTicket = (command: NativeCommand) =>
  ({ what: 'command', magic: null, ticket: ticketOf(command), opposite_ticket: null }) as const

/** Nobody knows from a retcode what the levels are now. */
const touch = { aspect: 'levels', after: () => null } as const

export const modifyTrade: Recipe = {
  type: 'MODIFY_TRADE',
  problem: (command) =>
    firstOf(
      ticketProblem(command),
      levelsProblem(command),
      command.sl === undefined && command.tp === undefined && 'sl or tp is missing',
    ),
  ticket: ticketOf,
  query: byTicket,
  read(command, { position, ticket_deals, digits }) {
    if (position !== null)
      return hasLevels(command, position, digits)
        ? { kind: 'done', evidence: 'state', response: shown(position) }
        : { kind: 'there' }
    if (!isFlat(ticket_deals)) return { kind: 'absent' }
    return { kind: 'refused', retcode: Retcode.POSITION_CLOSED, error: 'the position is closed' }
  },
  readsFirst: () => false,
  request: (command) => ({ action: 'modify', ticket: ticketOf(command) ?? '', ...levelsOf(command) }),
  done: (command, { retcode }) => ({
    ticket: ticketOf(command),
    ...levelsOf(command),
    ...retcodeFields(retcode),
  }),
  touch,
}

export const modifyPending: Recipe = {
  type: 'MODIFY_PENDING',
  problem: (command) =>
    firstOf(
      ticketProblem(command),
      levelsProblem(command),
      expirationProblem(command),
      ['price', 'stop_limit_price'].some(
        (field) => command[field] !== undefined && !isPrice(command[field]),
      ) && 'price and stop_limit_price must be numbers above 0',
    ),
  ticket: ticketOf,
  query: byTicket,
  read(command, { order, ticket_order, digits }) {
    if (order !== null)
      return hasLevels(command, order, digits) && hasPrices(command, order, digits)
        ? { kind: 'done', evidence: 'state', response: shown(order) }
        : { kind: 'there' }
    if (ticket_order === null) return { kind: 'absent' }
    return { kind: 'refused', retcode: Retcode.INVALID, error: `the order ended as ${ticket_order.state}` }
  },
  readsFirst: () => false,
  request: (command) => ({
    action: 'modify_pending',
    ticket: ticketOf(command) ?? '',
    ...(isPrice(command.price) && { price: command.price }),
    ...(isPrice(command.stop_limit_price) && { stop_limit_price: command.stop_limit_price }),
    ...levelsOf(command),
    ...expirationOf(command),
  }),
  done: (command, { price, retcode }) => ({
    ticket: ticketOf(command),
    price,
    ...levelsOf(command),
    ...retcodeFields(retcode),
  }),
  touch,
}

const shown = ({ ticket, sl, tp }: Position | PendingOrder) => ({ ticket, sl, tp })

const hasLevels = ({ sl, tp }: NativeCommand, there: Position | PendingOrder, digits: number): boolean =>
  (sl === undefined || samePrice(sl as number | null, there.sl, digits)) &&
  (tp === undefined || samePrice(tp as number | null, there.tp, digits))

function hasPrices(command: NativeCommand, order: PendingOrder, digits: number): boolean {
  const { price, stop_limit_price, expiration } = command
  const same = (wanted: unknown, there: number) =>
    wanted === undefined || samePrice(wanted as number, there, digits)
  const { expiration_ms } = expirationOf(command)
  // A terminal keeps seconds.
  const until = (ms: number | null | undefined) => Math.floor((ms ?? 0) / 1000)
  return (
    same(price, order.price) &&
    same(stop_limit_price, order.stop_limit_price) &&
    (expiration === undefined ||
      brokerTimeMs(expiration) === order.expiration_ms ||
      until(expiration_ms) === until(order.expiration_ms))
  )
}
