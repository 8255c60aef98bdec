// The broker's lines of a dialogue: the orders that must come, the book as it must be, and the trader's own hand.
import type { Json, Step } from '../language/dialogue.ts'
import { matchPart, show } from '../language/match.ts'
import { put } from '../language/paths.ts'
import { StepFailed } from '../outcome.ts'
import type { BenchBroker } from './bench.ts'
import { ORDERS, orderOf } from './lead.ts'
import { STEERING } from './plans.ts'
import { type EaStage, held } from './play.ts'
import type { Body } from './replies.ts'

export async function playBroker(step: Step, stage: EaStage): Promise<void> {
  const { verb } = step
  const { broker } = stage.bench
  const wanted = orderOf(step)
  if (broker === null) stage.transcript.say('B', `${verb}: out of sight, believed`)
  else if (wanted !== null) await order(step, wanted, stage)
  else if (verb === 'positions') await book(step, stage, () => broker.positions())
  else if (verb === 'orders') await book(step, stage, () => broker.orders())
  else if (verb === 'link') {
    stage.transcript.say('B', `the link to the terminal is ${step.said.words[0]}`)
    await broker.link(step.said.words[0] === 'up')
  } else if (verb === 'quote') {
    const { symbol, bid, ask } = said(step, stage)
    await broker.quote(String(symbol), Number(bid), Number(ask))
  } else if (verb === 'by_hand') await byHand(step, broker, stage)
  else
    throw new RangeError(
      `a broker can't ${verb}: ${[...ORDERS].join(', ')}, maybe, positions, orders, by_hand, link, quote`,
    )
}

/** The next order of the EA must be this one; what it was told is steered and demanded behind the arrow. */
async function order(step: Step, wanted: { action: string; maybe: boolean }, stage: EaStage): Promise<void> {
  const { lead, scope, patience_ms } = stage
  const { action, maybe } = wanted
  const seen = await held(stage, performance.now() + patience_ms, () => {
    const next = lead.orders.shift()
    // Answered without it: then it was not needed.
    return next === undefined && maybe && lead.answers.length > 0 ? 'not needed' : next
  })
  if (seen === 'not needed') return
  if (seen === null) throw new StepFailed([`an order: ${action}`], 'none, however long it was waited for')
  const result = step.answer.fields
    .filter(({ path }) => !STEERING.has(path))
    .map(({ path, term }) => ({ path: `result.${path}`, term }))
  const fields = [...step.said.fields, ...result]
  const matched = matchPart({ fields, items: null }, { ...seen }, undefined, scope)
  const other = seen.action === action ? [] : [`${action}, not ${show(seen.action)}`]
  const differences = [...other, ...matched.differences]
  if (differences.length > 0) throw new StepFailed(differences, show({ ...seen }))
  scope.adopt(matched.bound)
}

/** The book becomes so: late effects take their time. */
async function book(step: Step, stage: EaStage, read: BenchBroker['positions']): Promise<void> {
  const { scope, patience_ms } = stage
  const look = async () =>
    matchPart({ fields: [], items: step.said.items ?? [] }, undefined, await read(), scope)
  const fits = await held(stage, performance.now() + patience_ms, async () => {
    const matched = await look()
    return matched.differences.length === 0 ? matched : undefined
  })
  if (fits === null) throw new StepFailed((await look()).differences, show(await read()))
  scope.adopt(fits.bound)
}

async function byHand(step: Step, broker: BenchBroker, stage: EaStage): Promise<void> {
  const { scope, transcript } = stage
  const action = step.said.words[0] ?? ''
  const fields = said(step, stage)
  const result = await broker.byHand(action, fields as Record<string, Json>)
  transcript.say('B', `a hand: ${action}`, { ...fields, result })
  const matched = matchPart({ fields: step.answer.fields, items: null }, result, undefined, scope)
  if (matched.differences.length > 0) throw new StepFailed(matched.differences, show(result))
  scope.adopt(matched.bound)
}

function said(step: Step, { scope }: EaStage): Body {
  const body: Body = {}
  for (const { path, term } of step.said.fields) put(body, path, scope.valueOf(term))
  return body
}
