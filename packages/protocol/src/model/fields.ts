// The fields that many messages share, each with its bounds.
import Type from 'typebox'
import { limits } from '../limits.ts'

/** MT5 ticket or login: a number up to 2^53−1 or its digits as text; its range is judged later (R1: 422). */
export const Int64 = Type.Union([Type.Number(), Type.String({ maxLength: 40 })], {
  description: 'A whole number 1 … 2^63−1: as a number up to 2^53−1, as text of digits always; else 422.',
})
/** The strategy's number on an order: 0 is "none", and a broker may give any. */
export const Magic = Type.Union([Type.Integer(), Type.String({ pattern: '^-?[0-9]{1,20}$' })])

/** A symbol as the broker spells it (`EURUSD`, `EURUSD.a#`, `US500.cash`). */
export const SymbolName = Type.String({
  minLength: 1,
  maxLength: limits.symbol_length_max,
  pattern: '^[^\\u0000-\\u001f\\u007f]+$',
})
/** Price in the symbol's quote currency. */
export const Price = Type.Number({ exclusiveMinimum: 0, maximum: limits.price_max })
/** Stop loss or take profit: a price; 0 or null means none. */
export const Stop = Type.Union([Type.Number({ minimum: 0, maximum: limits.price_max }), Type.Null()])
/** Lots. */
export const Volume = Type.Number({ exclusiveMinimum: 0, maximum: limits.volume_max })
/** Money in the account's currency; may be negative. */
export const Money = Type.Number({ minimum: -1e15, maximum: 1e15 })
/** Broker time: Unix seconds, or milliseconds when ≥ 1e11, or ISO 8601 text. */
export const BrokerTime = Type.Union([
  Type.Number({ minimum: 0, maximum: 1e14 }),
  Type.String({ maxLength: 40 }),
  Type.Null(),
])
export const Text = Type.String({ maxLength: limits.text_length_max })
export const ApiKey = Type.String({ maxLength: 200 })
/** ISO 8601, UTC. */
export const UtcTime = Type.String({ format: 'date-time' })
export const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** One of these words; typed as such, which a mapped union would lose. */
export const oneOf = <const T extends string>(words: readonly T[]) =>
  Type.Unsafe<T>(Type.Union(words.map((word) => Type.Literal(word))))

/** An account's two names, beside whatever is told of it. */
export const both = {
  account_id: Type.Integer({ description: 'small integer given at enrolment, from 1' }),
  account_number: Type.String({ description: 'the MT5 login' }),
}
