// State at a moment, from events alone (P13): the fold stops where the moment is.
//
//   Y1. What counts is the order of the chain: from the first event behind the moment on, nothing is folded, whatever
//       later ones say of their time.
import type { Command } from '../commands/command.ts'
import { COMMAND_FIELDS, foldCommand, isOfCommand, type ToldFacts } from './fold-command.ts'
import { foldOrder, isOfOrder, ORDER_FIELDS } from './fold-order.ts'
import { foldTrade, isOfTrade, TRADE_FIELDS } from './fold-trade.ts'
import { type Image, isWhole } from './image.ts'

/** Up to and with a time, or an event; neither: all of it. */
export interface Until {
  /** ms UTC. */
  readonly at?: number | undefined
  readonly seq?: number | undefined
}

export const isBehind = ({ at, seq }: { at: number; seq: number }, until: Until): boolean =>
  (until.at !== undefined && at > until.at) || (until.seq !== undefined && seq > until.seq)

/** The events of one subject, in their order, as the images of the rows that they are about. */
export class SubjectFold {
  command: Image | null = null
  trade: Image | null = null
  order: Image | null = null

  /** @returns whether it told of a row */
  add(event: ToldFacts): boolean {
    if (isOfCommand(event)) this.command = foldCommand(this.command, event)
    else if (isOfTrade(event)) this.trade = foldTrade(this.trade, event)
    else if (isOfOrder(event)) this.order = foldOrder(this.order, event)
    else return false
    return true
  }
}

/** One that began under a version whose events told less is held to its status alone. */
const held = (image: Image, fields: readonly string[]): readonly string[] =>
  isWhole(image, fields) ? fields : ['status']
export const heldOfCommand = (image: Image): readonly string[] => held(image, COMMAND_FIELDS)
export const heldOfTrade = (image: Image): readonly string[] => held(image, TRADE_FIELDS)

const SETTLED: ReadonlySet<unknown> = new Set<Command['status']>([
  'completed',
  'failed',
  'cancelled',
  'expired',
])
export const heldOfOrder = (image: Image): readonly string[] => held(image, ORDER_FIELDS)

/** Does the server still have to do with it? */
export const isUnsettled = (command: Image): boolean => !SETTLED.has(command.status)
