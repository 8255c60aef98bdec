// Pending orders that wait: how far the price is from each, and what can be done to it.
import type { OrderView, SymbolView } from '@ngtb/sdk'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { ordersQuery, specsOf, symbolsQuery, useMay, useQuote } from '../live/index.ts'
import { type Column, DataTable } from '../ui/data-table.tsx'
import { Ago, Figure, Flash, Lots, msOf, Price, plural } from '../ui/index.ts'
import { OrderActs, orderWord } from './trade/order-acts.tsx'

interface OrdersProps {
  account: string
  broker_offset_minutes: number
  /** A plain EA tells none. */
  plain: boolean
  /** Only these. */
  symbol?: string | undefined
}

export function Orders({ account, broker_offset_minutes, plain, symbol }: OrdersProps) {
  const orders = useQuery(ordersQuery(account))
  const symbols = useQuery(symbolsQuery(account))
  const { reduce } = useMay()
  const specs = useMemo(() => specsOf(symbols.data), [symbols.data])
  const rows = useMemo(
    () => (symbol === undefined ? orders.data : orders.data?.filter((order) => order.symbol === symbol)),
    [orders.data, symbol],
  )
  const columns = useMemo(
    () => columnsOf(account, specs, broker_offset_minutes, reduce),
    [account, specs, broker_offset_minutes, reduce],
  )
  return (
    <DataTable
      title="Pending orders"
      context={
        rows ? (
          <>
            <span>{plural(rows.length, 'order')} waiting</span>
            <span>
              read <Ago at={orders.dataUpdatedAt} />
            </span>
          </>
        ) : null
      }
      columns={columns}
      rows={rows}
      keyOf={keyOf}
      error={orders.error}
      onRetry={() => void orders.refetch()}
      sorted_by={{ id: 'placed', desc: true }}
      empty={{
        title: 'No order waits',
        text: plain
          ? 'The EA of this account speaks the plain protocol, which does not tell of pending orders.'
          : 'Limit and stop orders are here from the moment the terminal has them, by whomever they were placed.',
      }}
    />
  )
}

const keyOf = (order: OrderView): string => order.ticket

function columnsOf(
  account: string,
  specs: ReadonlyMap<string, SymbolView>,
  offset: number,
  acts: boolean,
): Column<OrderView>[] {
  const digits = (order: OrderView) => specs.get(order.symbol)?.digits
  const price = (id: string, head: string, of: (order: OrderView) => number | null): Column<OrderView> => ({
    ...{ id, head, right: true },
    by: of,
    cell: (order) => (of(order) ? <Price value={of(order)} digits={digits(order)} /> : '—'),
  })
  return [
    { id: 'symbol', head: 'Symbol', by: ({ symbol }) => symbol, cell: ({ symbol }) => <b>{symbol}</b> },
    { id: 'type', head: 'Order', by: ({ type }) => type, cell: ({ type }) => orderWord(type) },
    {
      id: 'lots',
      head: 'Lots',
      right: true,
      by: ({ volume }) => volume,
      cell: ({ volume, volume_left }) => <Lots value={volume_left ?? volume} />,
    },
    price('price', 'Price', (order) => order.price),
    {
      id: 'away',
      head: 'Away, points',
      right: true,
      cell: (order) => <Away account={account} order={order} digits={digits(order)} />,
    },
    price('sl', 'SL', (order) => order.sl),
    price('tp', 'TP', (order) => order.tp),
    {
      id: 'until',
      head: 'Expires',
      right: true,
      wide_only: true,
      by: (order) => msOf(order.expiration),
      cell: (order) =>
        order.expiration ? <Ago at={order.expiration} broker_offset_minutes={offset} /> : 'never',
    },
    {
      id: 'placed',
      head: 'Placed',
      right: true,
      wide_only: true,
      by: (order) => msOf(order.placed),
      cell: (order) => <Ago at={order.placed} broker_offset_minutes={offset} />,
    },
    { id: 'by', head: 'By', wide_only: true, by: (order) => order.made_by, cell: (order) => order.made_by },
    { id: 'ticket', head: 'Ticket', right: true, wide_only: true, by: keyOf, cell: keyOf },
    ...(acts
      ? [
          {
            id: 'acts',
            head: <span className="ngt-only-heard">Acts</span>,
            right: true,
            cell: (order: OrderView) => (
              <OrderActs account={account} order={order} spec={specs.get(order.symbol)} />
            ),
          },
        ]
      : []),
  ]
}

function Away({
  account,
  order,
  digits,
}: {
  account: string
  order: OrderView
  digits: number | null | undefined
}) {
  const quote = useQuote(account, order.symbol)
  const price = quote && (order.type.includes('BUY') ? quote.ask : quote.bid)
  if (!price || order.price === null || digits === null || digits === undefined) return <Figure>—</Figure>
  const points = Math.round(Math.abs(price - order.price) * 10 ** digits)
  return (
    <Flash value={points}>
      <Figure>{points}</Figure>
    </Flash>
  )
}
