// CLOSE_TRADE, CLOSE_PARTIAL, CLOSE_BY, CANCEL_PENDING: what makes less of something. Gone is what "close" wanted;
// the two with volumes compare first.

import { sameVolume } from '@ngtb/protocol'
import type { Deal } from '../../broker-types.ts'
import { Retcode } from '../../checks.ts'
import type { LookQuery, LookResult, OrderResult } from '../broker-port.ts'
import { firstOf, isRest, isVolume, magicOf, ticketOf, ticketProblem } from '../fields.ts'
import type { Compare, NativeCommand } from '../records.ts'
import { isFlat, type Reading, type Recipe, retcodeFields, sumOf } from './recipe.ts'

const byTagAndTicket = (command: NativeCommand): LookQuery => ({
  what: 'command',
  magic: magicOf(command),
  ticket: ticketOf(command),
  opposite_ticket: ticketOf(command, 'opposite_ticket'),
})

export const closeTrade: Recipe = {
  type: 'CLOSE_TRADE',
  problem: (command) => ticketProblem(command),
  ticket: ticketOf,
  query: byTagAndTicket,
  read(command, look, ordered) {
    const { position, ticket_deals, terminal } = look
    if (position !== null)
      return terminal.margin_mode === 'netting' ? grown(command, look, ordered) : { kind: 'there' }
    if (!isFlat(ticket_deals)) return { kind: 'absent' }
    const exits = ticket_deals.filter(isExit)
    const ours = exits.some(({ magic }) => magic === magicOf(command))
    const response = {
      ticket: ticketOf(command),
      ...figuresOf(exits),
      ...(!ours && { already_closed: true }),
    }
    return { kind: 'done', evidence: ours ? 'tag' : 'state', response }
  },
  // Netting: without a position there, the order would open the other side.
  readsFirst: (margin_mode) => margin_mode === 'netting',
  request(command, look) {
    const netting = look?.terminal.margin_mode === 'netting'
    const volume = netting ? (look.position?.volume ?? null) : null
    return { action: 'close', ticket: ticketOf(command) ?? '', volume }
  },
  done: (command, result) => ({
    ticket: ticketOf(command),
    ...closedFields(result),
    ...(result.retcode === Retcode.POSITION_CLOSED && { already_closed: true }),
  }),
  touch: { aspect: 'volume', after: ({ retcode }) => (retcode === Retcode.DONE_PARTIAL ? null : 0) },
  absentIsDone: true,
}

export const closePartial: Recipe = {
  type: 'CLOSE_PARTIAL',
  problem: (command) =>
    firstOf(
      ticketProblem(command),
      !isVolume(command.volume) &&
        !(isVolume(command.expected_volume) && isRest(command.remaining_volume)) &&
        'give expected_volume and remaining_volume, or volume',
    ),
  ticket: ticketOf,
  query: byTagAndTicket,
  read(command, look, compare) {
    const tagged = ownDeals(command, look)
    if (tagged !== null) return tagged
    const { position } = look
    if (position === null) return gone(look)
    const wanted = compare ?? partOf(command, position.volume)
    return compared(command, look, wanted)
  },
  readsFirst: () => true,
  request(command, _look, compare) {
    const { expected_volume = 0, remaining_volume = 0 } = compare ?? {}
    const volume = Number((expected_volume - remaining_volume).toFixed(8))
    return { action: 'close', ticket: ticketOf(command) ?? '', volume }
  },
  done: (command, result) => ({ ticket: ticketOf(command), ...closedFields(result) }),
  touch: { aspect: 'volume', after: remains },
}

export const closeBy: Recipe = {
  type: 'CLOSE_BY',
  problem: (command) => firstOf(ticketProblem(command), ticketProblem(command, 'opposite_ticket')),
  ticket: ticketOf,
  query: byTagAndTicket,
  read(command, look, compare) {
    const tagged = ownDeals(command, look)
    if (tagged !== null) return tagged
    const { position, opposite } = look
    const wanted = compare ?? againstOf(command, look)
    if (position === null)
      return wanted?.remaining_volume === 0 && isFlat(look.ticket_deals)
        ? { kind: 'done', evidence: 'state', response: { ticket: ticketOf(command), remaining_volume: 0 } }
        : gone(look)
    if (wanted !== null) {
      const reading = compared(command, look, wanted)
      if (reading.kind !== 'there' || opposite !== null) return reading
    }
    return { kind: 'refused', retcode: Retcode.POSITION_CLOSED, error: 'the opposite position is not open' }
  },
  readsFirst: () => true,
  request: (command) => ({
    action: 'close_by',
    ticket: ticketOf(command) ?? '',
    opposite_ticket: ticketOf(command, 'opposite_ticket') ?? '',
  }),
  done: (command, result) => ({
    ticket: ticketOf(command),
    opposite_ticket: ticketOf(command, 'opposite_ticket'),
    ...closedFields(result),
  }),
  touch: { aspect: 'volume', after: remains },
}

export const cancelPending: Recipe = {
  type: 'CANCEL_PENDING',
  problem: (command) => ticketProblem(command),
  ticket: ticketOf,
  query: (command) => ({ what: 'command', magic: null, ticket: ticketOf(command), opposite_ticket: null }),
  read(command, { order, ticket_order }) {
    if (order !== null) return { kind: 'there' }
    if (ticket_order === null) return { kind: 'absent' }
    const { state, position } = ticket_order
    const response = { ticket: ticketOf(command), state, filled: position !== null, position }
    return { kind: 'done', evidence: 'state', response }
  },
  readsFirst: () => false,
  request: (command) => ({ action: 'cancel', ticket: ticketOf(command) ?? '' }),
  done: (command, { retcode }) => ({ ticket: ticketOf(command), filled: false, ...retcodeFields(retcode) }),
  absentIsDone: true,
}

const isExit = ({ entry }: Deal): boolean => entry !== 'DEAL_ENTRY_IN'

const closedFields = (result: OrderResult) => {
  const { order, deal, price, volume, profit, swap, commission, retcode } = result
  const money = { profit, swap, commission }
  return { order, deal, close_price: price, volume, ...money, ...retcodeFields(retcode) }
}

function figuresOf(exits: readonly Deal[]): Record<string, unknown> {
  const { volume, price } = sumOf(exits)
  const cents = (of: (deal: Deal) => number) =>
    exits.reduce((sum, deal) => sum + Math.round(of(deal) * 100), 0) / 100
  const profit = cents((deal) => deal.profit)
  return { close_price: price, volume, profit, swap: cents((deal) => deal.swap) }
}

/**
 * Deals that carry this command's tag: it was carried out. Netting: also where the position was gone by then and its
 * order made another one.
 */
function ownDeals(command: NativeCommand, { deals, position }: LookResult): Reading | null {
  if (deals.length === 0) return null
  const left = { ticket: ticketOf(command), remaining_volume: position?.volume ?? 0 }
  return { kind: 'done', evidence: 'tag', response: { ...left, ...figuresOf(deals) } }
}

/**
 * Netting: all that was ordered is closed, and the position is there: it grew while the order was on its way. One
 * intent, one effect (P3): a second order would close what came after it. What was filled in part is closed further.
 */
function grown(command: NativeCommand, look: LookResult, ordered: Compare | undefined): Reading {
  const { deals, position, volume_step } = look
  const closed = sumOf(deals).volume
  const all = Number((closed + (position?.volume ?? 0)).toFixed(8))
  const whole =
    ordered && (closed > ordered.expected_volume || sameVolume(closed, ordered.expected_volume, volume_step))
  const done = whole ? ownDeals(command, look) : null
  return done ?? { kind: 'there', compare: { expected_volume: all, remaining_volume: 0 } }
}

const gone = ({ ticket_deals }: LookResult): Reading =>
  isFlat(ticket_deals)
    ? { kind: 'refused', retcode: Retcode.POSITION_CLOSED, error: 'the position is closed' }
    : { kind: 'absent' }

/** Compare, then set: at the target it is done, at the start it can be sent, else the caller saw something else. */
function compared(command: NativeCommand, look: LookResult, wanted: Compare): Reading {
  const { position, volume_step } = look
  const volume = position?.volume ?? 0
  if (sameVolume(volume, wanted.remaining_volume, volume_step))
    return {
      kind: 'done',
      evidence: 'state',
      response: { ticket: ticketOf(command), remaining_volume: volume },
    }
  if (sameVolume(volume, wanted.expected_volume, volume_step)) return { kind: 'there', compare: wanted }
  const error = `the position has ${volume} lots, not ${wanted.expected_volume}`
  return { kind: 'refused', retcode: Retcode.INVALID_CLOSE_VOLUME, error }
}

function partOf(command: NativeCommand, volume: number): Compare {
  const { expected_volume, remaining_volume } = command
  const expected = isVolume(expected_volume) ? expected_volume : volume
  const part = isVolume(command.volume) ? command.volume : 0
  const rest = isRest(remaining_volume) ? remaining_volume : Math.max(0, Number((expected - part).toFixed(8)))
  return { expected_volume: expected, remaining_volume: rest }
}

function againstOf(command: NativeCommand, { position, opposite }: LookResult): Compare | null {
  const { expected_volume, remaining_volume } = command
  if (isVolume(expected_volume) && isRest(remaining_volume)) return { expected_volume, remaining_volume }
  if (position === null || opposite === null) return null
  const rest = Math.max(0, Number((position.volume - opposite.volume).toFixed(8)))
  return { expected_volume: position.volume, remaining_volume: rest }
}

function remains(result: OrderResult, _before: LookResult | null, compare?: Compare): number | null {
  if (compare === undefined) return null
  if (result.volume === null) return compare.remaining_volume
  return Number((compare.expected_volume - result.volume).toFixed(8))
}
