// Checks the whole ledger against its own history, and says in words what came of it.
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { accountsQuery, healthQuery, useAct, useNow, type Verdict, verifyAudit } from '../../live/index.ts'
import { DataTable } from '../../ui/data-table.tsx'
import { Ago, countText, ErrorState, Panel, plural, StatusMark, spanText } from '../../ui/index.ts'
import styles from './audit.module.css'

type Problem = Verdict['problems'][number]

export function Verify() {
  const [began_at, setBegan] = useState(0)
  const [ended_at, setEnded] = useState(0)
  const check = useAct(verifyAudit, { onSuccess: () => setEnded(Date.now()) })
  const health = useQuery({ ...healthQuery(), refetchInterval: false })
  const events = health.data?.audit_seq ?? null
  return (
    <Panel>
      <div className={styles.verify}>
        <div>
          <h2>Is the ledger whole?</h2>
          <p>
            Walks every chain and holds every row against its events: changed, deleted, inserted or cut is
            found. The server goes on meanwhile
            {events === null
              ? ''
              : `; ${countText(events)} numbers are given out, each event is looked at twice`}
            .
          </p>
        </div>
        <Button
          variant="default"
          loading={check.isPending}
          onClick={() => {
            setBegan(Date.now())
            check.mutate(undefined)
          }}
        >
          {check.data ? 'Check again' : 'Check it now'}
        </Button>
      </div>
      {check.isPending ? <Running began_at={began_at} /> : null}
      {check.error && !check.isPending ? (
        <ErrorState title="It was not checked to the end" error={check.error} />
      ) : null}
      {check.data && !check.isPending ? (
        <Outcome verdict={check.data} took_ms={ended_at - began_at} at={ended_at} />
      ) : null}
    </Panel>
  )
}

/** The server tells no steps over HTTP, so none are shown: only that it goes on, and for how long. */
function Running({ began_at }: { began_at: number }) {
  const now = useNow()
  const [long, setLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), 10_000)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div role="status" className={styles.running}>
      <div className={styles.bar} aria-hidden="true" />
      Walking the chains, {spanText(now - began_at)} so far
      {long
        ? '. A long history takes minutes; you may leave this page open and go on elsewhere in another.'
        : ''}
    </div>
  )
}

function Outcome({ verdict, took_ms, at }: { verdict: Verdict; took_ms: number; at: number }) {
  const { whole, accounts, events, problems, problem_count } = verdict
  const looked = `${plural(events, 'event')} of ${plural(accounts, 'chain')}`
  return (
    <>
      <p className={styles.verdict} data-whole={whole} role="status">
        <StatusMark tone={whole ? 'ok' : 'bad'} />
        <span>
          <b>
            {whole
              ? 'It is whole: every link holds, and every row is what its events say.'
              : `It is not whole: ${plural(problem_count, 'thing does', 'things do')} not fit.`}
          </b>{' '}
          {looked}, looked at in {spanText(took_ms)}, <Ago at={at} />.{' '}
          {whole
            ? 'Against somebody who can write the whole database only heads that were kept elsewhere help: ngtb audit anchor.'
            : 'Stop who can write the database, keep a copy of it as it is, and compare with your last backup.'}
        </span>
      </p>
      {problems.length > 0 ? <Problems problems={problems} count={problem_count} /> : null}
    </>
  )
}

function Problems({ problems, count }: { problems: readonly Problem[]; count: number }) {
  const accounts = useQuery(accountsQuery())
  const login = (id: number) =>
    id === 0
      ? 'system'
      : (accounts.data?.find(({ account_id }) => account_id === id)?.account_number ?? String(id))
  return (
    <DataTable
      title="What does not fit"
      context={
        count > problems.length
          ? `the first ${countText(problems.length)} of ${countText(count)}`
          : countText(count)
      }
      columns={[
        { id: 'account', head: 'Chain', by: (row) => row.account_id, cell: (row) => login(row.account_id) },
        {
          id: 'no',
          head: 'Event',
          right: true,
          by: (row) => row.audit_no,
          cell: (row) => countText(row.audit_no),
        },
        {
          id: 'subject',
          head: 'About',
          cell: (row) => <span className={styles.cut}>{row.subject ?? '—'}</span>,
        },
        { id: 'reason', head: 'What is wrong', cell: (row) => <span title={row.reason}>{row.reason}</span> },
      ]}
      rows={problems}
      keyOf={(row) => `${row.account_id} ${row.audit_no} ${row.subject} ${row.field} ${row.reason}`}
      empty={{ title: 'Nothing' }}
    />
  )
}
