// Reading a received command's fields. Nothing of them is trusted: what is unfit is a sentence, not a crash.

import { tagOf, toInt64 } from '@ngtb/protocol'
import type { NativeCommand } from './records.ts'

/** A level: absent stays absent (keep), null and 0 mean none. */
export type Level = number | null | undefined

export const isLevel = (value: unknown): value is Level =>
  value === undefined || value === null || (typeof value === 'number' && Number.isFinite(value) && value >= 0)

export const isPrice = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0

export const isVolume = isPrice

/** Lots that shall remain. */
export const isRest = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0

export const ticketOf = (command: NativeCommand, field = 'ticket'): string | null => toInt64(command[field])

export function strategyNo(command: NativeCommand): number {
  const { strategy_no } = command
  return typeof strategy_no === 'number' && Number.isInteger(strategy_no) && strategy_no >= 0
    ? strategy_no
    : 0
}

/** The magic of this command's orders: as it was handed out for an opening, made alike for everything else. */
export function magicOf(command: NativeCommand): string {
  const given = toInt64(command.magic)
  const opens = command.type === 'OPEN_TRADE' || command.type === 'PLACE_PENDING'
  return opens && given !== null
    ? given
    : tagOf({ strategy_no: strategyNo(command), command_no: command.command_no })
}

export const commentOf = ({ comment }: NativeCommand): { comment?: string } =>
  typeof comment === 'string' ? { comment } : {}

/** Both levels as an order's fields; absent ones stay out. */
export const levelsOf = ({ sl, tp }: NativeCommand): { sl?: number | null; tp?: number | null } => ({
  ...(sl !== undefined && isLevel(sl) && { sl }),
  ...(tp !== undefined && isLevel(tp) && { tp }),
})

/** The first sentence that has something to say. */
export const firstOf = (...problems: (string | false | null)[]): string | null =>
  problems.find((problem): problem is string => typeof problem === 'string') ?? null

export const ticketProblem = (command: NativeCommand, field = 'ticket'): string | null =>
  ticketOf(command, field) === null ? `${field} must be a number from 1 to 2^63−1` : null

export const levelsProblem = ({ sl, tp }: NativeCommand): string | null =>
  isLevel(sl) && isLevel(tp) ? null : 'sl and tp must be prices; 0 or null means none'
