// Whether a wanted command becomes one (contract §4): refused here with a sentence, or never.
// What the server does not know — symbols, specifications, quotes — it does not check.
import {
  COMMANDS,
  type CommandType,
  type Direction,
  isCommandType,
  limits,
  marketDirection,
  onStep,
  PLAIN_TYPES,
  type SymbolSpec,
  toInt64,
} from '@ngtb/protocol'
import { payloadProblem } from './payload.ts'
import { comparedVolumes } from './volumes.ts'

export interface MarketKnowledge {
  /** The specs that the EA told us; empty when it told none. */
  readonly specs: ReadonlyMap<string, SymbolSpec>
  /** A quote only while it is fresh, else undefined. */
  quote(symbol: string): { bid: number; ask: number } | undefined
  trade(ticket: string): KnownTrade | undefined
}

export interface KnownTrade {
  readonly status: 'open' | 'closed'
  readonly symbol: string | null
  readonly sl: number | null
  readonly tp: number | null
  readonly wanted_sl?: number | null
  readonly wanted_tp?: number | null
  readonly volume?: number | null
  readonly direction?: Direction | null
}

export type Admission =
  | { accepted: true; type: CommandType; payload: Record<string, unknown> }
  | {
      accepted: false
      code: 'NGTB_COMMAND_TYPE' | 'NGTB_COMMAND_PAYLOAD' | 'NGTB_TICKET_INVALID' | 'NGTB_ACCOUNT_PLAIN'
      detail: string
    }

/**
 * Judges type and payload; an accepted payload is complete and canonical (tickets as text, both stops named).
 * @param offered what the account's EA carries out
 */
export function admit(
  type: string,
  payload: unknown,
  market: MarketKnowledge,
  offered: readonly CommandType[] = PLAIN_TYPES,
): Admission {
  if (!isCommandType(type))
    return refuse('NGTB_COMMAND_TYPE', `${type.slice(0, 60)} is not offered; use ${offered.join(', ')}`)
  if (!offered.includes(type))
    return refuse(
      'NGTB_ACCOUNT_PLAIN',
      `${type} is not offered to ${offered === PLAIN_TYPES ? 'plain clients' : 'this EA'}; use ${offered.join(', ')}, or connect a native EA`,
    )
  const given = payload ?? {}
  const problem = payloadProblem(type, given)
  if (problem !== null)
    return refuse(
      problem.startsWith('ticket ') && problem.includes('2^63')
        ? 'NGTB_TICKET_INVALID'
        : 'NGTB_COMMAND_PAYLOAD',
      problem,
    )
  const fields = given as Record<string, unknown>
  const accepted = (canonical: Record<string, unknown>): Admission => ({
    accepted: true,
    type,
    payload: canonical,
  })
  switch (type) {
    case 'OPEN_TRADE':
    case 'PLACE_PENDING':
      return admitOrder(type, fields, market)
    case 'MODIFY_TRADE':
      return admitModify(fields, market)
    case 'CLOSE_TRADE':
    case 'CANCEL_PENDING':
    case 'MODIFY_PENDING':
      return accepted({ ...fields, ticket: toInt64(fields.ticket) })
    case 'CLOSE_PARTIAL':
    case 'CLOSE_BY':
      return admitVolumes(type, fields, market)
    default:
      return accepted(fields)
  }
}

function admitOrder(
  type: 'OPEN_TRADE' | 'PLACE_PENDING',
  fields: Record<string, unknown>,
  market: MarketKnowledge,
): Admission {
  const symbol = fields.symbol as string
  const volume = fields.volume as number
  if (market.specs.size > 0 && !market.specs.has(symbol))
    return refuse(
      'NGTB_COMMAND_PAYLOAD',
      `symbol ${symbol} is not among the ${market.specs.size} symbols that the EA offers`,
    )
  // A pending order's stops stand around its own price; where the market is now says nothing about them.
  const stops = type === 'OPEN_TRADE' ? stopsProblem(fields, market.quote(symbol)) : null
  const problem = volumeProblem(volume, market.specs.get(symbol)) ?? stops
  if (problem !== null) return refuse('NGTB_COMMAND_PAYLOAD', problem)
  // A stop of null says the same as one left out.
  const payload = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
  return { accepted: true, type, payload }
}

function volumeProblem(volume: number, spec: SymbolSpec | undefined): string | null {
  if (!spec) return null
  const { volume_min, volume_max, volume_step } = spec
  if (volume_min && volume < volume_min - 1e-9)
    return `volume ${volume} is below the symbol's minimum of ${volume_min} lots`
  if (volume_max && volume > volume_max + 1e-9)
    return `volume ${volume} is above the symbol's maximum of ${volume_max} lots`
  if (volume_step && !onStep(volume, volume_step))
    return `volume ${volume} is not a multiple of the symbol's step of ${volume_step} lots`
  return null
}

function stopsProblem(
  fields: Record<string, unknown>,
  quote: { bid: number; ask: number } | undefined,
): string | null {
  if (!quote) return null
  const direction = marketDirection(fields.order_type as string) as Direction
  const buy = direction === 'BUY'
  const reference = buy ? quote.bid : quote.ask
  const { sl, tp } = fields as { sl?: number | null; tp?: number | null }
  if (sl && (buy ? sl >= reference : sl <= reference))
    return `sl ${sl} is on the wrong side of the market (${reference}) for a ${direction}`
  if (tp && (buy ? tp <= reference : tp >= reference))
    return `tp ${tp} is on the wrong side of the market (${reference}) for a ${direction}`
  return null
}

function admitModify(fields: Record<string, unknown>, market: MarketKnowledge): Admission {
  const ticket = toInt64(fields.ticket) as string
  const trade = market.trade(ticket)
  if (trade?.status === 'closed')
    return refuse('NGTB_COMMAND_PAYLOAD', `ticket ${ticket} is closed: there is nothing to modify`)
  // MetaTrader sets both stops at once: a stop left out keeps what a MODIFY on its way wants, else what is confirmed.
  const sl = fields.sl === undefined ? (trade?.wanted_sl ?? trade?.sl) : (fields.sl ?? 0)
  const tp = fields.tp === undefined ? (trade?.wanted_tp ?? trade?.tp) : (fields.tp ?? 0)
  if (sl === undefined || tp === undefined)
    return refuse(
      'NGTB_COMMAND_PAYLOAD',
      `give both sl and tp (0 removes one): the server does not know ticket ${ticket} yet`,
    )
  return { accepted: true, type: 'MODIFY_TRADE', payload: { ticket, sl: sl ?? 0, tp: tp ?? 0 } }
}

/** CLOSE_PARTIAL and CLOSE_BY: what the caller left out is taken from what is known, then compared at the EA. */
function admitVolumes(
  type: 'CLOSE_PARTIAL' | 'CLOSE_BY',
  fields: Record<string, unknown>,
  market: MarketKnowledge,
): Admission {
  const ticket = toInt64(fields.ticket) as string
  const opposite_ticket = toInt64(fields.opposite_ticket)
  const trade = market.trade(ticket)
  const opposite = opposite_ticket === null ? undefined : market.trade(opposite_ticket)
  for (const [name, known] of [
    [ticket, trade],
    [opposite_ticket, opposite],
  ] as const)
    if (known?.status === 'closed')
      return refuse('NGTB_COMMAND_PAYLOAD', `ticket ${name} is closed: there is nothing left to close`)
  const volumes = comparedVolumes(fields, trade, opposite)
  if (typeof volumes === 'string') return refuse('NGTB_COMMAND_PAYLOAD', volumes)
  const spec = trade?.symbol ? market.specs.get(trade.symbol) : undefined
  if (spec?.volume_step && !onStep(volumes.remaining_volume, spec.volume_step))
    return refuse(
      'NGTB_COMMAND_PAYLOAD',
      `${volumes.remaining_volume} lots would remain, which is not a multiple of the symbol's step of ${spec.volume_step}`,
    )
  const { volume: _, ...rest } = fields
  const payload = { ...rest, ticket, ...(opposite_ticket === null ? {} : { opposite_ticket }), ...volumes }
  return { accepted: true, type, payload }
}

/** Room for one more command of this type on an account? A part is kept for what reduces risk. */
export function hasRoom(unsettled: number, type: CommandType): boolean {
  const reserve = COMMANDS[type].reduces_risk ? 0 : limits.commands_reserved_for_safety
  return unsettled < limits.commands_unsettled_per_account_max - reserve
}

const refuse = (code: (Admission & { accepted: false })['code'], detail: string): Admission => ({
  accepted: false,
  code,
  detail,
})
