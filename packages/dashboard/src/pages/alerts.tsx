// What is not in order now, of all accounts and of the system. Rules, notices and their history are not there yet, and
// nothing here pretends that they are: a condition that passed is not remembered on this page, but in the audit trail.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { accountsQuery, type Finding, findingsOf, healthQuery } from '../live/index.ts'
import { Ago, type Column, DataTable, ErrorState, msOf, Page, plural, StatusChip } from '../ui/index.ts'
import styles from '../widgets/alerts.module.css'
import { Conditions } from '../widgets/conditions.tsx'

export default function Alerts() {
  const accounts = useQuery(accountsQuery())
  const health = useQuery(healthQuery())
  const rows = useMemo(
    () => (accounts.data ? findingsOf(accounts.data, health.data) : undefined),
    [accounts.data, health.data],
  )
  const bad = rows?.filter(({ tone }) => tone === 'bad').length ?? 0
  return (
    <Page
      title="Alerts"
      context={
        rows ? (
          <>
            {rows.length === 0 ? 'All in order' : `${plural(rows.length, 'finding')}, ${bad} of them bad`} ·
            of {plural(accounts.data?.length ?? 0, 'account')} and the system · read{' '}
            <Ago at={accounts.dataUpdatedAt} />
          </>
        ) : (
          'Reading the conditions'
        )
      }
    >
      <p className={styles.honest}>
        This page shows what holds now. Nobody is notified yet, and what has passed is not kept here: rules
        that watch and notify come with a later version. Until then the audit trail tells what was when.
      </p>
      {health.error && !health.data ? (
        <ErrorState
          title="The system’s own state could not be read; only accounts are shown"
          error={health.error}
          onRetry={() => void health.refetch()}
        />
      ) : null}
      <DataTable
        title="Not in order now"
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
    </Page>
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
