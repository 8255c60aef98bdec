// How the server does now: what flows through it, what waits, and what it stands on.
import type { SystemHealthView } from '@ngtb/protocol'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { healthQuery, systemStandings } from '../live/index.ts'
import { type Column, DataTable } from '../ui/data-table.tsx'
import {
  Ago,
  bytesText,
  countText,
  ErrorState,
  FigureOf,
  Figures,
  msOf,
  msText,
  SkeletonRows,
  StatusChip,
} from '../ui/index.ts'
import styles from './system-health.module.css'

type Queue = SystemHealthView['queues']['accounts'][number]

export default function SystemHealth() {
  const health = useQuery(healthQuery())
  const { data } = health
  return (
    <section aria-label="System" className={styles.system}>
      <div className={styles.head}>
        <h2>System</h2>
        {data ? (
          <>
            <ul className={styles.chips} aria-label="Conditions of the system">
              {systemStandings(data).map(({ key, what, word, tone, since, cause }) => (
                <li key={key}>
                  <StatusChip tone={tone} label={what} word={word} since={since} cause={cause} />
                </li>
              ))}
            </ul>
            <span className={styles.told}>
              {data.version} · started <Ago at={data.started_at} /> · read <Ago at={health.dataUpdatedAt} />
            </span>
          </>
        ) : null}
      </div>
      {data ? (
        <>
          <Now health={data} />
          <DataTable
            title="Queues"
            context={<span>{countText(data.queues.accounts.length)} accounts, what waits comes first</span>}
            columns={COLUMNS}
            rows={data.queues.accounts}
            keyOf={({ account_number }) => account_number}
            sorted_by={{ id: 'undelivered', desc: true }}
            height_max={260}
            empty={{ title: 'No account, no queue' }}
          />
        </>
      ) : health.error ? (
        <ErrorState error={health.error} onRetry={() => void health.refetch()} />
      ) : (
        <SkeletonRows columns={6} label="System: loading" />
      )}
    </section>
  )
}

const perSecond = (rate: number): string =>
  rate < 10 ? String(Number(rate.toFixed(2))) : countText(Math.round(rate))

function Now({ health: { last_minute, queues, database, process, sockets } }: { health: SystemHealthView }) {
  const { total } = queues
  return (
    <Figures>
      <FigureOf name="Ticks a second" note="mean of the last minute">
        {perSecond(last_minute.ticks_per_s)}
      </FigureOf>
      <FigureOf name="Commands a second" note={`${perSecond(last_minute.commands_settled_per_s)} settled`}>
        {perSecond(last_minute.commands_created_per_s)}
      </FigureOf>
      <FigureOf
        name="Commands waiting"
        note={`${countText(total.executing)} at an EA, ${countText(total.retrying)} to be repeated`}
      >
        {countText(total.undelivered)}
      </FigureOf>
      <FigureOf name="Outcome unknown" note={total.unknown === 0 ? 'none' : 'see Alerts'}>
        {countText(total.unknown)}
      </FigureOf>
      <FigureOf
        name="Database"
        note={`${database.kind}, ${bytesText(database.size_bytes)}, commit ${msText(database.commit_ms)}`}
      >
        {database.up ? msText(database.latency_ms) : 'away'}
      </FigureOf>
      <FigureOf
        name="Event loop"
        note={`99 % within; ${bytesText(process.memory_bytes)} of memory, ${countText(sockets.ea_push)} pushed to`}
      >
        {msText(process.event_loop_p99_ms)}
      </FigureOf>
    </Figures>
  )
}

const depth = (id: 'undelivered' | 'retrying' | 'executing' | 'unknown', head: string): Column<Queue> => ({
  id,
  head,
  right: true,
  by: (row) => row[id],
  cell: (row) => countText(row[id]),
})

const COLUMNS: Column<Queue>[] = [
  {
    id: 'account',
    head: 'Account',
    by: ({ account_number }) => account_number,
    cell: ({ account_number }) => (
      <Link to={'/accounts/$login/commands' as never} params={{ login: account_number } as never}>
        {account_number}
      </Link>
    ),
  },
  depth('undelivered', 'Waiting'),
  depth('retrying', 'Again'),
  depth('executing', 'At the EA'),
  depth('unknown', 'Unknown'),
  {
    id: 'oldest',
    head: 'Waits longest',
    right: true,
    by: ({ oldest_undelivered_at }) => msOf(oldest_undelivered_at),
    cell: ({ oldest_undelivered_at }) =>
      oldest_undelivered_at === null ? 'nothing' : <Ago at={oldest_undelivered_at} />,
  },
]
