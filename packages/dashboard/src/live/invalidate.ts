// Which answers an event makes old. Pure; the first word of a key says what it is, the second whose ('': of all).
// A log line makes nothing old: the live tail shows it by itself (log-tail.ts).
import type { LiveEvent } from '@ngtb/sdk'

export type QueryKey = readonly [what: string, account?: string, ...rest: unknown[]]

const BY_TOPIC: Readonly<Record<string, (account: string, event: LiveEvent) => QueryKey[]>> = {
  trade: (account) => [
    ['trades', account],
    ['orders', account],
    ['deals', account],
    ['trade', account],
  ],
  command: (account) => [['commands', account], ['command', account], ['status'], ['health']],
  alert: () => [['alerts'], ['channels']],
  connection: (account) => [['accounts'], ['account', account], ['symbols', account], ['status']],
}

export function staleKeys(event: LiveEvent): QueryKey[] {
  const keys = BY_TOPIC[event.topic]?.(event.account, event) ?? []
  return keys.length === 0 ? [] : [...keys, ['audit', event.account], ['audit', '']]
}

export const keyText = (key: QueryKey): string => JSON.stringify(key)
