// What a terminal says of its account, in MetaTrader's own names (ENUM_ACCOUNT_*).
import Type, { type Static } from 'typebox'
import { Money, nullable, oneOf, Text } from './fields.ts'

export const ACCOUNT_TRADE_MODES = [
  'ACCOUNT_TRADE_MODE_DEMO',
  'ACCOUNT_TRADE_MODE_CONTEST',
  'ACCOUNT_TRADE_MODE_REAL',
] as const
export const ACCOUNT_MARGIN_MODES = [
  'ACCOUNT_MARGIN_MODE_RETAIL_NETTING',
  'ACCOUNT_MARGIN_MODE_EXCHANGE',
  'ACCOUNT_MARGIN_MODE_RETAIL_HEDGING',
] as const
export const ACCOUNT_STOPOUT_MODES = ['ACCOUNT_STOPOUT_MODE_PERCENT', 'ACCOUNT_STOPOUT_MODE_MONEY'] as const

const fields = {
  trade_mode: oneOf(ACCOUNT_TRADE_MODES),
  margin_mode: oneOf(ACCOUNT_MARGIN_MODES),
  currency: Type.String({ minLength: 1, maxLength: 16 }),
  currency_digits: Type.Integer({ minimum: 0, maximum: 10 }),
  leverage: Type.Integer({ minimum: 0, maximum: 1e9, description: '100 is 1:100' }),
  limit_orders: Type.Integer({
    minimum: 0,
    maximum: 1e9,
    description: 'pending orders at a time; 0: any number',
  }),
  stopout_mode: oneOf(ACCOUNT_STOPOUT_MODES),
  margin_so_call: Money,
  margin_so_so: Money,
  fifo_close: Type.Boolean({ description: 'positions are closed oldest first' }),
  trade_allowed: Type.Boolean({ description: 'the trade server lets this account trade' }),
  trade_expert: Type.Boolean({ description: 'and its EAs' }),
  company: Text,
  server: Text,
  name: Text,
}

/** Each is ACCOUNT_… of MQL5, in lower case; what is not said is null in the views. */
export const AccountInfo = Type.Object(
  Object.fromEntries(
    Object.entries(fields).map(([name, schema]) => [name, Type.Optional(nullable(schema))]),
  ) as {
    [Name in keyof typeof fields]: Type.TOptional<Type.TUnion<[(typeof fields)[Name], Type.TNull]>>
  },
)
export type AccountInfo = Static<typeof AccountInfo>
