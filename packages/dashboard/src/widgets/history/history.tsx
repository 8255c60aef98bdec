// Health, latency and money of an account, and how the system did, over a chosen span.
import type { AccountHistoryView, SystemHistoryView } from '@ngtb/protocol'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useMemo, useState } from 'react'
import {
  accountHistoryQuery,
  accountsQuery,
  columnsOf,
  SPANS,
  type SpanName,
  systemHistoryQuery,
} from '../../live/index.ts'
import {
  bytesText,
  countText,
  ErrorState,
  moneyText,
  msText,
  SkeletonRows,
  spanText,
} from '../../ui/index.ts'
import { FilterBar, Pick } from '../filters.tsx'
import Chart, { type ChartLine } from './chart.tsx'
import styles from './history.module.css'

type AccountPoint = AccountHistoryView['points'][number]
type SystemPoint = SystemHistoryView['points'][number]

interface Drawing<Point> {
  readonly title: string
  readonly lines: readonly (ChartLine & { readonly of: (point: Point) => number | null })[]
  readonly text: (value: number | null) => string
  readonly range?: readonly [number, number]
}

const whole = (value: number | null): string => countText(value === null ? null : Math.round(value))
const rate = (value: number | null): string =>
  value === null ? '—' : value < 10 ? `${Number(value.toFixed(2))}` : whole(value)
const money = (value: number | null): string => moneyText(value)
const share = (value: number | null): string => (value === null ? '—' : `${Math.round(value * 100)} %`)

const ACCOUNT: readonly Drawing<AccountPoint>[] = [
  {
    title: 'Equity and balance',
    text: money,
    lines: [
      { name: 'Equity', colour: 'accent', of: ({ equity }) => equity },
      { name: 'Balance', colour: 'soft', dashed: true, of: ({ balance }) => balance },
    ],
  },
  {
    title: 'Health score',
    text: whole,
    range: [0, 105],
    lines: [{ name: 'Score', colour: 'accent', of: ({ health_score }) => health_score }],
  },
  {
    title: 'EA connected',
    text: share,
    range: [0, 1.05],
    lines: [{ name: 'Share of the time', colour: 'accent', of: ({ connected }) => connected }],
  },
  {
    title: 'Latency of commands',
    text: msText,
    lines: [
      { name: 'Half within', colour: 'accent', of: ({ command_latency_p50_ms }) => command_latency_p50_ms },
      {
        name: '99 % within',
        colour: 'loss',
        dashed: true,
        of: ({ command_latency_p99_ms }) => command_latency_p99_ms,
      },
    ],
  },
  {
    title: 'Latency of heartbeats',
    text: msText,
    lines: [{ name: 'Mean', colour: 'accent', of: ({ heartbeat_latency_ms }) => heartbeat_latency_ms }],
  },
  {
    title: 'Exposure',
    text: rate,
    lines: [
      { name: 'Open lots', colour: 'accent', of: ({ open_volume }) => open_volume },
      { name: 'Positions', colour: 'gain', dashed: true, of: ({ open_positions }) => open_positions },
    ],
  },
]

const SYSTEM: readonly Drawing<SystemPoint>[] = [
  {
    title: 'Ticks a second',
    text: rate,
    lines: [{ name: 'Ticks', colour: 'accent', of: ({ ticks_per_s }) => ticks_per_s }],
  },
  {
    title: 'Commands a second',
    text: rate,
    lines: [
      { name: 'Created', colour: 'accent', of: ({ commands_created_per_s }) => commands_created_per_s },
      {
        name: 'Settled',
        colour: 'gain',
        dashed: true,
        of: ({ commands_settled_per_s }) => commands_settled_per_s,
      },
    ],
  },
  {
    title: 'Commands not settled',
    text: whole,
    lines: [{ name: 'Commands', colour: 'accent', of: ({ commands_unsettled }) => commands_unsettled }],
  },
  {
    title: 'Database commit',
    text: msText,
    lines: [
      { name: 'Mean', colour: 'accent', of: ({ commit_ms }) => commit_ms },
      { name: 'Longest', colour: 'loss', dashed: true, of: ({ commit_max_ms }) => commit_max_ms },
    ],
  },
  {
    title: 'Event loop',
    text: msText,
    lines: [{ name: '99 % within', colour: 'accent', of: ({ event_loop_p99_ms }) => event_loop_p99_ms }],
  },
  {
    title: 'Memory and database',
    text: bytesText,
    lines: [
      { name: 'Memory', colour: 'accent', of: ({ memory_bytes }) => memory_bytes },
      { name: 'Database', colour: 'gain', dashed: true, of: ({ database_bytes }) => database_bytes },
    ],
  },
]

const SPAN_CHOICES = (Object.keys(SPANS) as SpanName[]).map((value) => ({ value, label: `Last ${value}` }))

/** @param account the login whose history is shown first; left out: the one chosen above the charts, else the system */
export default function History({ account: fixed }: { account?: string | undefined }) {
  const accounts = useQuery(accountsQuery())
  const [span, setSpan] = useState<SpanName>('24 h')
  const [chosen, setChosen] = useState<string | null>(null)
  const logins = accounts.data?.map(({ account_number }) => account_number) ?? []
  const whose = fixed ?? chosen ?? logins[0] ?? ''
  return (
    <section aria-label="History">
      <div className={styles.head}>
        <h2>History</h2>
        <FilterBar label="Which history">
          {fixed === undefined ? (
            <Pick
              label="Of"
              value={whose}
              options={[
                ...logins.map((value) => ({ value, label: `Account ${value}` })),
                { value: '', label: 'The system' },
              ]}
              onChange={setChosen}
            />
          ) : null}
          <Pick
            label="Span"
            value={span}
            options={SPAN_CHOICES}
            onChange={(value) => setSpan(value as SpanName)}
          />
        </FilterBar>
      </div>
      {whose === '' ? <OfSystem span={span} /> : <OfAccount key={whose} account={whose} span={span} />}
    </section>
  )
}

function OfAccount({ account, span }: { account: string; span: SpanName }) {
  const history = useQuery(accountHistoryQuery(account, span))
  return <Drawn history={history} drawings={ACCOUNT} />
}

function OfSystem({ span }: { span: SpanName }) {
  const history = useQuery(systemHistoryQuery(span))
  return <Drawn history={history} drawings={SYSTEM} />
}

interface Told<Point> {
  readonly data: { from: string; to: string; step_ms: number; points: Point[] } | undefined
  readonly error: Error | null
  refetch(): unknown
}

function Drawn<Point extends { at: string }>({
  history: { data, error, refetch },
  drawings,
}: {
  history: Told<Point>
  drawings: readonly Drawing<Point>[]
}): ReactNode {
  if (!data)
    return error ? (
      <ErrorState error={error} onRetry={() => void refetch()} />
    ) : (
      <SkeletonRows columns={3} label="History: loading" />
    )
  return (
    <>
      <p className={styles.told}>
        {countText(data.points.length)} points, {spanText(data.step_ms)} or more apart · UTC
      </p>
      <div className={styles.charts}>
        {drawings.map((drawing) => (
          <OneChart key={drawing.title} drawing={drawing} data={data} />
        ))}
      </div>
    </>
  )
}

function OneChart<Point extends { at: string }>({
  drawing: { title, lines, text, range },
  data,
}: {
  drawing: Drawing<Point>
  data: NonNullable<Told<Point>['data']>
}) {
  const columns = useMemo(
    () =>
      columnsOf(
        data.points,
        lines.map(({ of }) => of),
        data.step_ms,
      ),
    [data, lines],
  )
  const from = Date.parse(data.from) / 1_000
  const to = Date.parse(data.to) / 1_000
  const span = useMemo(() => [from, to] as const, [from, to])
  return (
    <Chart
      title={title}
      lines={lines}
      columns={columns}
      text={text}
      span={span}
      {...(range ? { range } : {})}
    />
  )
}
