// What the page of alerts asks for; a live event of the topic `alert` makes it old.
import type { AlertSeverity } from '@ngtb/sdk'
import { queryOptions } from '@tanstack/react-query'
import type { Tone } from './conditions.ts'
import { session } from './session.tsx'

const SHOWN = 200

export const alertsQuery = (state: 'open' | 'cleared') =>
  queryOptions({
    queryKey: ['alerts', state],
    queryFn: async () => (await session.alerts.list({ state, limit: SHOWN }).page()).items,
    refetchInterval: 30_000,
  })

export const channelsQuery = () =>
  queryOptions({
    queryKey: ['channels'],
    queryFn: () => session.alerts.channels(),
    refetchInterval: 10_000,
  })

/** @param account '': the house's */
export const alertSettingsQuery = (account: string) =>
  queryOptions({
    queryKey: ['alert-settings', account],
    queryFn: () => session.alerts.settings(account === '' ? undefined : account),
    // A form is being filled in.
    staleTime: Number.POSITIVE_INFINITY,
  })

const TONES: Readonly<Record<AlertSeverity, Tone>> = { info: 'ok', warning: 'watch', critical: 'bad' }
export const severityTone = (severity: AlertSeverity): Tone => TONES[severity]
