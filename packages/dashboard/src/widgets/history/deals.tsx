// Deals as the terminal has them: what moved a position or the balance, and who made it.
import type { Maker } from '@ngtb/protocol'
import type { DealView, SymbolView } from '@ngtb/sdk'
import { useMemo } from 'react'
import { clientOf } from '../../live/index.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Ago, Lots, msOf, Price, ProfitLoss, plural } from '../../ui/index.ts'
import { enumWord, makerWord } from './makers.ts'
import { usePages } from './use-pages.ts'

export interface ListProps {
  account: string
  symbol: string
  specs: ReadonlyMap<string, SymbolView>
  currency_digits: number
  broker_offset_minutes: number
  onOpen: (what: { what: 'trade' | 'order'; ticket: string }) => void
}

const PAGE = 200

export function Deals({
  made_by,
  kind,
  plain,
  ...props
}: ListProps & { made_by: Maker | undefined; kind: 'trade' | 'balance' | undefined; plain: boolean }) {
  const { account, symbol, onOpen } = props
  const { query, rows, onEnd, more } = usePages(['deals', account, 'list', symbol, made_by, kind], () =>
    clientOf(account).deals({ limit: PAGE, made_by, kind, ...(symbol === '' ? {} : { symbol }) }),
  )
  const { specs, currency_digits, broker_offset_minutes } = props
  const columns = useMemo(
    () => columnsOf(specs, currency_digits, broker_offset_minutes),
    [specs, currency_digits, broker_offset_minutes],
  )
  return (
    <DataTable
      title="Deals"
      context={rows ? <Told count={rows.length} one="deal" more={more} at={query.dataUpdatedAt} /> : null}
      columns={columns}
      rows={rows}
      keyOf={keyOf}
      error={query.error}
      onRetry={() => void query.refetch()}
      onEnd={onEnd}
      onOpen={({ position }) => {
        if (position !== null) onOpen({ what: 'trade', ticket: position })
      }}
      height_max={640}
      empty={{
        title: 'No deals here',
        text: plain
          ? 'The EA of this account speaks the plain protocol, which does not tell deals: see the closed trades.'
          : 'Nothing fits this filter, or nothing was traded so far.',
      }}
    />
  )
}

export function Told({ count, one, more, at }: { count: number; one: string; more: boolean; at: number }) {
  return (
    <>
      <span>
        {plural(count, one)}
        {more ? ' loaded, more come as you scroll' : ', all that there are'}
      </span>
      <span>
        read <Ago at={at} />
      </span>
    </>
  )
}

const keyOf = ({ deal }: DealView): string => deal

function columnsOf(specs: ListProps['specs'], money: number, offset: number): Column<DealView>[] {
  const amount = (id: 'profit' | 'swap' | 'commission', head: string): Column<DealView> => ({
    ...{ id, head, right: true, wide_only: id !== 'profit' },
    by: (deal) => deal[id],
    cell: (deal) => <ProfitLoss value={deal[id]} digits={money} />,
  })
  return [
    {
      id: 'time',
      head: 'Time',
      by: ({ time }) => msOf(time),
      cell: ({ time }) => <Ago at={time} broker_offset_minutes={offset} />,
    },
    {
      id: 'symbol',
      head: 'Symbol',
      by: ({ symbol }) => symbol,
      cell: ({ symbol }) => <b>{symbol ?? '—'}</b>,
    },
    { id: 'type', head: 'Deal', by: ({ type }) => type, cell: ({ type }) => enumWord(type) },
    { id: 'entry', head: 'In/out', by: ({ entry }) => entry, cell: ({ entry }) => enumWord(entry) },
    {
      id: 'lots',
      head: 'Lots',
      right: true,
      by: ({ volume }) => volume,
      cell: ({ volume }) => <Lots value={volume} />,
    },
    {
      id: 'price',
      head: 'Price',
      right: true,
      by: ({ price }) => price,
      cell: ({ price, symbol }) => <Price value={price} digits={specs.get(symbol ?? '')?.digits} />,
    },
    amount('profit', 'Profit'),
    amount('swap', 'Swap'),
    amount('commission', 'Commission'),
    { id: 'by', head: 'Made by', by: ({ made_by }) => made_by, cell: ({ made_by }) => makerWord(made_by) },
    {
      id: 'comment',
      head: 'Comment',
      wide_only: true,
      by: ({ comment }) => comment,
      cell: ({ comment }) => comment ?? '',
    },
    {
      id: 'position',
      head: 'Position',
      right: true,
      wide_only: true,
      by: ({ position }) => position,
      cell: ({ position }) => position ?? '—',
    },
  ]
}
