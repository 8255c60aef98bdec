// What all EAs log, as one stream. There is no list of all on the server: each account's newest are put together here.
import type { LogView } from '@ngtb/sdk'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { accountsQuery, type LogFilter, merged } from '../live/index.ts'
import { ErrorState, Page, plural, SkeletonRows } from '../ui/index.ts'
import { FilterBar, Pick, Typed, useFilters } from '../widgets/filters.tsx'
import { LEVELS, LogLines, useLines } from '../widgets/logs/log-lines.tsx'

const NAMES = ['level', 'search', 'account'] as const

export default function AllLogs() {
  const accounts = useQuery(accountsQuery())
  const [filter, change] = useFilters(NAMES)
  const logins = accounts.data?.map(({ account_number }) => account_number)
  const chosen = logins?.filter((login) => filter.account === '' || login === filter.account)
  const choices = [
    { value: '', label: 'All accounts' },
    ...(logins ?? []).map((value) => ({ value, label: value })),
  ]
  return (
    <Page
      title="Logs"
      context={
        chosen ? `What the EAs of ${plural(chosen.length, 'account')} log · UTC` : 'Reading the accounts'
      }
    >
      <FilterBar label="Filter the logs">
        <Pick
          label="Account"
          value={filter.account}
          options={choices}
          onChange={(account) => change({ account })}
        />
        <Pick label="Level" value={filter.level} options={LEVELS} onChange={(level) => change({ level })} />
        <Typed
          label="Search the messages"
          wide
          value={filter.search}
          onChange={(search) => change({ search })}
        />
      </FilterBar>
      {chosen ? (
        <Together key={`${chosen.join()} ${filter.level} ${filter.search}`} logins={chosen} filter={filter} />
      ) : accounts.error ? (
        <ErrorState error={accounts.error} onRetry={() => void accounts.refetch()} />
      ) : (
        <SkeletonRows columns={3} label="Log lines: loading" />
      )}
    </Page>
  )
}

interface Told {
  readonly lines: readonly LogView[] | undefined
  readonly error: Error | null
  readonly has_more: boolean
  readonly reading: boolean
  more(): void
}

function Together({ logins, filter }: { logins: readonly string[]; filter: LogFilter }) {
  const [told, setTold] = useState<ReadonlyMap<string, Told>>(new Map())
  const parts = useMemo(() => [...told.values()], [told])
  const lines = useMemo(() => {
    const known = parts.flatMap((part) => (part.lines ? [part.lines] : []))
    return known.length === 0 && logins.length > 0 ? undefined : merged(...known)
  }, [parts, logins])
  const list = {
    hasNextPage: parts.some(({ has_more }) => has_more),
    isFetchingNextPage: parts.some(({ reading }) => reading),
    fetchNextPage: () => {
      for (const part of parts) if (part.has_more) part.more()
    },
  }
  const refused = [...told].filter(([, { error, lines: known }]) => error && !known)
  return (
    <>
      {logins.map((login) => (
        <Reader
          key={login}
          login={login}
          filter={filter}
          onTold={(said) => setTold((before) => new Map(before).set(login, said))}
        />
      ))}
      {refused.length > 0 && lines ? (
        <ErrorState
          title={`${plural(refused.length, 'account')} could not be read: ${refused.map(([login]) => login).join(', ')}`}
          error={refused[0]?.[1].error ?? new Error('nobody says why')}
        />
      ) : null}
      <LogLines
        of_all
        lines={lines}
        error={refused[0]?.[1].error ?? null}
        onRetry={() => location.reload()}
        filtered={filter.level !== '' || filter.search !== ''}
        list={list}
      />
    </>
  )
}

/** Shows nothing: reads one account's lines for the whole. */
function Reader({
  login,
  filter,
  onTold,
}: {
  login: string
  filter: LogFilter
  onTold: (told: Told) => void
}) {
  const { list, lines } = useLines(login, filter)
  const { error, hasNextPage, isFetchingNextPage } = list
  // biome-ignore lint/correctness/useExhaustiveDependencies: told when what is told changed
  useEffect(() => {
    onTold({
      lines,
      error,
      has_more: hasNextPage,
      reading: isFetchingNextPage,
      more: () => void list.fetchNextPage(),
    })
  }, [lines, error, hasNextPage, isFetchingNextPage])
  return null
}
