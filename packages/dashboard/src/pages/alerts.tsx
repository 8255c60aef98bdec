// Alerts: those that stand, whoever has seen them, the ways out, what is over; and below, what the conditions say now.
import type { AlertView } from '@ngtb/sdk'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import {
  accountsQuery,
  alertsQuery,
  type Finding,
  findingsOf,
  healthQuery,
  session,
  useAct,
  useSessionView,
} from '../live/index.ts'
import { type Column, DataTable } from '../ui/data-table.tsx'
import { Ago, ErrorState, msOf, Page, plural, StatusChip } from '../ui/index.ts'
import { type AlertWord, HISTORY, openColumns } from '../widgets/alerts/alert-columns.tsx'
import { Channels } from '../widgets/alerts/channels.tsx'
import styles from '../widgets/alerts.module.css'
import { Conditions } from '../widgets/conditions.tsx'

export default function Alerts() {
  const open = useQuery(alertsQuery('open'))
  const unseen = open.data?.filter(({ state }) => state === 'active').length ?? 0
  return (
    <Page
      title="Alerts"
      context={
        open.data ? (
          <>
            {open.data.length === 0
              ? 'No alert stands'
              : `${plural(open.data.length, 'alert')}, ${unseen} not seen`}{' '}
            · read <Ago at={open.dataUpdatedAt} />
          </>
        ) : (
          'Reading the alerts'
        )
      }
    >
      <Standing />
      <Channels />
      <Over />
      <Now />
    </Page>
  )
}

const keyOf = ({ alert_id }: AlertView): string => alert_id

/** Not cleared: active, or acknowledged. */
function Standing() {
  const open = useQuery(alertsQuery('open'))
  const { scopes } = useSessionView()
  const queries = useQueryClient()
  const { mutate, error } = useAct(
    ({ word, alert }: { word: AlertWord; alert: AlertView }) => session.alerts[word](alert.alert_id),
    { onSuccess: () => void queries.invalidateQueries({ queryKey: ['alerts'] }) },
  )
  const may = scopes.includes('alerts:write') || scopes.includes('admin')
  const columns = useMemo(
    () => openColumns(may ? (word, alert) => mutate({ word, alert }) : null),
    [may, mutate],
  )
  return (
    <>
      <DataTable
        title="Standing"
        context={open.data ? plural(open.data.length, 'alert') : null}
        columns={columns}
        rows={open.data}
        keyOf={keyOf}
        error={open.error}
        onRetry={() => void open.refetch()}
        empty={{
          title: 'No alert stands',
          text: 'What is not in order is here within a minute, and told over the channels.',
        }}
      />
      {error ? <ErrorState error={error} title="The alert is as it was" /> : null}
    </>
  )
}

function Over() {
  const cleared = useQuery(alertsQuery('cleared'))
  return (
    <DataTable
      title="Over"
      context={cleared.data ? `the newest ${cleared.data.length}` : null}
      columns={HISTORY}
      rows={cleared.data}
      keyOf={keyOf}
      error={cleared.error}
      onRetry={() => void cleared.refetch()}
      empty={{ title: 'None yet', text: 'Alerts that were cleared stay here for 90 days.' }}
    />
  )
}

/** What the conditions say, alert or none. */
function Now() {
  const accounts = useQuery(accountsQuery())
  const health = useQuery(healthQuery())
  const rows = useMemo(
    () => (accounts.data ? findingsOf(accounts.data, health.data) : undefined),
    [accounts.data, health.data],
  )
  return (
    <>
      {health.error && !health.data ? (
        <ErrorState
          title="The system’s own state could not be read; only accounts are shown"
          error={health.error}
          onRetry={() => void health.refetch()}
        />
      ) : null}
      <DataTable
        title="Conditions not in order now"
        context={rows ? plural(rows.length, 'finding') : null}
        columns={COLUMNS}
        rows={rows}
        keyOf={({ key }) => key}
        error={accounts.error}
        onRetry={() => void accounts.refetch()}
        empty={{
          title: 'All is in order',
          text: 'EA links, broker links, trading, quotes, trades and ledgers of all accounts, database and server.',
        }}
      />
      {accounts.data?.map(({ account_number, broker, connection }) => (
        <section key={account_number} aria-label={`Conditions of account ${account_number}`}>
          <h2>
            <Link to="/accounts/$login" params={{ login: account_number }} className={styles.login}>
              {account_number}
            </Link>{' '}
            <span className={styles.broker}>{broker}</span>
          </h2>
          <Conditions conditions={connection.conditions} />
        </section>
      ))}
    </>
  )
}

const COLUMNS: Column<Finding>[] = [
  {
    id: 'status',
    head: 'Status',
    cell: ({ tone, word, cause, since }) => (
      <StatusChip tone={tone} word={word} cause={cause} since={since} />
    ),
  },
  { id: 'what', head: 'What', by: ({ what }) => what, cell: ({ what }) => <b>{what}</b> },
  {
    id: 'account',
    head: 'Account',
    by: ({ account }) => account,
    cell: ({ account, what }) =>
      account === null ? (
        'system'
      ) : what === 'Commands' ? (
        <Link
          to={'/accounts/$login/commands' as never}
          params={{ login: account } as never}
          search={{ status: 'timeout' } as never}
        >
          {account}
        </Link>
      ) : (
        <Link to="/accounts/$login" params={{ login: account }}>
          {account}
        </Link>
      ),
  },
  {
    id: 'since',
    head: 'Since',
    right: true,
    by: ({ since }) => msOf(since),
    cell: ({ since }) => (since === null ? 'not known' : <Ago at={since} />),
  },
  { id: 'cause', head: 'Cause', cell: ({ cause }) => <span className={styles.cause}>{cause}</span> },
]
