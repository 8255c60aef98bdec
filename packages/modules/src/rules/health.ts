// The published watch over connections, decided: health below 70, or three failures in a row.
import type { ConnectionView } from '@ngtb/protocol'

export interface HealthRule {
  readonly health_min: number
  readonly failures_max: number
}

export type Watched = Pick<
  ConnectionView,
  'account_number' | 'state' | 'health_score' | 'consecutive_failures'
>

export interface Trouble {
  readonly account_number: string
  /** The same trouble has the same name, whatever its figures are by now. */
  readonly name: string
  readonly text: string
}

export const troubleName = (account_number: string): string => `connection-monitor:${account_number}`

/** What to tell of these connections, in their order. */
export function troublesOf(connections: readonly Watched[], rule: HealthRule): Trouble[] {
  return connections.flatMap(({ account_number, state, health_score, consecutive_failures }) => {
    const weak = health_score < rule.health_min
    const failing = consecutive_failures >= rule.failures_max
    if (!weak && !failing) return []
    const why = [
      ...(weak ? [`health ${health_score} is below ${rule.health_min}`] : []),
      ...(failing ? [`${consecutive_failures} failures in a row`] : []),
    ]
    const text = `Account ${account_number} is ${state}: ${why.join(', ')}`
    return [{ account_number, name: troubleName(account_number), text }]
  })
}
