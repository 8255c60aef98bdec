// Absolute values on one position or order: the newest command wins, older ones are superseded (contract §4).
import type { Command } from './command.ts'

const ABSOLUTE: ReadonlySet<string> = new Set(['MODIFY_TRADE', 'MODIFY_PENDING'])

/** The unsettled older commands in whose place `newer` stands, oldest first. */
export function supersededBy(newer: Command, commands: Iterable<Command>): Command[] {
  if (!ABSOLUTE.has(newer.type)) return []
  return [...commands]
    .filter(
      (older) =>
        older.type === newer.type &&
        older.command_no < newer.command_no &&
        older.payload.ticket === newer.payload.ticket,
    )
    .sort((a, b) => a.command_no - b.command_no)
}
