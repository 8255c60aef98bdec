// What EAs of the older dialect call beside the published endpoints (docs/spec/legacy-ea.md). Their bodies are spliced
// text: the doors read them field by field, so the schemas here ask for nothing but an object.
import Type, { type Static } from 'typebox'
import { limits } from '../limits.ts'
import { ApiKey } from '../model/fields.ts'
import { endpoints } from './endpoint.ts'

export const LegacyBody = Type.Object(
  { account: Type.Optional(Type.Unknown()), api_key: Type.Optional(ApiKey) },
  { additionalProperties: true },
)
export type LegacyBody = Static<typeof LegacyBody> & Readonly<Record<string, unknown>>

const legacy = { method: 'POST', access: 'ea', body: LegacyBody, rate: 'poll', dialect: 'legacy' } as const

export const legacyCommandEndpoints = endpoints({
  legacy_symbols: {
    ...legacy,
    path: '/api/symbols',
    summary: 'Older dialect: a run of the EA begins; which symbols to stream',
  },
  legacy_symbol_specs: {
    ...legacy,
    path: '/api/symbol_specs',
    summary: 'Older dialect: specifications of symbols',
  },
  legacy_ohlc_coverage: {
    ...legacy,
    path: '/api/ohlc/coverage',
    summary: 'Older dialect: how many of the wanted bars are there already',
  },
  legacy_ohlc_historical: {
    ...legacy,
    path: '/api/ohlc/historical',
    summary: 'Older dialect: bars of the terminal’s history, in chunks of any order',
    body_bytes_max: limits.body_bytes_max,
  },
  legacy_profit_update: {
    ...legacy,
    path: '/api/profit_update',
    summary: 'Older dialect: balance and equity after a trade',
  },
  legacy_transaction: {
    ...legacy,
    path: '/api/transaction',
    summary: 'Older dialect: what moved the balance alone; each deal is kept once',
  },
})

export const legacyTickEndpoints = endpoints({
  legacy_ticks: {
    ...legacy,
    path: '/api/ticks',
    summary: 'Older dialect: ticks, and the tickets of all open positions',
    // A backlog always comes in one body, and one that is refused comes again, longer.
    body_bytes_max: 2 * limits.body_bytes_ticks_max,
    rate: 'ticks',
  },
})

export const legacyTradeEndpoints = endpoints({
  legacy_trade_update: {
    ...legacy,
    path: '/api/trades/update',
    summary: 'Older dialect: a position as it is, or its end',
  },
})
