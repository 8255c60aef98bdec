// Sessions that are alive: one's own, or everybody's; each can be ended.
import { Button } from '@mantine/core'
import type { SessionRowView } from '@ngtb/protocol'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { agentName, session, sessionsQuery, useAct } from '../../live/index.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Ago, ErrorState, plural } from '../../ui/index.ts'
import styles from './settings.module.css'

export function Sessions({ of }: { of?: 'all' }) {
  const sessions = useQuery(sessionsQuery(of))
  const queries = useQueryClient()
  const { mutate, ...end } = useAct((session_id: string) => session.endSession(session_id), {
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['sessions'] }),
  })
  const columns = useMemo(() => columnsOf(of === 'all', mutate), [of, mutate])
  return (
    <>
      <DataTable
        title={of === 'all' ? 'Sessions of everybody' : 'Your sessions'}
        context={
          sessions.data ? (
            <>
              <span>{plural(sessions.data.length, 'session')} alive</span>
              <span>each ends half an hour after its last request, and twelve hours after the login</span>
              <span>
                read <Ago at={sessions.dataUpdatedAt} />
              </span>
            </>
          ) : null
        }
        columns={columns}
        rows={sessions.data}
        keyOf={keyOf}
        error={sessions.error}
        onRetry={() => void sessions.refetch()}
        sorted_by={{ id: 'seen', desc: true }}
        empty={{ title: 'No session' }}
      />
      {end.error ? <ErrorState error={end.error} title="The session goes on" /> : null}
    </>
  )
}

const keyOf = ({ session_id }: SessionRowView): string => session_id

function columnsOf(names: boolean, end: (session_id: string) => void): Column<SessionRowView>[] {
  const name: Column<SessionRowView> = {
    id: 'name',
    head: 'Name',
    by: (row) => row.name,
    cell: (row) => <b>{row.name}</b>,
  }
  return [
    ...(names ? [name] : []),
    {
      id: 'agent',
      head: 'Browser',
      by: ({ agent }) => agentName(agent),
      cell: ({ agent, current }) => (
        <span title={agent}>
          {agentName(agent)} {current ? <b className={styles.quiet}>this one</b> : null}
        </span>
      ),
    },
    {
      id: 'address',
      head: 'From',
      by: ({ address }) => address,
      cell: ({ address }) => <code>{address}</code>,
    },
    {
      id: 'seen',
      head: 'Last request',
      by: ({ last_seen_at }) => last_seen_at,
      cell: ({ last_seen_at }) => <Ago at={last_seen_at} />,
    },
    {
      id: 'begun',
      head: 'Logged in',
      wide_only: true,
      by: ({ created_at }) => created_at,
      cell: ({ created_at }) => <Ago at={created_at} />,
    },
    {
      id: 'acts',
      head: 'Acts',
      cell: (row) =>
        row.current ? (
          <span className={styles.quiet}>log out in your menu</span>
        ) : (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`End the session of ${row.name} from ${row.address}`}
            onClick={() => end(row.session_id)}
          >
            End it
          </Button>
        ),
    },
  ]
}
