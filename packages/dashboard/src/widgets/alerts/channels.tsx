// The ways out: where each goes, what waits in it, and a test message.
import { Button } from '@mantine/core'
import type { ChannelName, ChannelView } from '@ngtb/sdk'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { channelsQuery, session, useAct, useSessionView } from '../../live/index.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { ErrorState, plural, StatusChip } from '../../ui/index.ts'
import styles from '../alerts.module.css'

export function Channels() {
  const channels = useQuery(channelsQuery())
  const { scopes } = useSessionView()
  const queries = useQueryClient()
  const { mutate, ...test } = useAct((channel: ChannelName) => session.alerts.test(channel), {
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['channels'] }),
  })
  const admin = scopes.includes('admin')
  const columns = useMemo(() => columnsOf(admin ? mutate : null), [admin, mutate])
  return (
    <>
      <DataTable
        title="Channels"
        context={
          channels.data ? (
            <>
              <span>{plural(channels.data.length, 'channel')} set up</span>
              {test.isSuccess ? <span role="status">A test message is on its way</span> : null}
            </>
          ) : null
        }
        columns={columns}
        rows={channels.data}
        keyOf={({ channel }) => channel}
        error={channels.error}
        onRetry={() => void channels.refetch()}
        empty={{ title: 'No channel', text: 'NGTB_ALERT_* settings set them up.' }}
      />
      {test.error ? <ErrorState error={test.error} title="No test message was sent" /> : null}
    </>
  )
}

function Standing({ of }: { of: ChannelView }) {
  if (of.error !== null && of.waiting > 0)
    return <StatusChip tone="bad" word={`${of.waiting} wait`} cause={of.error} />
  if (of.given_up > 0)
    return (
      <StatusChip tone="bad" word={`${of.given_up} given up`} cause="They were not taken for three days" />
    )
  if (of.waiting > 0)
    return (
      <StatusChip
        tone="watch"
        word={`${of.waiting} wait`}
        cause="They are on their way, or wait for the end of quiet hours"
      />
    )
  return <StatusChip tone="ok" word="nothing waits" cause="Every message was taken" />
}

function columnsOf(test: ((channel: ChannelName) => void) | null): Column<ChannelView>[] {
  const columns: Column<ChannelView>[] = [
    { id: 'channel', head: 'Channel', by: ({ channel }) => channel, cell: ({ channel }) => <b>{channel}</b> },
    { id: 'about', head: 'To', cell: ({ about }) => <span className={styles.cause}>{about}</span> },
    { id: 'least', head: 'From', cell: ({ min_severity }) => min_severity },
    { id: 'standing', head: 'Standing', cell: (channel) => <Standing of={channel} /> },
  ]
  if (test === null) return columns
  const act: Column<ChannelView> = {
    id: 'acts',
    head: 'Acts',
    cell: ({ channel }) => (
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`Send a test over ${channel}`}
        onClick={() => test(channel)}
      >
        Send a test
      </Button>
    ),
  }
  return [...columns, act]
}
