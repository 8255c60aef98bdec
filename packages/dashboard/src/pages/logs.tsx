// What this account's EA logs, live.
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { accountQuery } from '../live/index.ts'
import { Page } from '../ui/index.ts'
import { FilterBar, Pick, Typed, useFilters } from '../widgets/filters.tsx'
import { LEVELS, LogLines, useLines } from '../widgets/logs/log-lines.tsx'

const NAMES = ['level', 'search'] as const

export default function Logs() {
  const { login = '' } = useParams({ strict: false }) as { login?: string }
  const [filter, change] = useFilters(NAMES)
  const account = useQuery(accountQuery(login))
  const { list, lines } = useLines(login, filter)
  return (
    <Page title="Logs" context={`What the EA of account ${login} logs · UTC`}>
      <FilterBar label="Filter the log">
        <Pick label="Level" value={filter.level} options={LEVELS} onChange={(level) => change({ level })} />
        <Typed
          label="Search the messages"
          wide
          value={filter.search}
          onChange={(search) => change({ search })}
        />
      </FilterBar>
      <LogLines
        key={`${login} ${filter.level} ${filter.search}`}
        lines={lines}
        error={list.error}
        onRetry={() => void list.refetch()}
        filtered={filter.level !== '' || filter.search !== ''}
        offset={account.data?.connection.broker_offset_minutes}
        list={list}
      />
    </Page>
  )
}
