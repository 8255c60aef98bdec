// Plays one dialogue against a server: says what the EA, the client and the admin say, demands the answers.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Dialogue, Json, Step } from '../language/dialogue.ts'
import { matchPart, show } from '../language/match.ts'
import { pick } from '../language/paths.ts'
import { Scope } from '../language/scope.ts'
import { spelledItems, spelledOut, type Verb } from '../language/verbs.ts'
import { describeFailure, LeftOut, type Outcome, StepFailed, Transcript } from '../outcome.ts'
import { runId } from '../run-id.ts'
import { Requests } from './requests.ts'
import { illAnswer, illPush } from './schemas.ts'
import type { HttpAnswer, ServerTarget } from './target.ts'

/** Between two looks of an `until`. */
const AGAIN_MS = 50

export async function playServer(dialogue: Dialogue, target: ServerTarget): Promise<Outcome> {
  const transcript = new Transcript()
  const ended = new AbortController()
  const scope = new Scope(runId())
  const requests = new Requests(dialogue, target, scope, transcript, ended.signal)
  let step: Step | null = null
  const done = (
    outcome:
      | { verdict: 'passed' }
      | { verdict: 'left_out'; reason: string }
      | { verdict: 'failed'; failure: string },
  ): Outcome => ({
    dialogue,
    took_ms: transcript.took_ms,
    ...outcome,
  })
  try {
    const stage = { requests, scope, transcript, patience_ms: target.patience_ms }
    for (step of dialogue.steps) await playStep(step, stage)
    return done({ verdict: 'passed' })
  } catch (error) {
    if (error instanceof LeftOut) return done({ verdict: 'left_out', reason: error.message })
    return done({ verdict: 'failed', failure: describeFailure(dialogue, step, error, transcript) })
  } finally {
    ended.abort()
    requests.close()
  }
}

interface Stage {
  readonly requests: Requests
  readonly scope: Scope
  readonly transcript: Transcript
  readonly patience_ms: number
}

async function playStep(step: Step, stage: Stage): Promise<void> {
  const { requests, scope, patience_ms } = stage
  const { words, fields, items } = step.answer
  if (step.speaker === 'wait') await pause(step, scope)
  else if (step.arrow === '<-') await arrives(step, stage)
  else if (step.arrow === 'until') await askUntil(step, stage)
  // `->` and nothing behind it: the answer comes later.
  else if (step.arrow === '->' && words.length + fields.length === 0 && items === null) requests.begin(step)
  else {
    const { verb, answer } = await within(patience_ms, requests.ask(step))
    demand(step, verb, answer, scope)
  }
}

async function askUntil(step: Step, { requests, scope, transcript, patience_ms }: Stage): Promise<void> {
  const late_at = performance.now() + patience_ms
  const mark = transcript.mark()
  for (let times = 0; ; times++) {
    if (times > 0) transcript.again(mark, times)
    const { verb, answer } = await within(patience_ms, requests.ask(step))
    try {
      demand(step, verb, answer, scope)
      return
    } catch (error) {
      if (!(error instanceof StepFailed) || performance.now() >= late_at) throw error
    }
    await sleep(AGAIN_MS)
  }
}

/** `wait 300ms`, `wait 2s`, `wait $lease_ms`: time that has to pass, and nothing is said. */
async function pause(step: Step, scope: Scope): Promise<void> {
  const [, number, unit] = /^([0-9.]+)(ms|s)$/.exec(step.verb) ?? []
  const variable = /^\$([a-z0-9_]+)$/.exec(step.verb)?.[1]
  if (variable !== undefined)
    await sleep(Number(scope.valueOf({ kind: 'variable', name: variable, plus: 0 })))
  else if (number !== undefined) await sleep(Number(number) * (unit === 's' ? 1_000 : 1))
  else throw new RangeError(`wait ${step.verb}: say 300ms, 2s or $ms`)
}

/** `E <- 200`: the answer to what was asked before · `W <- commands`, `W <- closed 4409`: what comes by itself. */
async function arrives(step: Step, { requests, scope, patience_ms }: Stage): Promise<void> {
  const [what = '', code] = step.answer.words
  if (/^[0-9]{3}$/.test(what)) {
    const { verb, answer } = await within(patience_ms, requests.awaited(step.speaker))
    return demand(step, verb, answer, scope)
  }
  const socket = requests.socketOf(step.speaker)
  if (what === 'nothing') {
    const came = socket.peek()
    if (came !== null) throw new StepFailed(['nothing'], show({ ...came }))
    return
  }
  const until = performance.now() + patience_ms
  while (socket.peek() === null && performance.now() < until) await sleep(AGAIN_MS)
  const came = socket.next()
  if (came === null) throw new StepFailed([what], 'nothing, however long it was waited for')
  if (came.kind === 'push' && what === 'commands') {
    requests.heard(step.speaker, came.body)
    const ill = illPush(came.body)
    if (ill.length > 0) throw new StepFailed(ill, show(came.body))
    const items = spelledItems(step.answer, { words: ['type'] })
    return settle(step, { http: 200, body: came.body }, 'commands', items, scope)
  }
  const number = came.kind === 'closed' ? came.code : came.kind === 'refused' ? came.http : 0
  if (came.kind !== what || (code !== undefined && String(number) !== code))
    throw new StepFailed([step.answer.words.join(' ')], show({ ...came }))
}

function demand(step: Step, verb: Verb, answer: HttpAnswer, scope: Scope): void {
  const [status, code, ...more] = step.answer.words
  if (more.length > 0) throw new RangeError(`${more[0]} is one word too many: a status and a code are enough`)
  const wrong: string[] = []
  const fits =
    status === undefined
      ? answer.http >= 200 && answer.http < 300
      : status.split('|').includes(String(answer.http))
  if (!fits) wrong.push(`status ${status ?? '2xx'}, not ${answer.http}`)
  const said = pick(answer.body, 'error') ?? pick(answer.body, 'code')
  if (code !== undefined && said !== code) wrong.push(`error ${code}, not ${show(said)}`)
  if (answer.http >= 200 && answer.http < 300) wrong.push(...illAnswer(verb.endpoint, answer.body))
  if (wrong.length > 0) throw new StepFailed(wrong, `${answer.http} ${show(answer.body)}`)
  const items = verb.answers ? spelledItems(step.answer, verb.answers.shape) : step.answer.items
  settle(step, answer, verb.answers?.list ?? 'items', items, scope)
}

function settle(
  step: Step,
  answer: HttpAnswer,
  list: string,
  items: Step['answer']['items'],
  scope: Scope,
): void {
  const fields = spelledOut({ ...step.answer, words: [] }, { words: [] })
  const matched = matchPart({ fields, items }, answer.body, pick(answer.body, list), scope)
  if (matched.differences.length > 0)
    throw new StepFailed(matched.differences, `${answer.http} ${show(answer.body as Json)}`)
  scope.adopt(matched.bound)
}

async function within<T>(patience_ms: number, work: Promise<T>): Promise<T> {
  const late = new AbortController()
  const nobody = sleep(patience_ms, null, { signal: late.signal }).then(
    () => {
      throw new StepFailed(['an answer'], `nothing within ${patience_ms} ms`)
    },
    () => new Promise<never>(() => {}),
  )
  try {
    return await Promise.race([work, nobody])
  } finally {
    late.abort()
  }
}
