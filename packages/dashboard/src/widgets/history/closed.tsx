// What is over: trades that were closed, and pending orders that wait no more.
import type { OrderView, TradeView } from '@ngtb/sdk'
import { useMemo } from 'react'
import { clientOf } from '../../live/index.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Ago, Lots, msOf, Price, ProfitLoss, spanText } from '../../ui/index.ts'
import { type ListProps, Told } from './deals.tsx'
import { enumWord, makerWord } from './makers.ts'
import { usePages } from './use-pages.ts'

const PAGE = 200

export function ClosedTrades(props: ListProps) {
  const { account, symbol, specs, currency_digits, broker_offset_minutes, onOpen } = props
  const { query, rows, onEnd, more } = usePages(['trades', account, 'closed', symbol], () =>
    clientOf(account).trades({ status: 'closed', limit: PAGE, ...(symbol === '' ? {} : { symbol }) }),
  )
  const columns = useMemo(
    () => tradeColumns(specs, currency_digits, broker_offset_minutes),
    [specs, currency_digits, broker_offset_minutes],
  )
  return (
    <DataTable
      title="Closed trades"
      context={rows ? <Told count={rows.length} one="trade" more={more} at={query.dataUpdatedAt} /> : null}
      columns={columns}
      rows={rows}
      keyOf={keyOf}
      error={query.error}
      onRetry={() => void query.refetch()}
      onEnd={onEnd}
      onOpen={({ ticket }) => onOpen({ what: 'trade', ticket })}
      height_max={640}
      empty={{ title: 'Nothing was closed so far', text: 'A closed position is here, with who closed it.' }}
    />
  )
}

const keyOf = ({ ticket }: { ticket: string }): string => ticket

function tradeColumns(specs: ListProps['specs'], money: number, offset: number): Column<TradeView>[] {
  const digits = ({ symbol }: TradeView) => specs.get(symbol ?? '')?.digits
  const held = ({ open_time, close_time }: TradeView) => {
    const [from, to] = [msOf(open_time), msOf(close_time)]
    return from === null || to === null ? null : to - from
  }
  return [
    {
      id: 'closed',
      head: 'Closed',
      by: ({ close_time }) => msOf(close_time),
      cell: ({ close_time }) => <Ago at={close_time} broker_offset_minutes={offset} />,
    },
    {
      id: 'symbol',
      head: 'Symbol',
      by: ({ symbol }) => symbol,
      cell: ({ symbol }) => <b>{symbol ?? '—'}</b>,
    },
    {
      id: 'side',
      head: 'Side',
      by: ({ direction }) => direction,
      cell: ({ direction }) => direction?.toLowerCase() ?? '—',
    },
    {
      id: 'lots',
      head: 'Lots',
      right: true,
      by: ({ volume }) => volume,
      cell: (one) => <Lots value={one.volume} />,
    },
    {
      id: 'open',
      head: 'Opened at',
      right: true,
      wide_only: true,
      by: (one) => one.open_price,
      cell: (one) => <Price value={one.open_price} digits={digits(one)} />,
    },
    {
      id: 'close',
      head: 'Closed at',
      right: true,
      by: (one) => one.close_price,
      cell: (one) => <Price value={one.close_price} digits={digits(one)} />,
    },
    {
      id: 'profit',
      head: 'Profit',
      right: true,
      by: ({ profit }) => profit,
      cell: ({ profit }) => <ProfitLoss value={profit} digits={money} />,
    },
    {
      id: 'held',
      head: 'Held',
      right: true,
      wide_only: true,
      by: held,
      cell: (one) => (held(one) === null ? '—' : spanText(held(one) ?? 0)),
    },
    {
      id: 'why',
      head: 'Why',
      by: ({ close_reason }) => close_reason,
      cell: ({ close_reason }) => close_reason?.replaceAll('_', ' ') ?? '—',
    },
    { id: 'ticket', head: 'Ticket', right: true, wide_only: true, by: keyOf, cell: keyOf },
  ]
}

export function EndedOrders(props: ListProps) {
  const { account, symbol, specs, broker_offset_minutes, onOpen } = props
  const { query, rows, onEnd, more } = usePages(['orders', account, 'over', symbol], () =>
    clientOf(account).orders({ status: 'over', limit: PAGE, ...(symbol === '' ? {} : { symbol }) }),
  )
  const columns = useMemo(() => orderColumns(specs, broker_offset_minutes), [specs, broker_offset_minutes])
  return (
    <DataTable
      title="Orders that are over"
      context={rows ? <Told count={rows.length} one="order" more={more} at={query.dataUpdatedAt} /> : null}
      columns={columns}
      rows={rows}
      keyOf={keyOf}
      error={query.error}
      onRetry={() => void query.refetch()}
      onEnd={onEnd}
      onOpen={({ ticket }) => onOpen({ what: 'order', ticket })}
      height_max={640}
      empty={{
        title: 'No pending order has ended so far',
        text: 'Filled, cancelled and expired ones are here.',
      }}
    />
  )
}

function orderColumns(specs: ListProps['specs'], offset: number): Column<OrderView>[] {
  return [
    {
      id: 'ended',
      head: 'Ended',
      by: ({ ended }) => msOf(ended),
      cell: ({ ended }) => <Ago at={ended} broker_offset_minutes={offset} />,
    },
    { id: 'symbol', head: 'Symbol', by: ({ symbol }) => symbol, cell: ({ symbol }) => <b>{symbol}</b> },
    { id: 'type', head: 'Order', by: ({ type }) => type, cell: ({ type }) => enumWord(type) },
    {
      id: 'lots',
      head: 'Lots',
      right: true,
      by: ({ volume }) => volume,
      cell: (one) => <Lots value={one.volume} />,
    },
    {
      id: 'price',
      head: 'Price',
      right: true,
      by: ({ price }) => price,
      cell: ({ price, symbol }) => <Price value={price} digits={specs.get(symbol)?.digits} />,
    },
    { id: 'state', head: 'State', by: ({ state }) => state, cell: ({ state }) => enumWord(state) },
    {
      id: 'made',
      head: 'Placed by',
      by: ({ made_by }) => made_by,
      cell: ({ made_by }) => makerWord(made_by),
    },
    {
      id: 'by',
      head: 'Ended by',
      by: ({ ended_by }) => ended_by,
      cell: ({ ended_by }) => makerWord(ended_by),
    },
    { id: 'ticket', head: 'Ticket', right: true, wide_only: true, by: keyOf, cell: keyOf },
  ]
}
