// A strategy's number inside the tag (contract §4): its own magic where that fits 20 bits, else one given to it.
import { STRATEGY_NO_MAX } from '@ngtb/protocol'

/** strategy_no by magic: only those that were given, or taken by their owner while others were given. */
export type Strategies = ReadonlyMap<number, number>

/**
 * The number of a strategy's magic on this account; null when all numbers are taken.
 * Given numbers come from the top, where few strategies have their own.
 */
export function strategyNumber(magic: number, known: Strategies): number | null {
  const given = known.get(magic)
  if (given !== undefined) return given
  const taken = new Set(known.values())
  if (magic <= STRATEGY_NO_MAX && !taken.has(magic)) return magic
  for (let no = STRATEGY_NO_MAX; no > 0; no--) if (!taken.has(no)) return no
  return null
}

/** Must the number be written down? A small magic that is its own number needs no row, nor has it a rival. */
export const isGiven = (magic: number, strategy_no: number): boolean => magic !== strategy_no

/** The magic behind a strategy's number. */
export function magicOf(strategy_no: number, known: Strategies): number {
  for (const [magic, no] of known) if (no === strategy_no) return magic
  return strategy_no
}
