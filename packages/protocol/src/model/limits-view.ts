// What an account may open at most (business limits), as callers set and see it. Closing is never limited.
import Type, { type Static } from 'typebox'
import { limits } from '../limits.ts'
import { both, nullable, SymbolName, UtcTime } from './fields.ts'

const bound = {
  max_volume: Type.Number({
    exclusiveMinimum: 0,
    maximum: limits.volume_max,
    description: 'lots of one order',
  }),
  max_open_positions: Type.Integer({
    ...{ minimum: 0, maximum: limits.business_positions_max },
    description: 'open positions, pending orders, and opening commands that are not settled, together',
  }),
  max_openings_per_minute: Type.Integer({
    ...{ minimum: 0, maximum: limits.business_openings_max },
    description: 'opening commands created in any 60 seconds',
  }),
  symbols: Type.Array(SymbolName, {
    ...{ maxItems: limits.symbols_subscribed_max, uniqueItems: true },
    description: 'what may be opened; none: nothing',
  }),
}

/** What is left out, or null, is not limited. */
export const LimitsBody = Type.Object(
  {
    max_volume: Type.Optional(nullable(bound.max_volume)),
    max_open_positions: Type.Optional(nullable(bound.max_open_positions)),
    max_openings_per_minute: Type.Optional(nullable(bound.max_openings_per_minute)),
    symbols: Type.Optional(nullable(bound.symbols)),
    close_only: Type.Optional(Type.Boolean({ description: 'nothing may be opened' })),
  },
  { additionalProperties: false },
)
export type LimitsBody = Static<typeof LimitsBody>

export const LimitsView = Type.Object({
  ...both,
  max_volume: nullable(bound.max_volume),
  max_open_positions: nullable(bound.max_open_positions),
  max_openings_per_minute: nullable(bound.max_openings_per_minute),
  symbols: nullable(bound.symbols),
  close_only: Type.Boolean(),
  changed_at: nullable(UtcTime),
  changed_by: nullable(Type.String()),
  now: Type.Object(
    { open_positions: Type.Integer(), openings_last_minute: Type.Integer() },
    { description: 'what is counted against them' },
  ),
})
export type LimitsView = Static<typeof LimitsView>
