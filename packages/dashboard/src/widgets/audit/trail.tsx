// The audit trail, newest first: who did what, when; a row opens to what it carries and to its link in the chain.
import { Modal } from '@mantine/core'
import type { AuditView } from '@ngtb/sdk'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { accountsQuery, auditQuery } from '../../live/index.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Ago, countText, msOf, plural, utcText } from '../../ui/index.ts'
import { FilterBar, Pick, Typed, useFilters, WINDOW_CHOICES } from '../filters.tsx'
import { More } from '../more.tsx'
import styles from './audit.module.css'

const NAMES = ['kind', 'subject', 'actor', 'since'] as const
const KINDS = [
  { value: '', label: 'Any kind' },
  ...[
    'command',
    'trade',
    'order',
    'connection',
    'account',
    'key',
    'person',
    'session',
    'policy',
    'enrolment',
    'sync',
    'time',
  ].map((noun) => ({ value: `${noun}.*`, label: `${noun}.…` })),
]

/** @param account null: every chain and the system's own */
export function Trail({ account, offset }: { account: string | null; offset?: number | undefined }) {
  const [filters, change] = useFilters(NAMES)
  const list = useInfiniteQuery(auditQuery(account, filters))
  const accounts = useQuery(accountsQuery())
  const [opened, setOpened] = useState<AuditView | null>(null)
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data])
  const logins = useMemo(
    () => new Map(accounts.data?.map(({ account_id, account_number }) => [account_id, account_number])),
    [accounts.data],
  )
  const columns = useMemo(
    () => columnsOf(account === null ? logins : null, offset),
    [account, logins, offset],
  )
  // A kind that the list does not have may stand in the address.
  const kinds = KINDS.some(({ value }) => value === filters.kind)
    ? KINDS
    : [...KINDS, { value: filters.kind, label: filters.kind }]
  return (
    <>
      <FilterBar label="Filter the audit trail">
        <Pick label="Kind" value={filters.kind} options={kinds} onChange={(kind) => change({ kind })} />
        <Typed
          label="Actor, e.g. person:ada"
          value={filters.actor}
          onChange={(actor) => change({ actor })}
          wide
        />
        <Typed
          label="Subject: command, ticket, key"
          value={filters.subject}
          onChange={(subject) => change({ subject })}
          wide
        />
        <Pick
          label="Since"
          value={filters.since}
          options={WINDOW_CHOICES}
          onChange={(since) => change({ since })}
        />
      </FilterBar>
      <div>
        <DataTable
          title="Events"
          title_hidden
          context={
            rows ? (
              <>
                <span>
                  {plural(rows.length, 'event')}
                  {list.hasNextPage ? ', older ones not read yet' : ''}
                </span>
                {rows[0] ? <span>newest seq {countText(rows[0].seq)}</span> : null}
                <span>
                  read <Ago at={list.dataUpdatedAt} />
                </span>
              </>
            ) : null
          }
          columns={columns}
          rows={rows}
          keyOf={keyOf}
          error={list.error}
          onRetry={() => void list.refetch()}
          onOpen={setOpened}
          height_max={720}
          empty={{
            title: 'No event fits',
            text: 'Actor and subject must be whole: person:ada, key:ID, ea, server; a command’s id, a ticket.',
          }}
        />
        <More list={list} what="events" />
      </div>
      <Modal
        opened={opened !== null}
        onClose={() => setOpened(null)}
        title={opened?.kind ?? ''}
        size="lg"
        data-ngt-modal
      >
        {opened ? <Event event={opened} login={logins.get(opened.account_id)} /> : null}
      </Modal>
    </>
  )
}

const keyOf = ({ seq }: AuditView): string => String(seq)

/** @param logins null: all of one account */
function columnsOf(
  logins: ReadonlyMap<number, string> | null,
  offset: number | undefined,
): Column<AuditView>[] {
  const whose: Column<AuditView>[] = logins
    ? [
        {
          id: 'account',
          head: 'Account',
          by: ({ account_id }) => account_id,
          cell: ({ account_id }) => (account_id === 0 ? 'system' : (logins.get(account_id) ?? account_id)),
        },
      ]
    : []
  return [
    { id: 'seq', head: 'Seq', right: true, by: ({ seq }) => seq, cell: ({ seq }) => countText(seq) },
    {
      id: 'at',
      head: 'When',
      right: true,
      by: ({ at }) => msOf(at),
      cell: ({ at }) => <Ago at={at} broker_offset_minutes={offset} />,
    },
    ...whose,
    { id: 'kind', head: 'What', by: ({ kind }) => kind, cell: ({ kind }) => <b>{kind}</b> },
    { id: 'actor', head: 'Who', by: ({ actor }) => actor, cell: ({ actor }) => actor },
    {
      id: 'subject',
      head: 'About',
      by: ({ subject }) => subject,
      cell: ({ subject }) => <span className={styles.cut}>{subject ?? '—'}</span>,
    },
    {
      id: 'data',
      head: 'Carries',
      wide_only: true,
      cell: ({ data }) => <span className={styles.data}>{JSON.stringify(data)}</span>,
    },
    { id: 'hash', head: 'Hash', wide_only: true, cell: ({ hash }) => <code>{hash.slice(0, 10)}</code> },
  ]
}

function Event({ event, login }: { event: AuditView; login: string | undefined }) {
  const { seq, account_id, audit_no, at, kind, actor, subject, data, prev_hash, hash } = event
  return (
    <div className={styles.event}>
      <dl className={styles.pairs}>
        <dt>When</dt>
        <dd>{utcText(msOf(at) ?? 0)}</dd>
        <dt>Who</dt>
        <dd>{actor}</dd>
        <dt>About</dt>
        <dd>
          {subject === null ? '—' : null}
          {subject !== null && kind.startsWith('command.') && login ? (
            <Link
              to={'/accounts/$login/commands/$command_id' as never}
              params={{ login, command_id: subject } as never}
            >
              {subject}
            </Link>
          ) : (
            subject
          )}
        </dd>
        <dt>Chain</dt>
        <dd>
          {account_id === 0 ? 'the system' : (login ?? `account ${account_id}`)}, event {countText(audit_no)}{' '}
          · seq {countText(seq)}
        </dd>
        <dt>Hash</dt>
        <dd>
          <code>{hash}</code>
        </dd>
        <dt>Before it</dt>
        <dd>
          <code>{prev_hash}</code>
        </dd>
      </dl>
      <h3>Carries</h3>
      <pre>{JSON.stringify(data, null, 2)}</pre>
    </div>
  )
}
