// CLOSE_ALL: the emergency stop of a scope (account, symbol?, magic?). It has no time limit: done or cancelled (P12).
import Type, { type Static } from 'typebox'
import { SymbolName, Text } from '../model/fields.ts'
import type { CommandDefinition } from './definition.ts'
import { StrategyMagic } from './order-marks.ts'

export const CloseAllPayload = Type.Object(
  {
    symbol: Type.Optional(SymbolName),
    magic: Type.Optional(StrategyMagic),
    reason: Type.Optional(Text),
  },
  { additionalProperties: false },
)
export type CloseAllPayload = Static<typeof CloseAllPayload>

export const closeAll: CommandDefinition = {
  type: 'CLOSE_ALL',
  priority: 'CRITICAL',
  idempotent: true,
  resend: 'repeat',
  reduces_risk: true,
  ttl_ms: null,
  plain: true,
  payload: CloseAllPayload,
  problem: () => null,
}
