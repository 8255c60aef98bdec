// The fields by which a strategy knows its orders again, and how far the price may move.
import Type from 'typebox'
import { limits } from '../limits.ts'

/** The strategy's own number. A native EA's orders carry it inside the tag (contract §4). */
export const StrategyMagic = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

export const orderMarks = {
  comment: Type.Optional(
    Type.String({ maxLength: limits.comment_length_max, pattern: '^[^\\u0000-\\u001f\\u007f]*$' }),
  ),
  magic: Type.Optional(StrategyMagic),
  deviation: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'points' })),
}
