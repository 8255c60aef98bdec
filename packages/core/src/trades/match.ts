// Which new position settles an OPEN of a plain client whose answer was lost (contract §4).
// A plain client carries no tag: shape and time must agree, and one position settles one command only.
import { marketDirection, samePrice, sameVolume } from '@ngtb/protocol'
import { type Command, isNative } from '../commands/command.ts'
import type { Position } from './trade.ts'

/** What is known of a position that was never seen before. */
export type NewPosition = Pick<
  Position,
  'symbol' | 'direction' | 'volume' | 'sl' | 'tp' | 'comment' | 'magic'
> & {
  /** UTC in ms; left out where the EA did not say or the broker's offset is not known. */
  readonly opened_at?: number | null
  /** A MODIFY that was handed out names this very ticket: its levels may be those, and say nothing of the OPEN's. */
  readonly stops_moved?: boolean
  /** As precisely as the EA tells levels and volumes; left out: to 8 digits. */
  readonly told?: { readonly digits: number; readonly volume_step: number }
}

const EXACTLY = { digits: 8, volume_step: 1e-8 } as const
/** Clocks of broker and server may differ by this much. */
const CLOCK_SLACK_MS = 60_000

/** The command that `position`, never seen before, is the effect of; null when none or more than one fits equally. */
export function matchOpen(commands: Iterable<Command>, position: NewPosition): Command | null {
  const fitting = [...commands].filter((command) => fits(command, position))
  const unknown = fitting.filter((command) => command.status === 'timeout')
  const executing = fitting.filter((command) => command.status === 'executing')
  // One that is still being answered has the better claim to its own position: leave it to its answer.
  if (executing.length > 0 || unknown.length === 0) return null
  const named = unknown.filter((command) => namesIt(command, position))
  if (named.length === 1) return named[0] ?? null
  return unknown.length === 1 ? (unknown[0] ?? null) : null
}

function fits(command: Command, position: NewPosition): boolean {
  if (command.type !== 'OPEN_TRADE' || command.attempt === 0 || command.ticket !== null) return false
  // A native EA's order carries a tag: likeness proves nothing where a name could.
  if (isNative(command)) return false
  // After full lists without it, a new position is more likely someone else's: a person settles it.
  if (command.note === 'likely_not_executed') return false
  const { opened_at = null, told = EXACTLY, stops_moved = false } = position
  if (opened_at !== null && command.sent_at !== null && opened_at < command.sent_at - CLOCK_SLACK_MS)
    return false
  const wanted = command.payload as {
    symbol: string
    order_type: string
    volume: number
    sl?: number
    tp?: number
  }
  const { magic, comment } = command.payload
  return (
    wanted.symbol === position.symbol &&
    marketDirection(wanted.order_type) === position.direction &&
    sameVolume(wanted.volume, position.volume, told.volume_step) &&
    (stops_moved ||
      wanted.sl === undefined ||
      (position.sl ?? null) === null ||
      samePrice(wanted.sl, position.sl, told.digits)) &&
    (stops_moved ||
      wanted.tp === undefined ||
      (position.tp ?? null) === null ||
      samePrice(wanted.tp, position.tp, told.digits)) &&
    (magic === undefined || position.magic === null || String(magic) === position.magic) &&
    (comment === undefined ||
      position.comment === null ||
      position.comment === '' ||
      comment === position.comment)
  )
}

const namesIt = (command: Command, position: { comment: string | null; magic: string | null }) =>
  (command.payload.comment !== undefined && command.payload.comment === position.comment) ||
  (command.payload.magic !== undefined && String(command.payload.magic) === position.magic)
