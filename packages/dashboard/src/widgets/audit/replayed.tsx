// What a replay of an account told: what was open and unsettled then, its heads, and where today's rows differ.
import type { AccountReplayView } from '@ngtb/protocol'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { statusWord } from '../../live/index.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Ago, countText, Figure, FigureOf, Figures, Panel, plural, StatusMark } from '../../ui/index.ts'
import styles from './audit.module.css'

type Fields = Readonly<Record<string, unknown>>
type Departure = AccountReplayView['departures'][number]

export function Replayed({
  replay,
  past,
  login,
}: {
  replay: AccountReplayView
  past: boolean
  login: string
}) {
  const { state, events, last, departures } = replay
  const columns = useMemo(
    () => ({
      trades: columnsOf(TRADE),
      orders: columnsOf(ORDER),
      commands: [commandId(login), ...columnsOf(COMMAND)],
      departures: DEPARTURES,
    }),
    [login],
  )
  return (
    <>
      <Figures>
        <FigureOf name="Open trades">{countText(state.trades.length)}</FigureOf>
        <FigureOf name="Pending orders">{countText(state.orders.length)}</FigureOf>
        <FigureOf name="Unsettled commands">{countText(state.commands.length)}</FigureOf>
        <FigureOf name="Commands so far" note={statusNote(state.commands_by_status)}>
          {countText(Object.values(state.commands_by_status).reduce((sum, count) => sum + count, 0))}
        </FigureOf>
        <FigureOf name="Events folded" note={last ? `the last: ${last.kind} by ${last.actor}` : 'none'}>
          {countText(events)}
        </FigureOf>
        <FigureOf name="Last event" note={last ? `seq ${countText(last.seq)}` : undefined}>
          {last ? <Ago at={last.at} /> : '—'}
        </FigureOf>
      </Figures>
      <DataTable
        title="Open trades then"
        context={plural(state.trades.length, 'trade')}
        columns={columns.trades}
        rows={state.trades}
        keyOf={ticketOf}
        empty={{ title: 'No trade was open' }}
      />
      <DataTable
        title="Pending orders then"
        context={plural(state.orders.length, 'order')}
        columns={columns.orders}
        rows={state.orders}
        keyOf={ticketOf}
        empty={{ title: 'No order was waiting' }}
      />
      <DataTable
        title="Unsettled commands then"
        context={plural(state.commands.length, 'command')}
        columns={columns.commands}
        rows={state.commands}
        keyOf={(row) => text(row.command_id)}
        empty={{ title: 'No command was under way or unknown' }}
      />
      <Panel>
        <h2>What the account was</h2>
        <div className={styles.heads}>
          <Head title="Account" fields={state.account} />
          <Head title="Connection" fields={state.connection} />
          {state.keys.map((key) => (
            <Head key={text(key.key_id)} title={`Key ${text(key.key_id)}`} fields={key} />
          ))}
        </div>
      </Panel>
      {past ? null : (
        <p className={styles.verdict} data-whole={departures.length === 0}>
          <StatusMark tone={departures.length === 0 ? 'ok' : 'bad'} />
          <span>
            {departures.length === 0
              ? 'Today’s rows are what their events say.'
              : 'Today’s rows are not what their events say: they were changed behind the server.'}
          </span>
        </p>
      )}
      {past || departures.length > 0 ? (
        <DataTable
          title={past ? 'What is different today' : 'What does not fit'}
          context={plural(departures.length, 'difference')}
          columns={columns.departures}
          rows={departures}
          keyOf={(row) => `${row.what} ${row.subject} ${row.field}`}
          empty={{ title: 'Nothing has changed since' }}
        />
      ) : null}
    </>
  )
}

const text = (value: unknown): string =>
  value === null || value === undefined || value === ''
    ? '—'
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value)
const ticketOf = (row: Fields): string => text(row.ticket)

const statusNote = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([status, count]) => `${count} ${statusWord(status)}`)
    .join(', ') || 'none'

/** A column of the replay: its field, its head, and whether it is a figure. */
type Told = readonly [field: string, head: string, right?: boolean]
const TRADE: readonly Told[] = [
  ['ticket', 'Ticket', true],
  ['symbol', 'Symbol'],
  ['direction', 'Side'],
  ['volume', 'Lots', true],
  ['open_price', 'Open price', true],
  ['sl', 'SL', true],
  ['tp', 'TP', true],
  ['source', 'From'],
  ['command_id', 'Command'],
]
const ORDER: readonly Told[] = [
  ['ticket', 'Ticket', true],
  ['symbol', 'Symbol'],
  ['order_type', 'Type'],
  ['volume', 'Lots', true],
  ['price', 'Price', true],
  ['sl', 'SL', true],
  ['tp', 'TP', true],
  ['command_id', 'Command'],
]
const COMMAND: readonly Told[] = [
  ['command_no', 'No.', true],
  ['type', 'Type'],
  ['status', 'Status'],
  ['attempt', 'Attempts', true],
  ['payload', 'Payload'],
]

const columnsOf = (columns: readonly Told[]): Column<Fields>[] =>
  columns.map(([field, head, right = false]) => ({
    id: field,
    head,
    right,
    by: (row) => {
      const value = row[field]
      return typeof value === 'number' ? value : text(value)
    },
    cell: (row) => (
      <Figure>
        <span className={styles.cut}>
          {field === 'status' ? statusWord(text(row[field])) : text(row[field])}
        </span>
      </Figure>
    ),
  }))

const commandId = (login: string): Column<Fields> => ({
  id: 'id',
  head: 'Command',
  cell: (row) => (
    <Link
      to={'/accounts/$login/commands/$command_id' as never}
      params={{ login, command_id: text(row.command_id) } as never}
    >
      {text(row.command_id).slice(0, 18)}
    </Link>
  ),
})

const DEPARTURES: Column<Departure>[] = [
  { id: 'what', head: 'What', by: ({ what }) => what, cell: ({ what }) => what },
  {
    id: 'subject',
    head: 'About',
    by: ({ subject }) => subject,
    cell: ({ subject }) => <span className={styles.cut}>{subject ?? 'the account'}</span>,
  },
  { id: 'field', head: 'Field', by: ({ field }) => field, cell: ({ field }) => field ?? 'all of it' },
  { id: 'told', head: 'Then', cell: ({ told }) => <span className={styles.data}>{text(told)}</span> },
  { id: 'is', head: 'Today', cell: ({ is }) => <span className={styles.data}>{text(is)}</span> },
]

function Head({ title, fields }: { title: string; fields: Fields }) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <dl className={styles.pairs}>
        {Object.entries(fields).map(([field, value]) => (
          <Pair key={field} field={field} value={text(value)} />
        ))}
      </dl>
    </section>
  )
}

const Pair = ({ field, value }: { field: string; value: string }) => (
  <>
    <dt>{field.replaceAll('_', ' ')}</dt>
    <dd>{value}</dd>
  </>
)
