// What commands want of a trade's levels, and which of them got it (P7, R12).
import type { Command, CommandEvent, Trade } from '@ngtb/core'
import { samePrice } from '@ngtb/protocol'
import type { Step } from './step.ts'

/** The newest MODIFY of this trade whose outcome is not known yet. */
function newestModify({ state }: Step, ticket: string): Command | undefined {
  const modifies = [...state.unsettled.values()].filter(
    ({ type, payload }) => type === 'MODIFY_TRADE' && payload.ticket === ticket,
  )
  return modifies.sort((a, b) => b.command_no - a.command_no)[0]
}

/** What an unsettled MODIFY wants of a trade: the newest one's values, or nothing. */
export function wishFor(step: Step, ticket: string): Pick<Trade, 'wanted_sl' | 'wanted_tp'> {
  const newest = newestModify(step, ticket)?.payload
  return {
    wanted_sl: (newest?.sl as number | undefined) ?? null,
    wanted_tp: (newest?.tp as number | undefined) ?? null,
  }
}

/** A MODIFY whose values the ledger has by the EA's word: evidence that it was done; null: they are not there. */
export function levelsThereOf(step: Step, { payload }: Command): CommandEvent | null {
  const ticket = String(payload.ticket)
  const trade = step.state.trade(ticket)
  const { sl, tp } = payload as { sl?: number | null; tp?: number | null }
  const same = (wanted: number | null | undefined, is: number | null) =>
    wanted === undefined || samePrice(wanted || null, is, 8)
  if (trade?.status !== 'open' || !same(sl, trade.sl) || !same(tp, trade.tp)) return null
  return { kind: 'position_seen', at: step.now, ticket }
}

/** Levels that are now what a MODIFY under way wants are its doing: its name, for the event that tells of them. */
export function grantedTo(
  step: Step,
  ticket: string,
  levels: { sl?: number | null; tp?: number | null },
): { command_id?: string } {
  const command = newestModify(step, ticket)
  if (!command || command.attempt === 0) return {}
  const { sl, tp } = command.payload as { sl?: number | null; tp?: number | null }
  const same = (wanted: number | null | undefined, is: number | null | undefined) =>
    wanted === undefined || is === undefined || samePrice(wanted || null, is, 8)
  return same(sl, levels.sl) && same(tp, levels.tp) ? { command_id: command.command_id } : {}
}
