// What sends no order: subscribe, sync, history. Read only or absolute, so the answer is not kept in the journal:
// asked again, it is done again. Only the number is recorded, for it was answered.

import type { Evidence } from '@ngtb/protocol'
import type { Effect } from './api.ts'
import { type Flow, flush, type Job, look } from './flow.ts'
import type { Office } from './office.ts'
import { refusal } from './office.ts'

export function* subscribe(job: Job, office: Office): Flow {
  const { symbols } = job.command
  if (!Array.isArray(symbols) || !symbols.every((symbol) => typeof symbol === 'string'))
    return yield* answer(job, office, 'failed', 'rejected', refusal('symbols must be a list of names', false))
  yield* act(job, office, { kind: 'subscribe', symbols }, { symbols })
}

export function* sync(job: Job, office: Office): Flow {
  yield* act(job, office, { kind: 'sync' }, {})
}

function* act(
  job: Job,
  office: Office,
  effect: Extract<Effect, { kind: 'sync' | 'subscribe' }>,
  response: Record<string, unknown>,
): Flow {
  const result = yield effect
  if (result.kind === 'ok') return yield* answer(job, office, 'completed', 'state', response)
  const why = result.kind === 'lost' ? result.cause : 'it did not happen'
  yield* answer(job, office, 'failed', undefined, refusal(why, true))
}

/** What the terminal has; an empty list is an answer, too. */
export function* history(job: Job, office: Office): Flow {
  const { symbol, timeframe, from, to } = job.command
  if (typeof symbol !== 'string' || typeof timeframe !== 'string')
    return yield* answer(job, office, 'failed', 'rejected', refusal('symbol or timeframe is missing', false))
  const seen = yield* look({ what: 'history', symbol, timeframe, from, to })
  if (seen === null)
    return yield* answer(job, office, 'failed', undefined, refusal('the terminal did not answer', true))
  yield* answer(job, office, 'completed', 'state', { symbol, timeframe, candles: seen.candles })
}

/** An answer that is not kept; what was recorded with it is on the disk before it leaves. */
export function* answer(
  { command }: Job,
  office: Office,
  status: 'completed' | 'failed',
  evidence: Evidence | undefined,
  response: Record<string, unknown>,
): Flow {
  const { id: command_id, command_no, attempt } = command
  office.record({ kind: 'seen', command_no })
  yield* flush()
  office.answer({ command_id, command_no, attempt, status, ...(evidence && { evidence }), response })
}
