// What a terminal tells of its positions, as the plain endpoints take it: the full list, and single events.
import { type BrokerEvent, type Position, rowOf, tradeEvent } from '@ngtb/ea-sim'
import type { Ask } from './doors.ts'

export interface Speaker {
  readonly account_id: number
  readonly login: string
}

export const eaAsk = (
  { account_id, login }: Speaker,
  port: Ask['port'],
  path: string,
  body: Record<string, unknown>,
): Ask => ({ port, method: 'POST', path, key: { account_id, role: 'ea' }, body: { account: login, ...body } })

/** @param native what a native EA's list says of itself */
export const syncAsk = (speaker: Speaker, positions: readonly Position[], native: object = {}): Ask =>
  eaAsk(speaker, 'trades', '/api/trades/sync', { ...native, trades: positions.map(rowOf) })

/** Null: nothing that these endpoints have a word for. */
export function eventAsk(speaker: Speaker, event: BrokerEvent): Ask | null {
  const { kind, ...fields } = tradeEvent(event)
  return kind === 'changed' ? null : eaAsk(speaker, 'trades', `/api/trades/${kind}`, fields)
}
