// All planted bugs: one for each rule that carries weight.
import { EA_MUTANTS } from './list-ea.ts'
import { LIMIT_MUTANTS } from './list-limits.ts'
import { SERVER_MUTANTS } from './list-server.ts'
import { TICK_MUTANTS } from './list-ticks.ts'
import { TRADE_MUTANTS } from './list-trades.ts'
import type { Mutant } from './mutant.ts'

export const MUTANTS: readonly Mutant[] = [
  ...SERVER_MUTANTS,
  ...TICK_MUTANTS,
  ...TRADE_MUTANTS,
  ...EA_MUTANTS,
  ...LIMIT_MUTANTS,
]
