// What a type that sends one order has to know: how its order looks, and what a look at the broker says of it.

import type { CommandType } from '@ngtb/protocol'
import { retcodeName } from '@ngtb/protocol'
import type { LookQuery, LookResult, OrderAction, OrderResult } from '../broker-port.ts'
import { magicOf } from '../fields.ts'
import type { Compare, NativeCommand } from '../records.ts'
import type { Aspect } from '../touches.ts'

/**
 * What a look says.
 * done: it happened, or the wanted state is there · there: the order can be sent (again) · waiting: an order is on its
 * way · absent: no trace, which is proof only after settle · dead: it was dropped, it can't happen any more ·
 * refused: the order does not fit what is there.
 */
export type Reading =
  | { kind: 'done'; evidence: 'tag' | 'state'; response: Record<string, unknown> }
  | { kind: 'there'; compare?: Compare }
  | { kind: 'waiting' }
  | { kind: 'absent' }
  | { kind: 'dead'; error: string }
  | { kind: 'refused'; retcode: number; error: string }

export interface Recipe {
  readonly type: CommandType
  /** What is wrong with the fields: one sentence; null: fit. */
  problem(command: NativeCommand): string | null
  /** What it is about; null for an opening. */
  ticket(command: NativeCommand): string | null
  query(command: NativeCommand): LookQuery
  read(command: NativeCommand, look: LookResult, compare?: Compare): Reading
  /** Must it read before its first order? */
  readsFirst(margin_mode: LookResult['terminal']['margin_mode']): boolean
  request(command: NativeCommand, look: LookResult | null, compare?: Compare): OrderAction
  /** The answer's fields after an order that was done. */
  done(command: NativeCommand, result: OrderResult): Record<string, unknown>
  /** Of an order that touches what is there: what it changes, and how much is there afterwards. */
  touch?: {
    aspect: Aspect
    after(result: OrderResult, before: LookResult | null, compare?: Compare): number | null
  }
  /** No trace even after settle: is that what was wanted? */
  absentIsDone?: boolean
}

export const lookForTag = (command: NativeCommand): LookQuery => ({
  what: 'command',
  magic: magicOf(command),
  ticket: null,
  opposite_ticket: null,
})

/** The retcode as an answer carries it. */
export const retcodeFields = (retcode: number): Record<string, unknown> => ({
  retcode,
  retcode_name: retcodeName(retcode),
})

/** Deals as one: the volume, and the price weighted by it. */
export function sumOf(deals: readonly { volume: number; price: number }[]): {
  volume: number
  price: number
} {
  const volume = Number(deals.reduce((sum, deal) => sum + deal.volume, 0).toFixed(8))
  const [first] = deals
  if (first === undefined || deals.every(({ price }) => price === first.price))
    return { volume, price: first?.price ?? 0 }
  const turnover = deals.reduce((sum, deal) => sum + deal.volume * deal.price, 0)
  return { volume, price: Number((turnover / volume).toFixed(8)) }
}

/**
 * Is a position over by what its deals say? What was bought was sold again. Some of its deals alone prove nothing: the
 * terminal may show an exit before it shows the entry.
 */
export function isFlat(deals: readonly { direction: string; volume: number }[]): boolean {
  const net = deals.reduce((sum, { direction, volume }) => sum + (direction === 'BUY' ? volume : -volume), 0)
  return deals.length > 0 && Math.abs(net) < 1e-9
}
