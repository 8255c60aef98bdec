// What a terminal says of its account, in MetaTrader's own names (ENUM_ACCOUNT_*).
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { Money, oneOf, Text } from './fields.ts'

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

/** Each is ACCOUNT_… of MQL5, in lower case; what was not said is left out. */
export const AccountInfo = Type.Object(
  Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, Type.Optional(schema)])) as {
    [Name in keyof typeof fields]: Type.TOptional<(typeof fields)[Name]>
  },
)
export type AccountInfo = Static<typeof AccountInfo>

/** MQL5's own integers of these. */
const ENUMS: Readonly<Record<string, readonly string[]>> = {
  trade_mode: ACCOUNT_TRADE_MODES,
  margin_mode: ACCOUNT_MARGIN_MODES,
  stopout_mode: ACCOUNT_STOPOUT_MODES,
}

let checks: Map<string, { Check(value: unknown): boolean }> | undefined
/** Made at the first use: a page that only names the type must not bring the compiler with it. */
const fits = (name: string, value: unknown): boolean => {
  checks ??= new Map(Object.entries(fields).map(([field, schema]) => [field, Compile(schema)]))
  return checks.get(name)?.Check(value) ?? false
}

/**
 * What an EA says of its account, field by field: one that does not fit must not keep the EA out.
 * @returns null: nothing of it; and the names of what was dropped
 */
export function readAccountInfo(told: unknown): { info: AccountInfo | null; dropped: string[] } {
  const info: Record<string, unknown> = {}
  const dropped: string[] = []
  const said = typeof told === 'object' && told !== null && !Array.isArray(told) ? Object.entries(told) : []
  for (const [name, value] of said) {
    const word = typeof value === 'number' ? (ENUMS[name]?.[value] ?? value) : value
    if (value === null || value === undefined) continue
    if (fits(name, word)) info[name] = word
    else dropped.push(name.slice(0, 40))
  }
  return {
    info: Object.keys(info).length === 0 ? null : (info as AccountInfo),
    dropped: dropped.slice(0, 20),
  }
}
