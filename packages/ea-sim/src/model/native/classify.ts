// What a retcode says of the order that was sent (contract §5.6). OrderSend's own boolean decides nothing.

import { type CommandType, retcodeClass } from '@ngtb/protocol'
import { Retcode } from '../checks.ts'
import type { OrderResult } from './broker-port.ts'

/** `partly`: filled in part, and the wanted state is not reached yet. */
export type Word = 'done' | 'partly' | 'refused' | 'transient' | 'ambiguous'

const NO_CHANGES_IS_DONE: ReadonlySet<string> = new Set(['MODIFY_TRADE', 'MODIFY_PENDING'])

export function wordOf(type: CommandType, result: OrderResult | null): Word {
  if (result === null) return 'ambiguous'
  const { retcode } = result
  if (retcode === Retcode.DONE) return 'done'
  // A pending order that is placed is there; a market order that is placed waits for its deal.
  if (retcode === Retcode.PLACED) return type === 'PLACE_PENDING' ? 'done' : 'ambiguous'
  // "Make sure it is closed" is not done while a part is open.
  if (retcode === Retcode.DONE_PARTIAL) return type === 'CLOSE_TRADE' ? 'partly' : 'done'
  if (retcode === Retcode.NO_CHANGES) return NO_CHANGES_IS_DONE.has(type) ? 'done' : 'ambiguous'
  if (retcode === Retcode.POSITION_CLOSED && type === 'CLOSE_TRADE') return 'done'
  const kind = retcodeClass(retcode)
  return kind === 'done' ? 'ambiguous' : kind
}
