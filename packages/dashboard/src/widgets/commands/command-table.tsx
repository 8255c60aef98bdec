// The commands of an account, live and filtered; a row opens the command's life.
import { COMMAND_STATUSES, COMMANDS } from '@ngtb/protocol'
import type { CommandView } from '@ngtb/sdk'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { commandsQuery, intentText, statusWord } from '../../live/index.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Ago, Figure, msOf, msText, plural } from '../../ui/index.ts'
import { FilterBar, Pick, Toggles, Typed, useFilters, WINDOW_CHOICES } from '../filters.tsx'
import { More } from '../more.tsx'
import { CommandStatusChip } from './command-status.tsx'
import styles from './commands.module.css'

const NAMES = ['status', 'type', 'symbol', 'since'] as const
const STATUSES = COMMAND_STATUSES.map((value) => ({ value, label: statusWord(value) }))
const TYPES = [
  { value: '', label: 'Any type' },
  ...Object.keys(COMMANDS).map((value) => ({ value, label: value })),
]

export function CommandTable({ account, offset }: { account: string; offset: number | undefined }) {
  const [filters, change] = useFilters(NAMES)
  const list = useInfiniteQuery(commandsQuery(account, filters))
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data])
  const columns = useMemo(() => columnsOf(offset), [offset])
  const navigate = useNavigate()
  const under_way = rows?.filter(({ status }) => status === 'pending' || status === 'executing').length ?? 0
  const unknown = rows?.filter(({ status }) => status === 'timeout').length ?? 0
  const filtered = NAMES.some((name) => filters[name] !== '')
  return (
    <>
      <FilterBar label="Filter the commands">
        <Toggles
          label="Status"
          options={STATUSES}
          chosen={filters.status === '' ? [] : filters.status.split(',')}
          onChange={(chosen) => change({ status: chosen.join(',') })}
        />
        <Pick label="Type" value={filters.type} options={TYPES} onChange={(type) => change({ type })} />
        <Typed label="Symbol" value={filters.symbol} onChange={(symbol) => change({ symbol })} />
        <Pick
          label="Created"
          value={filters.since}
          options={WINDOW_CHOICES}
          onChange={(since) => change({ since })}
        />
      </FilterBar>
      <div>
        <DataTable
          title="Commands"
          title_hidden
          context={
            rows ? (
              <>
                <span>
                  {plural(rows.length, 'command')}
                  {list.hasNextPage ? ', older ones not read yet' : ''}
                </span>
                {under_way > 0 ? <span>{under_way} under way</span> : null}
                {unknown > 0 ? <span>{unknown} of unknown outcome</span> : null}
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
          onOpen={({ command_id }) =>
            void navigate({
              to: '/accounts/$login/commands/$command_id',
              params: { login: account, command_id },
            } as never)
          }
          height_max={720}
          empty={
            filtered
              ? { title: 'No command fits these filters', text: 'Take one of them back to see more.' }
              : {
                  title: 'No command yet',
                  text: 'What a strategy, a person or a program wants of this EA is here from the moment it is in the ledger.',
                }
          }
        />
        <More list={list} what="commands" />
      </div>
    </>
  )
}

const keyOf = ({ command_id }: CommandView): string => command_id

function columnsOf(offset: number | undefined): Column<CommandView>[] {
  return [
    {
      id: 'no',
      head: 'No.',
      right: true,
      wide_only: true,
      by: (row) => row.command_no,
      cell: (row) => row.command_no,
    },
    { id: 'type', head: 'Type', by: (row) => row.type, cell: (row) => <b>{row.type}</b> },
    {
      id: 'symbol',
      head: 'Symbol',
      by: symbolOf,
      cell: (row) => symbolOf(row) ?? <span className={styles.quiet}>—</span>,
    },
    {
      id: 'status',
      head: 'Status',
      by: (row) => row.status,
      cell: (row) => <CommandStatusChip command={row} />,
    },
    { id: 'what', head: 'Wants', wide_only: true, cell: (row) => <Cut text={intentText(row)} /> },
    {
      id: 'outcome',
      head: 'Outcome',
      wide_only: true,
      by: outcomeOf,
      cell: (row) => <Cut text={outcomeOf(row) ?? '—'} />,
    },
    {
      id: 'attempts',
      head: 'Attempts',
      right: true,
      wide_only: true,
      by: (row) => row.attempt,
      cell: (row) => row.attempt,
    },
    {
      id: 'latency',
      head: 'Latency',
      right: true,
      by: (row) => row.latency_ms,
      cell: (row) => <Figure>{msText(row.latency_ms)}</Figure>,
    },
    {
      id: 'created',
      head: 'Created',
      right: true,
      by: (row) => msOf(row.created_at),
      cell: (row) => <Ago at={row.created_at} broker_offset_minutes={offset} />,
    },
  ]
}

const symbolOf = ({ payload }: CommandView): string | null =>
  typeof payload.symbol === 'string' ? payload.symbol : null

function outcomeOf({ response, error_message, retcode_name, evidence }: CommandView): string | null {
  if (error_message) return error_message
  const ticket = response?.ticket
  if (typeof ticket === 'string' || typeof ticket === 'number') return `ticket ${ticket}`
  return retcode_name ?? evidence
}

function Cut({ text }: { text: string }) {
  return (
    <span className={styles.cut} title={text}>
      {text}
    </span>
  )
}
