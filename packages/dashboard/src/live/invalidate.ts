// Which answers an event makes old. Pure; the first word of a key says what it is, the second whose.
import type { LiveEvent } from '@ngtb/sdk'

export type QueryKey = readonly [what: string, account?: string, ...rest: unknown[]]

const BY_TOPIC: Readonly<Record<string, (account: string, event: LiveEvent) => QueryKey[]>> = {
  trade: (account) => [
    ['trades', account],
    ['orders', account],
    ['deals', account],
    ['trade', account],
  ],
  command: (account) => [['commands', account], ['command', account], ['status']],
  connection: (account) => [['accounts'], ['account', account], ['symbols', account], ['status']],
  log: (account) => [['logs', account]],
}

export function staleKeys(event: LiveEvent): QueryKey[] {
  const keys = BY_TOPIC[event.topic]?.(event.account, event) ?? []
  return keys.length === 0 ? [] : [...keys, ['audit', event.account]]
}

export const keyText = (key: QueryKey): string => JSON.stringify(key)
