// The system as an operator sees it: settings, symbols that are streamed.
import Type, { type Static } from 'typebox'
import { limits } from '../limits.ts'
import { both, nullable, SymbolName } from './fields.ts'

const symbols = Type.Array(SymbolName, { maxItems: limits.symbols_subscribed_max, uniqueItems: true })

export const SubscriptionBody = Type.Object(
  { symbols: nullable(symbols) },
  { additionalProperties: false, description: 'null: nobody chooses, the EA streams the first it offers' },
)
export type SubscriptionBody = Static<typeof SubscriptionBody>

export const SubscriptionView = Type.Object({
  ...both,
  symbols: Type.Array(Type.String(), { description: 'whose ticks are asked for' }),
  chosen: Type.Boolean({ description: 'false: nobody chose, these are the first that the EA offers' }),
  delivery: Type.String({
    description: 'commanded: a SUBSCRIBE_SYMBOLS is on its way; next_connect: the EA is told when it comes',
  }),
  command_id: nullable(Type.String()),
})
export type SubscriptionView = Static<typeof SubscriptionView>

const Value = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])
export const SettingView = Type.Object({
  name: Type.String(),
  value: Value,
  default: Value,
  changed: Type.Boolean({ description: 'it is not the default' }),
  redacted: Type.Boolean({ description: 'a part of the value is secret and left out' }),
  about: Type.String(),
})
export type SettingView = Static<typeof SettingView>
