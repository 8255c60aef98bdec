// What an account may open at most (security: Business limits): refused with a sentence, or not limited at all.
//
//   B1. Only what adds risk is limited: closing, modifying and asking never are.
//   B2. What may still become a position counts as one: pending orders, and opening commands whose outcome is unknown.
//   B3. The sentence names the limit, its value, what was wanted, and who may change it.
import { COMMANDS, type CommandType } from '@ngtb/protocol'

export interface AccountLimits {
  /** Lots of one order; null, here and below: not limited. */
  readonly max_volume: number | null
  readonly max_open_positions: number | null
  /** Opening commands created in any 60 seconds. */
  readonly max_openings_per_minute: number | null
  /** What may be opened. */
  readonly symbols: readonly string[] | null
  /** Nothing may be opened. */
  readonly close_only: boolean
}

export const OPENINGS_WINDOW_MS = 60_000

export const NO_LIMITS: AccountLimits = {
  max_volume: null,
  max_open_positions: null,
  max_openings_per_minute: null,
  symbols: null,
  close_only: false,
}

/** What stands against the limits before the command in question. */
export interface Standing {
  /** B2. */
  readonly open_positions: number
  /** Of the last 60 seconds. */
  readonly openings: number
}

/** Adds it risk? Only such commands have a volume and a symbol of their own. */
export const isOpening = (type: CommandType): boolean => !COMMANDS[type].reduces_risk

/** Null: not limited. */
export function limitProblem(
  limits: AccountLimits,
  command: { readonly type: CommandType; readonly payload: Readonly<Record<string, unknown>> },
  standing: Standing,
): string | null {
  if (!isOpening(command.type)) return null
  const { max_volume, max_open_positions, max_openings_per_minute, symbols, close_only } = limits
  const { symbol, volume } = command.payload as { symbol?: string; volume?: number }
  if (close_only) return `close_only is set on this account: nothing may be opened${WHO}`
  if (symbols !== null && (symbol === undefined || !symbols.includes(symbol)))
    return `${symbol} is not among the symbols that may be opened on this account (symbols: ${named(symbols)})${WHO}`
  // The step of a volume is a fraction that binary numbers only approach.
  if (max_volume !== null && (volume === undefined || volume > max_volume * (1 + 1e-9)))
    return `volume ${volume} is above this account's max_volume of ${max_volume} lots${WHO}`
  if (max_open_positions !== null && standing.open_positions >= max_open_positions)
    return `${standing.open_positions} positions, pending orders and unsettled openings stand against this account's max_open_positions of ${max_open_positions}${WHO}`
  if (max_openings_per_minute !== null && standing.openings >= max_openings_per_minute)
    return `${standing.openings} openings in the last 60 s stand against this account's max_openings_per_minute of ${max_openings_per_minute}${WHO}`
  return null
}

const WHO = '; an admin may change it (PUT …/limits)'
const NAMED_MAX = 10

const named = (symbols: readonly string[]): string =>
  symbols.length === 0
    ? 'none'
    : symbols.slice(0, NAMED_MAX).join(', ') +
      (symbols.length > NAMED_MAX ? ` and ${symbols.length - NAMED_MAX} more` : '')
