// Kill cycles with existing EAs: the server dies by kill -9 again and again; then quiet, then the audit.
import type { Random } from '@ngtb/ea-sim'
import type { Violation } from '../audit/evidence.ts'
import type { Shown } from './audit.ts'
import { PLANTS } from './plants.ts'
import { Stage } from './stage.ts'

export interface Options {
  readonly cycles: number
  readonly cycle_ms: number
  readonly seed: number
  readonly plant: string | undefined
  tell(text: string, done: number): void
}

export interface Result {
  readonly kills: number
  readonly lost: { readonly requests: number; readonly answers: number }
  readonly calm_ms: number
  readonly shown: readonly Shown[]
  readonly violations: readonly Violation[]
  readonly kept: string | null
}

const TIMER_MS = 100
const DOWN_MS_MAX = 400
/** A kill that meets nothing under way shows nothing. */
const PROGRESS_MIN = 3
const PROGRESS_MS_MAX = 30_000
/** Every other kill follows an OPEN that was just handed out. */
const AIMED_RATIO = 0.5
const AIM_MS_MAX = 3_000
const AFTER_OPEN_MS_MAX = 400
/** An OPEN that is unknown is looked for so long; a CLOSE_ALL behind it waits. */
const PATIENCE_MS = 120_000

export async function runExistingCycles(options: Options): Promise<Result> {
  const stage = await Stage.open(options.seed, TIMER_MS, options.plant)
  let kept = true
  try {
    const random = stage.world.random.fork()
    for (const login of stage.logins) login.begin()
    for (let cycle = 1; cycle <= options.cycles; cycle++) await oneCycle(stage, random, cycle, options)
    await pause(options.cycle_ms)
    await Promise.all(stage.logins.map((login) => login.rest()))
    const calm_ms = await stage.calm(PLANTS[options.plant ?? '']?.patience_ms ?? PATIENCE_MS)
    const { shown, violations } = await stage.verdict()
    const lost = { requests: 0, answers: 0 }
    for (const { wire } of stage.logins) {
      lost.requests += wire.lost.requests
      lost.answers += wire.lost.answers
    }
    kept = violations.length > 0 && options.plant === undefined
    if (kept) await stage.writeDown(violations)
    const left = await stage.close(kept)
    const all = [...violations, ...left]
    return {
      kills: options.cycles,
      lost,
      calm_ms,
      shown,
      violations: all,
      kept: kept ? stage.world.folder : null,
    }
  } catch (error) {
    await stage.close(true)
    throw error
  }
}

async function oneCycle(stage: Stage, random: Random, cycle: number, options: Options): Promise<void> {
  // Drawn before anything is awaited: what happens must not change the order of the draws.
  const wait_ms = options.cycle_ms * (0.5 + random.unit())
  const [aimed, after_ms, down_ms] = [
    random.chance(AIMED_RATIO),
    random.between(0, AFTER_OPEN_MS_MAX),
    random.between(0, DOWN_MS_MAX),
  ]
  const from = stage.effects
  await pause(wait_ms)
  await progress(stage, from)
  if (aimed) await nextOpen(stage)
  if (aimed) await pause(after_ms)
  const effects = stage.effects - from
  const began = performance.now()
  await stage.kill()
  // Nobody will ever say so: the lists alone can tell.
  for (const login of stage.logins) login.closeByHand()
  await pause(down_ms)
  await stage.startAgain()
  const back = Math.round(performance.now() - began)
  const when = aimed ? ` ${after_ms} ms after an OPEN went out` : ''
  options.tell(`cycle ${cycle}: ${effects} effects, then kill -9${when}, back in ${back} ms`, cycle)
}

async function progress(stage: Stage, from: number): Promise<void> {
  const until = performance.now() + PROGRESS_MS_MAX
  while (stage.effects < from + PROGRESS_MIN && performance.now() < until) await pause(20)
  if (stage.effects < from + PROGRESS_MIN)
    stage.logins[0]?.faults.push(`no ${PROGRESS_MIN} orders at the terminals within ${PROGRESS_MS_MAX} ms`)
}

function nextOpen({ logins }: Stage): Promise<void> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => resolve(), AIM_MS_MAX)
    for (const { wire } of logins)
      wire.onOpen = () => {
        for (const login of logins) login.wire.onOpen = () => {}
        clearTimeout(patience)
        resolve()
      }
  })
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
