// Plays one dialogue against an EA: the runner is the server and the broker's weather; the EA does what it does.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Dialogue, Step } from '../language/dialogue.ts'
import { matchPart, show } from '../language/match.ts'
import { Scope } from '../language/scope.ts'
import { EA_VERBS, spelledOut, type Verb } from '../language/verbs.ts'
import { describeFailure, LeftOut, type Outcome, StepFailed, Transcript } from '../outcome.ts'
import { runId } from '../run-id.ts'
import type { EaBench, EaWanted } from './bench.ts'
import { playBroker } from './broker-steps.ts'
import type { Incoming } from './incoming.ts'
import { Lead } from './lead.ts'
import { planOf } from './plans.ts'
import type { PlayingServer } from './playing-server.ts'
import { type Body, Replies, refusal } from './replies.ts'
import { commandsOf, sayOver } from './say.ts'
import { eaWanted, type Setting } from './setting.ts'

const LOOK_MS = 5
const CUT_MS = 30
/** Polls after the last line: what the EA does too much, it does by then. */
const QUIET_POLLS = 2

export interface EaStage {
  readonly scope: Scope
  readonly transcript: Transcript
  readonly replies: Replies
  readonly lead: Lead
  readonly server: PlayingServer
  readonly bench: EaBench
  readonly patience_ms: number
  started: boolean
}

/**
 * @param set puts up server and EA for this dialogue
 * @param over what this EA has otherwise than the dialogue says
 */
export async function playEa(
  dialogue: Dialogue,
  set: Setting,
  patience_ms: number,
  over: Partial<EaWanted> = {},
): Promise<Outcome> {
  const transcript = new Transcript()
  const scope = new Scope(runId())
  let step: Step | null = null
  let take_down: (() => Promise<void>) | null = null
  try {
    const wanted = { ...eaWanted(dialogue.ea, scope), ...over }
    const replies = new Replies('conformance-key', wanted)
    const lead = new Lead(dialogue, replies, transcript, (one) => planOf(one, scope))
    const { server, bench, close } = await set(dialogue, wanted, lead)
    take_down = close
    scope.bind('login', bench.login)
    const stage: EaStage = { scope, transcript, replies, lead, server, bench, patience_ms, started: false }
    for (const [at, one] of dialogue.steps.entries()) {
      step = one
      lead.at = at
      await playStep(one, stage)
    }
    lead.at = dialogue.steps.length
    step = null
    await nothingLeft(stage)
    return { dialogue, took_ms: transcript.took_ms, verdict: 'passed', told: lead.telling.told }
  } catch (error) {
    const took_ms = transcript.took_ms
    if (error instanceof LeftOut) return { dialogue, took_ms, verdict: 'left_out', reason: error.message }
    return {
      dialogue,
      took_ms,
      verdict: 'failed',
      failure: describeFailure(dialogue, step, error, transcript),
    }
  } finally {
    await take_down?.()
  }
}

async function playStep(step: Step, stage: EaStage): Promise<void> {
  const { speaker, verb } = step
  if (speaker === 'wait') await sleep(durationOf(verb))
  else if (speaker === 'H') await playMachine(step, stage)
  else if (speaker === 'B') await playBroker(step, stage)
  else {
    if (!stage.started) await start(stage)
    if (step.arrow === '<-') await playSocket(step, stage)
    else if (verb === 'quiet') await quiet(Number(fieldOf(step, 'polls', stage) ?? QUIET_POLLS), stage)
    else if (verb === 'silent') await silent(Number(fieldOf(step, 'ms', stage) ?? 0), stage)
    else if (verb === 'answer') await playAnswer(step, stage)
    else await playMessage(step, stage)
  }
}

async function start(stage: EaStage): Promise<void> {
  stage.started = true
  stage.transcript.say('H', 'start')
  await stage.bench.start()
}

async function playMachine(step: Step, stage: EaStage): Promise<void> {
  const { verb } = step
  if (verb === 'start') await start(stage)
  else if (verb === 'kill') {
    stage.transcript.say('H', 'kill')
    await stage.bench.kill()
    stage.started = false
    // Its last words may still be on their way: they are lost with it.
    stage.server.cut()
    await sleep(CUT_MS)
    stage.lead.restarted()
  } else {
    stage.transcript.say('H', verb)
    stage.bench.machine(verb, step.said)
  }
}

/** The EA says something that the dialogue waits for, and is answered as the dialogue says. */
async function playMessage(step: Step, stage: EaStage): Promise<void> {
  const { lead, scope } = stage
  const verb = verbOf(step)
  const until = performance.now() + stage.patience_ms
  let last: StepFailed | null = null
  for (;;) {
    const message = await held(stage, until, () => lead.inbox.shift())
    if (message === null)
      throw last ?? new StepFailed([`a ${step.verb} of the EA`], 'nothing, however long it was waited for')
    const items = verb.asks && step.said.items ? step.said.items : null
    const list = verb.asks ? message.body[verb.asks.list] : undefined
    const fields = spelledOut(step.said, verb.said)
    const matched = matchPart({ fields, items }, message.body, list, scope)
    const ill =
      step.speaker.startsWith('W') && message.over !== 'socket' ? ['over the socket, not by HTTP'] : []
    const differences = [...ill, ...matched.differences]
    if (differences.length === 0) {
      scope.adopt(matched.bound)
      await respond(step, verb, message, stage)
      return
    }
    last = new StepFailed(differences, show(message.body))
    // A connect says who the EA is: a wrong one is wrong. Of a poll, the next one may fit.
    if (step.verb === 'connect') throw last
    lead.usual(message)
  }
}

async function respond(step: Step, verb: Verb, message: Incoming, stage: EaStage): Promise<void> {
  const { replies, scope, transcript } = stage
  const [status = '200', code = ''] = step.answer.words
  if (status === 'lost') {
    transcript.say('S', '-> the answer is lost')
    // It was decided all the same: the server's side of it has happened.
    if (step.verb === 'connect') replies.connected(answerTo(step, verb, message.body, stage))
    message.lose()
    return
  }
  const body =
    status === '200'
      ? answerTo(step, verb, message.body, stage)
      : sayOver(refusal(code), step.answer.fields, scope)
  if (status === '200' && step.verb === 'connect') replies.connected(body)
  if (status === '200') replies.remember(body)
  // On its way for so long: what it brings is older than it looks (P5).
  const { after_ms = 0, ...answer } = body
  await sleep(Number(after_ms))
  transcript.say('S', `-> ${status}`, answer)
  message.reply(Number(status), answer)
}

function answerTo(step: Step, verb: Verb, body: Body, { replies, scope, lead }: EaStage): Body {
  const usual =
    step.verb === 'connect'
      ? replies.connect(body)
      : verb.answers?.list === 'commands'
        ? replies.heads()
        : { status: 'success' }
  const said = sayOver(usual, step.answer.fields, scope)
  if (step.answer.items !== null) {
    said.commands = commandsOf(step.answer.items, replies, scope)
    for (const command of said.commands) lead.handedOut(command as Body)
  }
  return said
}

async function playAnswer(step: Step, stage: EaStage): Promise<void> {
  const { lead, scope, transcript } = stage
  const verb = verbOf(step)
  const fields = spelledOut(step.said, verb.said)
  const id = fields.find(({ path, term }) => path === 'command_id' && term.kind !== 'any')?.term
  const wanted =
    id === undefined || (id.kind === 'variable' && !scope.knows(id.name)) ? null : scope.valueOf(id)
  const heard = await held(stage, performance.now() + stage.patience_ms, () => {
    const at = wanted === null ? 0 : lead.answers.findIndex(({ answer }) => answer.command_id === wanted)
    return at === -1 ? undefined : lead.answers.splice(at, 1)[0]
  })
  if (heard === null)
    throw new StepFailed(
      [`an answer about ${show(wanted ?? 'a command')}`],
      lead.answers.map(({ answer }) => show(answer)).join('\n') || 'none',
    )
  const matched = matchPart({ fields, items: null }, heard.answer, undefined, scope)
  if (matched.differences.length > 0) throw new StepFailed(matched.differences, show(heard.answer))
  scope.adopt(matched.bound)
  const [status = '200', code = ''] = step.answer.words
  if (status === 'lost') {
    transcript.say('S', '-> the acknowledgement is lost')
    heard.settle('lost')
    return
  }
  const { command_id = null } = heard.answer
  const usual: Body = status === '200' ? { status: 'success', command_id, duplicate: false } : refusal(code)
  const body = sayOver(usual, step.answer.fields, scope)
  transcript.say('S', `-> ${status}`, body)
  if (status === '200') lead.acknowledged(heard.answer)
  heard.settle({ http: Number(status), body })
}

/** `W <- commands` pushes; `W <- closed 4409` closes. */
async function playSocket(step: Step, stage: EaStage): Promise<void> {
  const { server, replies, scope, lead, transcript } = stage
  const until = performance.now() + stage.patience_ms
  const open = await held(stage, until, () => (server.hasSocket ? true : undefined))
  if (open === null) throw new StepFailed(['a socket of the EA'], 'it has none')
  const [what, code] = step.answer.words
  if (what === 'closed') {
    transcript.say('S', `closes the socket with ${code}`)
    server.closeSocket(Number(code))
    return
  }
  const { status: _status, server_time: _time, ...heads } = replies.heads()
  const body = sayOver({ type: 'commands', anchor_ms: lead.mono_ms, ...heads }, step.answer.fields, scope)
  body.commands = commandsOf(step.answer.items ?? [], replies, scope)
  for (const command of body.commands) lead.handedOut(command as Body)
  replies.remember(body)
  transcript.say('S', 'pushes', body)
  server.push(body)
}

/** The EA polls so many times more, and does nothing else. */
async function quiet(polls: number, stage: EaStage): Promise<void> {
  const { lead } = stage
  const enough = lead.polls + polls
  const until = performance.now() + stage.patience_ms
  const polled = await held(stage, until, () => (lead.polls >= enough ? true : undefined))
  if (polled === null) throw new StepFailed([`${polls} polls`], 'it stopped polling')
  nothingMore(stage)
}

/** The EA says nothing at all for so long: it was told to wait for longer. */
async function silent(ms: number, { lead }: EaStage): Promise<void> {
  // What was on its way before it could know does not count.
  await sleep(CUT_MS)
  const heard = lead.heard
  await sleep(ms)
  if (lead.heard > heard) throw new StepFailed([`silence for ${ms} ms`], `${lead.heard - heard} messages`)
}

function nothingMore({ lead }: EaStage): void {
  const more = [
    ...lead.orders.map((order) => `an order: ${show({ ...order })}`),
    ...lead.answers
      .filter(({ answer }) => !lead.isOwed(answer.command_id))
      .map(({ answer }) => `an answer: ${show(answer)}`),
  ]
  if (more.length > 0) throw new StepFailed(['nothing more of the EA'], more.join('\n            '))
}

/** After the last line: two more polls if it still polls, and nothing that no line has asked for. */
async function nothingLeft(stage: EaStage): Promise<void> {
  const { lead, started } = stage
  const enough = lead.polls + QUIET_POLLS
  const until = performance.now() + Math.min(stage.patience_ms, 2_000)
  if (started) await held(stage, until, () => (lead.polls >= enough ? true : undefined))
  nothingMore(stage)
}

/** Looks until something is there, or the time is over: then null. */
export async function held<T>(
  _stage: EaStage,
  until: number,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T | null> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() >= until) return null
    await sleep(LOOK_MS)
  }
}

function fieldOf(step: Step, path: string, { scope }: EaStage) {
  const term = step.said.fields.find((field) => field.path === path)?.term
  return term === undefined ? undefined : scope.valueOf(term)
}

function verbOf(step: Step): Verb {
  const verb = Object.hasOwn(EA_VERBS, step.verb) ? EA_VERBS[step.verb] : undefined
  if (verb === undefined)
    throw new RangeError(`an EA can't ${step.verb}; it can ${Object.keys(EA_VERBS).join(', ')}`)
  return verb
}

function durationOf(text: string): number {
  const [, number, unit] = /^([0-9.]+)(ms|s)$/.exec(text) ?? []
  if (number === undefined) throw new RangeError(`wait ${text}: say 300ms or 2s`)
  return Number(number) * (unit === 's' ? 1_000 : 1)
}
