// What sends no order: subscribe, sync, history. Read only or absolute, so the answer is not kept in the journal:
// asked again, it is done again. Only the number is recorded, for it was answered.

import { type Evidence, TIMEFRAMES, type Timeframe } from '@ngtb/protocol'
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

/** Bars of one message: others may work between two of them. */
const BARS_MAX = 1_000

/** What the terminal has goes to the server part by part; the answer says how much. None is an answer, too. */
export function* history(job: Job, office: Office): Flow {
  const { symbol, timeframe, from, to } = job.command
  if (typeof symbol !== 'string' || typeof timeframe !== 'string')
    return yield* answer(job, office, 'failed', 'rejected', refusal('symbol or timeframe is missing', false))
  const failed = (why: string) => answer(job, office, 'failed', undefined, refusal(why, true))
  let sent = 0
  for (let next: unknown = from; ; ) {
    const seen = yield* look({ what: 'history', symbol, timeframe, from: next, to, max: BARS_MAX })
    if (seen === null) return yield* failed('the terminal did not answer')
    const { candles: bars, forming } = seen
    const last = bars.at(-1)
    if (last === undefined) break
    const result = yield { kind: 'bars', symbol, timeframe, bars, forming }
    if (result.kind !== 'ok')
      return yield* failed(result.kind === 'lost' ? result.cause : 'the bars were not stored')
    sent += bars.length
    if (bars.length < BARS_MAX) break
    next = last.time_ms + TIMEFRAMES[timeframe as Timeframe] * 1_000
  }
  yield* answer(job, office, 'completed', 'state', { symbol, timeframe, bars_sent: sent })
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
