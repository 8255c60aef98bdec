// The emergency stop's generation (P12): a CLOSE_ALL shuts out every OPEN of its scope with a lower number, for ever.
import { COMMANDS, type Generation } from '@ngtb/protocol'
import type { Command } from './command.ts'

/** What a scope is compared with: an order's symbol and its strategy's number. */
export interface Scoped {
  readonly symbol: string | null
  readonly strategy_no: number | null
}

export const scopeOf = (command: Command): Scoped => ({
  symbol: typeof command.payload.symbol === 'string' ? command.payload.symbol : null,
  strategy_no: command.strategy_no,
})

/** Does a scope (null: every one) hold this? What has no strategy is strategy 0. */
export const covers = (scope: Scoped, what: Scoped): boolean =>
  (scope.symbol === null || scope.symbol === what.symbol) &&
  (scope.strategy_no === null || scope.strategy_no === (what.strategy_no ?? 0))

/** Adds risk, so an emergency stop shuts it out: OPEN_TRADE and PLACE_PENDING. */
export const isShutOut = (command: Command): boolean => COMMANDS[command.type].resend === 'never'

/** The newest CLOSE_ALL that covers this order; 0: none. */
export function generationFor(command: Command, generations: Iterable<Generation>): number {
  let newest = 0
  for (const generation of generations)
    if (covers(generation, scopeOf(command))) newest = Math.max(newest, generation.command_no)
  return newest
}

/** The scope as one word, its name in the ledger. */
export const scopeName = ({ symbol, strategy_no }: Scoped): string => `${strategy_no ?? '*'} ${symbol ?? '*'}`
