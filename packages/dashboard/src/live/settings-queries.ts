// What the settings ask for. No event tells of keys and people: an act makes its own answers old.
import { queryOptions } from '@tanstack/react-query'
import { clientOf } from './queries.ts'
import { session } from './session.tsx'

export const keysQuery = () =>
  queryOptions({ queryKey: ['keys'], queryFn: () => session.keys({ limit: 1_000 }).all() })

export const peopleQuery = () =>
  queryOptions({ queryKey: ['people'], queryFn: () => session.people({ limit: 1_000 }).all() })

/** @param person `all`: everybody's; undefined: one's own */
export const sessionsQuery = (person?: 'all') =>
  queryOptions({
    queryKey: ['sessions', person ?? 'own'],
    queryFn: () => session.sessions(person === undefined ? {} : { person }),
    refetchInterval: 30_000,
  })

export const policyQuery = () => queryOptions({ queryKey: ['policy'], queryFn: () => session.policy() })

export const settingsQuery = () =>
  queryOptions({ queryKey: ['settings'], queryFn: () => session.settings(), staleTime: 300_000 })

export const waysQuery = () => queryOptions({ queryKey: ['ways'], queryFn: () => session.addresses() })

export const limitsQuery = (account: string) =>
  queryOptions({ queryKey: ['limits', account], queryFn: () => clientOf(account).limits() })
