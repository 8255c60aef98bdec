// CLOSE_ALL: the emergency stop of a scope (account, symbol?, magic?). It has no time limit: done or cancelled (P12).
import Type, { type Static } from 'typebox'
import { SymbolName, Text } from '../model/fields.ts'
import type { CommandDefinition } from './definition.ts'

export const CloseAllPayload = Type.Object(
  {
    symbol: Type.Optional(SymbolName),
    magic: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    reason: Type.Optional(Text),
  },
  { additionalProperties: false },
)
export type CloseAllPayload = Static<typeof CloseAllPayload>

export const closeAll: CommandDefinition = {
  type: 'CLOSE_ALL',
  priority: 'CRITICAL',
  idempotent: true,
  reduces_risk: true,
  ttl_ms: null,
  payload: CloseAllPayload,
  problem: () => null,
}
