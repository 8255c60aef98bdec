// The registry of command types. A new type is one file here and one line below.
import { closeAll } from './close-all.ts'
import { closeTrade } from './close-trade.ts'
import type { CommandDefinition } from './definition.ts'
import { modifyTrade } from './modify-trade.ts'
import { openTrade } from './open-trade.ts'

export const COMMANDS = {
  OPEN_TRADE: openTrade,
  MODIFY_TRADE: modifyTrade,
  CLOSE_TRADE: closeTrade,
  CLOSE_ALL: closeAll,
} as const satisfies Record<string, CommandDefinition>

export type CommandType = keyof typeof COMMANDS
export const COMMAND_TYPES = Object.keys(COMMANDS) as CommandType[]
export const isCommandType = (type: string): type is CommandType => Object.hasOwn(COMMANDS, type)

/** The first error of a schema check in words: `volume must be > 0`. */
export function describeFirst(
  errors: readonly { instancePath: string; message: string; params?: unknown }[],
): string {
  const error = errors.find((candidate) => candidate.message !== 'schema is false') ?? errors[0]
  if (!error) return 'does not fit the schema'
  const path = error.instancePath.slice(1).replaceAll('/', '.')
  const extra = (error.params as { additionalProperties?: string[] } | undefined)?.additionalProperties
  if (extra) return `unknown field ${extra.map((name) => name.slice(0, 60)).join(', ')}: remove it`
  return `${path === '' ? 'the body' : path} ${error.message}`
}

export * from './close-all.ts'
export * from './close-trade.ts'
export * from './definition.ts'
export * from './modify-trade.ts'
export * from './open-trade.ts'
