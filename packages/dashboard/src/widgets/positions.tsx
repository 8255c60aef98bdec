// Open positions, live: prices, points and money from the newest quote, with what can be done to each.
//
//   V1. A level is the terminal's; one that a command asked for and nobody confirmed stands beside it as wanted.
//   V2. Money is the EA's word until a quote and the worth of a tick say it newer; ≈ where that worth itself moves.
import type { SymbolView, TradeView } from '@ngtb/sdk'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import {
  closingPrice,
  openTradesQuery,
  pointsOf,
  sideOf,
  specsOf,
  symbolsQuery,
  useMay,
  useQuote,
  worthNow,
} from '../live/index.ts'
import { type Column, DataTable } from '../ui/data-table.tsx'
import { Ago, Flash, Lots, msOf, Price, ProfitLoss, plural } from '../ui/index.ts'
import styles from './positions.module.css'
import { PositionActs } from './trade/position-acts.tsx'

interface PositionsProps {
  account: string
  broker_offset_minutes: number
  currency_digits: number
  currency: string | null
  /** The EA speaks the plain protocol. */
  plain: boolean
  /** Only these. */
  symbol?: string | undefined
}

/** What all cells need to know. */
interface Around extends Omit<PositionsProps, 'symbol'> {
  specs: ReadonlyMap<string, SymbolView>
  acts: boolean
  all: readonly TradeView[]
}

const NONE: readonly TradeView[] = []

export function Positions({ symbol, ...props }: PositionsProps) {
  const { account, broker_offset_minutes, currency_digits, currency, plain } = props
  const trades = useQuery(openTradesQuery(account))
  const symbols = useQuery(symbolsQuery(account))
  const acts = useMay().reduce
  const specs = useMemo(() => specsOf(symbols.data), [symbols.data])
  const rows = useMemo(
    () => (symbol === undefined ? trades.data : trades.data?.filter((trade) => trade.symbol === symbol)),
    [trades.data, symbol],
  )
  const all = trades.data ?? NONE
  const columns = useMemo(
    () => columnsOf({ account, broker_offset_minutes, currency_digits, currency, plain, specs, acts, all }),
    [account, broker_offset_minutes, currency_digits, currency, plain, specs, acts, all],
  )
  const newest = rows?.reduce((latest, { updated_at }) => Math.max(latest, msOf(updated_at) ?? 0), 0)
  const suspects = rows?.filter(({ suspect_since }) => suspect_since !== null).length ?? 0
  return (
    <DataTable
      title="Open positions"
      context={
        rows ? (
          <>
            <span>{plural(rows.length, 'position')}</span>
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
      rows={rows}
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

function columnsOf(around: Around): Column<TradeView>[] {
  const { account, broker_offset_minutes: offset, currency_digits: money, specs } = around
  const of = (trade: TradeView) => specs.get(trade.symbol ?? '')?.digits ?? undefined
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
      wide_only: true,
      cell: (trade) => <Points account={account} trade={trade} digits={of(trade)} />,
    },
    {
      id: 'profit',
      head: 'Profit',
      right: true,
      by: (trade) => trade.profit,
      cell: (trade) => <Profit around={around} trade={trade} />,
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
    ...(around.acts
      ? [
          {
            id: 'acts',
            head: <span className="ngt-only-heard">Acts</span>,
            right: true,
            cell: (trade: TradeView) => <Acts around={around} trade={trade} />,
          },
        ]
      : []),
  ]
}

function Acts({ around, trade }: { around: Around; trade: TradeView }) {
  const { account, specs, plain, currency, all } = around
  const side = sideOf(trade.direction)
  const opposite = all.filter(
    (one) => one.symbol === trade.symbol && one.ticket !== trade.ticket && sideOf(one.direction) !== side,
  )
  return (
    <PositionActs {...{ account, trade, plain, currency, opposite }} spec={specs.get(trade.symbol ?? '')} />
  )
}

/** V2. */
function Profit({ around, trade }: { around: Around; trade: TradeView }) {
  const { account, specs, currency, currency_digits } = around
  const worth = worthNow(trade, useQuote(account, trade.symbol), specs.get(trade.symbol ?? ''), currency)
  const amount = worth?.amount ?? trade.profit
  const why =
    worth?.exact === false ? 'The tick’s worth in this currency was told at the EA’s connect' : undefined
  return (
    <Flash value={amount === null ? null : Number(amount.toFixed(currency_digits))}>
      <span title={why}>
        {why ? '≈ ' : ''}
        <ProfitLoss value={amount} digits={currency_digits} />
      </span>
    </Flash>
  )
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
