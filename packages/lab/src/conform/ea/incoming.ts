// One message of the EA on its way to an answer, however it came in.
import type { Json } from '../language/dialogue.ts'
import type { Body } from './replies.ts'

export interface Incoming {
  /** The dialogue's verb: `poll`, `connect`, `answer` … */
  readonly verb: string
  readonly body: Body
  readonly over: 'http' | 'socket'
  /** Sends the answer. */
  reply(http: number, body: Body): void
  /** The answer never arrives: the connection is cut. */
  lose(): void
}

/** One answer of the EA about a command: alone, or one of many in one message. */
export interface AnswerHeard {
  readonly answer: Body
  readonly message: Incoming
  settle(result: { http: number; body: Body } | 'lost'): void
}

/** A message with many answers is answered when each of them is. */
export function answersIn(message: Incoming): AnswerHeard[] {
  const { responses } = message.body
  if (!Array.isArray(responses)) return [alone(message)]
  const results: (Body | null)[] = responses.map(() => null)
  let lost = false
  let http = 200
  return responses.map((answer, at) => ({
    answer: { ...sessionOf(message.body), ...(answer as Body) },
    message,
    settle(result) {
      if (result === 'lost') lost = true
      else {
        if (result.http !== 200 && result.http !== 409) http = result.http
        results[at] = result.body
      }
      const waiting = results.some((one, index) => one === null && !(lost && index <= at))
      if (lost) message.lose()
      else if (!waiting) message.reply(http, { status: 'success', results: results as Json[] })
    },
  }))
}

const alone = (message: Incoming): AnswerHeard => ({
  answer: message.body,
  message,
  settle: (result) => (result === 'lost' ? message.lose() : message.reply(result.http, result.body)),
})

const sessionOf = ({ journal_id, epoch, mono_ms, account }: Body): Body => ({
  ...(journal_id === undefined ? {} : { journal_id }),
  ...(epoch === undefined ? {} : { epoch }),
  ...(mono_ms === undefined ? {} : { mono_ms }),
  ...(account === undefined ? {} : { account }),
})
