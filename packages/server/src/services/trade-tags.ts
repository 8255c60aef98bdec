// Positions of a native EA carry a tag as their magic (contract §4): it names the command, and hides the
// strategy's own.
import { type Command, isShutOut, magicOf, type Position, type Trade } from '@ngtb/core'
import { readTag } from '@ngtb/protocol'
import type { CommandMoves } from './command-moves.ts'
import type { Step } from './step.ts'

export interface ReadTags {
  /** By ticket, each with the strategy's magic in place of the tag. */
  readonly positions: Map<string, Position>
  /** By ticket: the command whose effect a position is, by its tag. Certain, unlike a likeness of shape. */
  readonly causes: Map<string, Command>
}

/** @param known trades by ticket: a position that is linked already is not looked up again */
export async function readTags(
  step: Step,
  moves: CommandMoves,
  positions: Iterable<Position>,
  known: (ticket: string) => Trade | undefined,
): Promise<ReadTags> {
  const read: ReadTags = { positions: new Map(), causes: new Map() }
  for (const position of positions) {
    const linked = known(position.ticket)
    if (linked?.command_id) {
      read.positions.set(position.ticket, { ...position, magic: linked.magic })
      continue
    }
    const command = await causeOf(step, moves, position)
    if (command) read.causes.set(position.ticket, command)
    read.positions.set(
      position.ticket,
      command ? { ...position, magic: strategyMagic(step, command) } : position,
    )
  }
  return read
}

async function causeOf(
  step: Step,
  moves: CommandMoves,
  { magic, symbol }: Position,
): Promise<Command | null> {
  const command = await taggedBy(step, moves, magic, symbol)
  return command && isShutOut(command) ? command : null
}

/**
 * The command whose order carried this magic. A stranger's magic may look like a tag: it is one only if that very
 * command has the number of its strategy, and is about no other symbol.
 */
export async function taggedBy(
  step: Step,
  moves: CommandMoves,
  magic: string | null,
  symbol: string | null,
): Promise<Command | null> {
  const tag = step.state.connection.protocol === 2 && magic !== null ? readTag(magic) : null
  if (tag === null) return null
  const command = await moves.findByNo(step, tag.command_no)
  if (!command || (command.strategy_no ?? 0) !== tag.strategy_no) return null
  const about = command.payload.symbol
  return about === undefined || symbol === null || about === symbol ? command : null
}

export function strategyMagic(step: Step, command: Command): string | null {
  const magic = magicOf(command.strategy_no ?? 0, step.state.strategies)
  return magic === 0 ? null : String(magic)
}
