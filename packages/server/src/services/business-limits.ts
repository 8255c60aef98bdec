// The desk of business limits: counts what stands against them, refuses an opening in the creating step, changes them.
//
//   C1. Counted in the step that creates: nothing comes in between, for the account's version guards its commit.
//   C2. Openings of the last minute that this process did not see — it began just now, or another server made them —
//       are read from the ledger once a picture.
import {
  type AccountLimits,
  type Command,
  isOpening,
  limitProblem,
  NO_LIMITS,
  OPENINGS_WINDOW_MS,
  type Standing,
} from '@ngtb/core'
import { type CommandType, type LimitsBody, type LimitsView, limits, Refusal } from '@ngtb/protocol'
import type { Context } from './context.ts'
import type { Desk } from './desk.ts'
import type { DeskState } from './desk-state.ts'
import type { Step } from './step.ts'
import { isoOrNull } from './views.ts'

export class BusinessLimits {
  readonly #ctx: Context

  constructor(ctx: Context) {
    this.#ctx = ctx
  }

  /** @throws {Refusal} NGTB_LIMIT */
  async check(step: Step, type: CommandType, payload: Readonly<Record<string, unknown>>): Promise<void> {
    const limits = step.account.limits
    if (limits === null || !isOpening(type)) return
    const problem = limitProblem(limits, { type, payload }, await this.#standing(step, limits))
    if (problem !== null) throw new Refusal('NGTB_LIMIT', problem)
  }

  /** As a whole: what is not named is not limited. */
  async set(desk: Desk, body: LimitsBody, actor: string): Promise<void> {
    const wanted: AccountLimits = { ...NO_LIMITS, ...body }
    await desk.run((step) => {
      const was = step.account.limits
      step.saveAccount({ limits: wanted })
      step.audit('account.limits', actor, null, { limits: wanted, was })
    })
  }

  async view(desk: Desk): Promise<LimitsView> {
    const page = { limit: 1, after: null }
    const { store } = this.#ctx
    // An empty step: what is shown was committed before (P1).
    const { account, standing } = await desk.run(async (step) => ({
      account: step.account,
      standing: await this.#standing(step, ALL_COUNTED),
    }))
    const { items } = await store.auditOf(desk.account_id, page, { kind: 'account.limits' })
    const [changed] = items
    return {
      account_id: account.account_id,
      account_number: account.account_number ?? '',
      ...NO_LIMITS,
      ...account.limits,
      symbols: account.limits?.symbols ? [...account.limits.symbols] : null,
      changed_at: isoOrNull(changed?.at ?? null),
      changed_by: changed?.actor ?? null,
      now: { open_positions: standing.open_positions, openings_last_minute: standing.openings },
    }
  }

  /** Only what is limited is counted. */
  async #standing(step: Step, { max_open_positions, max_openings_per_minute }: Counted): Promise<Standing> {
    return {
      open_positions: max_open_positions === null ? 0 : exposureOf(step.state, step.now),
      openings: max_openings_per_minute === null ? 0 : await this.#openings(step),
    }
  }

  /** C2. */
  async #openings(step: Step): Promise<number> {
    const { state, account } = step
    const since = step.now - OPENINGS_WINDOW_MS
    if (state.openings === null) {
      await step.caughtUp()
      const made = await this.#ctx.store.openingsSince(
        account.account_id,
        since,
        limits.business_openings_max,
      )
      state.openings = new Map(made.map(({ command_no, created_at }) => [command_no, created_at]))
      for (const command of [...state.unsettled.values(), ...state.settled.values()])
        state.countOpening(command)
    }
    for (const [command_no, created_at] of state.openings)
      if (created_at <= since) state.openings.delete(command_no)
    return state.openings.size
  }
}

type Counted = Pick<AccountLimits, 'max_open_positions' | 'max_openings_per_minute'>
const ALL_COUNTED: Counted = { max_open_positions: 0, max_openings_per_minute: 0 }

/**
 * What is open or may become so (core B2). One that an EA called done is counted, too, until its position or order has
 * been told: the event of it may be on its way.
 */
function exposureOf(state: DeskState, now: number): number {
  let count = state.open.size + state.waiting.size
  for (const command of state.unsettled.values()) if (isOpening(command.type)) count += 1
  for (const command of state.settled.values()) if (isUntold(state, command, now)) count += 1
  return count
}

const UNTOLD_MS = 60_000

function isUntold(state: DeskState, { type, status, ticket, completed_at }: Command, now: number): boolean {
  if (status !== 'completed' || ticket === null || !isOpening(type)) return false
  if ((completed_at ?? 0) < now - UNTOLD_MS) return false
  return state.trade(ticket) === undefined && state.order(ticket) === undefined
}
