// After a request that may have been carried out: which refusal says that it was not, and what to throw otherwise.
//
//   D1. Without a doubt a refusal is a refusal.
//   D2. After one, what hangs on the moment (a key, a closed risk, an EA that is away, a price) says nothing: it may
//       be otherwise when the attempt that got lost arrives.

import { type NgtbError, OutcomeUnknown, type RefusalCode } from './errors.ts'
import type { Answered } from './retry.ts'

/** Refusals that every repetition of the same body meets, whenever it arrives. */
const OF_THE_BODY: ReadonlySet<RefusalCode> = new Set([
  'NGTB_COMMAND_REUSED',
  'NGTB_COMMAND_KEY_CONFLICT',
  'NGTB_COMMAND_TYPE',
  'NGTB_COMMAND_PRIORITY',
  'NGTB_TICKET_INVALID',
])

export const refusesForGood = (error: NgtbError): boolean =>
  error.status === 400 || error.status === 413 || OF_THE_BODY.has(error.code)

/** For what only moves forward (cancel, settle): the state that refused the second refuses the first, too. */
export const refusesAsItStands = (error: NgtbError): boolean => ![401, 403, 404, 405].includes(error.status)

/** The error for commands about which nothing was answered in time, or a refusal. */
export function unanswered(
  command_ids: readonly string[],
  answer: Exclude<Answered<unknown>, { kind: 'answered' }>,
  isFinal: (error: NgtbError) => boolean = refusesForGood,
): Error {
  const { error } = answer
  if (error && !answer.doubtful) return error
  if (error && answer.kind === 'refused' && isFinal(error)) return error
  const why = error ? `: ${error.message}` : ''
  const what =
    command_ids.length === 1
      ? `command ${command_ids[0]} in time, it may exist${why}; ask again with the same command_id`
      : `a batch of ${command_ids.length} commands in time, all or none exist${why}; ask again with the same ids`
  return new OutcomeUnknown(command_ids, `no answer about ${what}`, { cause: error })
}
