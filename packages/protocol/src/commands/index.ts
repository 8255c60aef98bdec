// The registry of command types. A new type is one file here and one line below.
import { cancelPending } from './cancel-pending.ts'
import { closeAll } from './close-all.ts'
import { closeBy } from './close-by.ts'
import { closePartial } from './close-partial.ts'
import { closeTrade } from './close-trade.ts'
import type { CommandDefinition } from './definition.ts'
import { modifyPending } from './modify-pending.ts'
import { modifyTrade } from './modify-trade.ts'
import { openTrade } from './open-trade.ts'
import { placePending } from './place-pending.ts'
import { probe, requestHistory, requestSync, subscribeSymbols } from './requests.ts'

export const COMMANDS = {
  OPEN_TRADE: openTrade,
  MODIFY_TRADE: modifyTrade,
  CLOSE_TRADE: closeTrade,
  CLOSE_ALL: closeAll,
  PLACE_PENDING: placePending,
  MODIFY_PENDING: modifyPending,
  CANCEL_PENDING: cancelPending,
  CLOSE_PARTIAL: closePartial,
  CLOSE_BY: closeBy,
  SUBSCRIBE_SYMBOLS: subscribeSymbols,
  REQUEST_HISTORY: requestHistory,
  REQUEST_SYNC: requestSync,
  PROBE: probe,
} as const satisfies Record<string, CommandDefinition>

export type CommandType = keyof typeof COMMANDS
export const COMMAND_TYPES = Object.keys(COMMANDS) as CommandType[]
/** What a plain client is handed (contract §4). */
export const PLAIN_TYPES = COMMAND_TYPES.filter((type) => COMMANDS[type].plain)
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

export * from './cancel-pending.ts'
export * from './close-all.ts'
export * from './close-by.ts'
export * from './close-partial.ts'
export * from './close-trade.ts'
export * from './definition.ts'
export * from './modify-pending.ts'
export * from './modify-trade.ts'
export * from './open-trade.ts'
export * from './place-pending.ts'
export * from './requests.ts'
export * from './ticket.ts'
