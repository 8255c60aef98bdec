// Port 9901: ticks, and bars of a terminal's history.
import Type, { type Static } from 'typebox'
import { limits } from '../limits.ts'
import { oneOf, Price, SymbolName } from '../model/fields.ts'
import { TIMEFRAMES, type Timeframe } from '../vocabulary.ts'
import { ea } from './command.ts'
import { endpoints } from './endpoint.ts'

/** Goes with `first_seq`. */
export const TickRun = Type.String({
  ...{ minLength: 1, maxLength: 64 },
  description: 'the sender’s own name for itself, from its start to its end',
})

export const Tick = Type.Object({
  symbol: SymbolName,
  bid: Price,
  ask: Price,
  timestamp: Type.Number({
    minimum: 0,
    description: 'Unix seconds (may be fractional); ≥ 1e11 means milliseconds',
  }),
  volume: Type.Optional(Type.Number({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
})
export type Tick = Static<typeof Tick>

export const TicksBody = Type.Object({
  ...ea,
  batch_id: Type.Optional(
    Type.Union([Type.String({ minLength: 1, maxLength: 128 }), Type.Integer({ minimum: 0 })]),
  ),
  run: Type.Optional(TickRun),
  first_seq: Type.Optional(
    Type.Integer({
      ...{ minimum: 1, maximum: limits.tick_seq_max },
      description:
        'number of the first tick in the run, which begins at 1: a gap is counted as lost. Without a batch_id run and first_seq name the batch',
    }),
  ),
  ticks: Type.Array(Tick, { maxItems: limits.ticks_per_request_max }),
})
export type TicksBody = Static<typeof TicksBody>

/** MT5's MqlRates, with its names. Only the shape: values are judged bar by bar, and one spoils no other (R10). */
export const BarRow = Type.Object({
  time: Type.Union([Type.Number(), Type.String({ maxLength: 40 })], {
    description: 'start, broker time: seconds, or milliseconds when ≥ 1e11, or ISO 8601',
  }),
  open: Type.Number(),
  high: Type.Number(),
  low: Type.Number(),
  close: Type.Number(),
  tick_volume: Type.Number(),
  spread: Type.Optional(Type.Number({ description: 'points' })),
  real_volume: Type.Optional(
    Type.Union([Type.Number(), Type.String({ maxLength: 40, description: 'digits' })]),
  ),
})
export type BarRow = Static<typeof BarRow>

export const BarsBody = Type.Object({
  ...ea,
  symbol: SymbolName,
  timeframe: oneOf(Object.keys(TIMEFRAMES) as Timeframe[]),
  forming: Type.Optional(Type.Boolean({ description: 'the newest of them is not finished yet' })),
  bars: Type.Array(BarRow, { maxItems: limits.bars_per_request_max }),
})
export type BarsBody = Static<typeof BarsBody>

export const tickEndpoints = endpoints({
  ticks_batch: {
    method: 'POST',
    path: '/api/ticks/batch',
    summary: 'Ticks, stored before the answer; with a batch_id a resend is stored once (P11)',
    access: 'ea',
    body: TicksBody,
    body_bytes_max: limits.body_bytes_ticks_max,
    rate: 'ticks',
  },
  bars: {
    method: 'POST',
    path: '/api/bars',
    summary:
      'Bars of a terminal’s history in any order, each stored once by its beginning; an unfinished one is marked',
    access: 'ea',
    body: BarsBody,
    body_bytes_max: limits.body_bytes_max,
    rate: 'ticks',
  },
})
