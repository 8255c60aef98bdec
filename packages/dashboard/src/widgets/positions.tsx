// Open positions, live: prices and points from the newest quote, money as the EA said it last.
//
//   V1. A level is the terminal's; one that a command asked for and nobody confirmed stands beside it as wanted.
//   V2. Money is the EA's word: no EA tells what a point is worth, so quotes move points, not money.
import type { SymbolView, TradeView } from '@ngtb/sdk'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { closingPrice, openTradesQuery, pointsOf, sideOf, symbolsQuery, useQuote } from '../live/index.ts'
import { Ago, type Column, DataTable, Flash, Lots, msOf, Price, ProfitLoss, plural } from '../ui/index.ts'
import styles from './positions.module.css'

interface PositionsProps {
  account: string
  broker_offset_minutes: number
  currency_digits: number
}

export function Positions({ account, broker_offset_minutes, currency_digits }: PositionsProps) {
  const trades = useQuery(openTradesQuery(account))
  const symbols = useQuery(symbolsQuery(account))
  const digits = useMemo(() => digitsOf(symbols.data), [symbols.data])
  const columns = useMemo(
    () => columnsOf(account, digits, broker_offset_minutes, currency_digits),
    [account, digits, broker_offset_minutes, currency_digits],
  )
  const newest = trades.data?.reduce((latest, { updated_at }) => Math.max(latest, msOf(updated_at) ?? 0), 0)
  const suspects = trades.data?.filter(({ suspect_since }) => suspect_since !== null).length ?? 0
  return (
    <DataTable
      title="Open positions"
      context={
        trades.data ? (
          <>
            <span>{plural(trades.data.length, 'position')}</span>
            {suspects > 0 ? <span>{suspects} missing in the EA’s list</span> : null}
            {newest ? (
              <span>
                money told <Ago at={newest} broker_offset_minutes={broker_offset_minutes} />
              </span>
            ) : null}
            <span>
              read <Ago at={trades.dataUpdatedAt} />
            </span>
          </>
        ) : null
      }
      columns={columns}
      rows={trades.data}
      keyOf={keyOf}
      error={trades.error}
      onRetry={() => void trades.refetch()}
      sorted_by={{ id: 'opened', desc: true }}
      empty={{
        title: 'No open positions',
        text: 'What the terminal opens, by whomever, is here as soon as its EA has said so.',
      }}
    />
  )
}

const keyOf = (trade: TradeView): string => trade.ticket

type Digits = ReadonlyMap<string, number>
const digitsOf = (symbols: readonly SymbolView[] | undefined): Digits =>
  new Map(symbols?.flatMap(({ symbol, digits }) => (digits === null ? [] : [[symbol, digits] as const])))

function columnsOf(account: string, digits: Digits, offset: number, money: number): Column<TradeView>[] {
  const of = (trade: TradeView) => digits.get(trade.symbol ?? '')
  return [
    {
      id: 'symbol',
      head: 'Symbol',
      by: (trade) => trade.symbol,
      cell: (trade) => <b>{trade.symbol ?? '—'}</b>,
    },
    { id: 'side', head: 'Side', by: (trade) => trade.direction, cell: (trade) => <SideWord trade={trade} /> },
    {
      id: 'lots',
      head: 'Lots',
      right: true,
      by: (trade) => trade.volume,
      cell: (trade) => <Lots value={trade.volume} />,
    },
    {
      id: 'open',
      head: 'Open price',
      right: true,
      wide_only: true,
      by: (trade) => trade.open_price,
      cell: (trade) => <Price value={trade.open_price} digits={of(trade)} />,
    },
    {
      id: 'now',
      head: 'Now',
      right: true,
      cell: (trade) => <NowPrice account={account} trade={trade} digits={of(trade)} />,
    },
    {
      id: 'points',
      head: 'Points',
      right: true,
      cell: (trade) => <Points account={account} trade={trade} digits={of(trade)} />,
    },
    {
      id: 'profit',
      head: 'Profit',
      right: true,
      by: (trade) => trade.profit,
      cell: (trade) => (
        <Flash value={trade.profit}>
          <ProfitLoss value={trade.profit} digits={money} />
        </Flash>
      ),
    },
    {
      id: 'sl',
      head: 'SL',
      right: true,
      by: (trade) => trade.sl,
      cell: (trade) => <Level set={trade.sl} wanted={trade.wanted_sl} digits={of(trade)} />,
    },
    {
      id: 'tp',
      head: 'TP',
      right: true,
      by: (trade) => trade.tp,
      cell: (trade) => <Level set={trade.tp} wanted={trade.wanted_tp} digits={of(trade)} />,
    },
    {
      id: 'swap',
      head: 'Swap',
      right: true,
      wide_only: true,
      by: (trade) => trade.swap,
      cell: (trade) => <ProfitLoss value={trade.swap} digits={money} />,
    },
    {
      id: 'opened',
      head: 'Opened',
      right: true,
      by: (trade) => msOf(trade.open_time),
      cell: (trade) => <Ago at={trade.open_time} broker_offset_minutes={offset} />,
    },
    {
      id: 'ticket',
      head: 'Ticket',
      right: true,
      wide_only: true,
      by: (trade) => trade.ticket,
      cell: (trade) => trade.ticket,
    },
    {
      id: 'source',
      head: 'From',
      wide_only: true,
      by: (trade) => trade.source,
      cell: (trade) => (
        <span className={styles.quiet}>{trade.command_id === null ? trade.source : 'command'}</span>
      ),
    },
  ]
}

function SideWord({ trade }: { trade: TradeView }) {
  const side = sideOf(trade.direction)
  return <span className={styles.side}>{side ?? trade.direction ?? '—'}</span>
}

interface LiveCell {
  account: string
  trade: TradeView
  digits: number | undefined
}

function NowPrice({ account, trade, digits }: LiveCell) {
  const price = closingPrice(sideOf(trade.direction), useQuote(account, trade.symbol))
  return (
    <Flash value={price}>
      <Price value={price} digits={digits} />
    </Flash>
  )
}

function Points({ account, trade, digits }: LiveCell) {
  const points = pointsOf(trade, useQuote(account, trade.symbol), digits)
  return <ProfitLoss value={points} digits={0} />
}

/** V1. Null or 0: none. */
function Level({
  set,
  wanted,
  digits,
}: {
  set: number | null
  wanted: number | null
  digits: number | undefined
}) {
  const there = set !== null && set !== 0
  return (
    <>
      {there ? <Price value={set} digits={digits} /> : <span className={styles.none}>none</span>}
      {wanted === null || wanted === set ? null : (
        <span className={styles.wanted} title="Asked for by a command; the terminal has not confirmed it yet">
          wanted {wanted === 0 ? 'none' : <Price value={wanted} digits={digits} />}
        </span>
      )}
    </>
  )
}
