// Candles of one symbol, alive, with what is open, what waits and what was filled drawn into them.
import { useComputedColorScheme } from '@mantine/core'
import type { Timeframe } from '@ngtb/protocol'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import {
  commandQuery,
  fillsQuery,
  openTradesQuery,
  ordersQuery,
  useLinkState,
  useLive,
  useMay,
  useQuote,
  useSend,
} from '../../live/index.ts'
import { axisText, type Bar, fillsOf, lengthMs, linesOf } from '../../trade/candles.ts'
import { Ago, EmptyState, ErrorState, plural, priceText, SkeletonRows } from '../../ui/index.ts'
import trade from '../trade/trade.module.css'
import { type Canvas, makeCanvas } from './canvas.ts'
import styles from './chart.module.css'
import { useHistory } from './use-history.ts'

interface ChartProps {
  account: string
  symbol: string
  timeframe: Timeframe
  digits: number
  broker_offset_minutes: number
  /** A plain EA can't be asked for its terminal's history. */
  plain: boolean
}

export function Chart({ account, symbol, timeframe, digits, broker_offset_minutes, plain }: ChartProps) {
  const { query, bars } = useHistory(account, symbol, timeframe, broker_offset_minutes)
  const trades = useQuery(openTradesQuery(account))
  const orders = useQuery(ordersQuery(account))
  const deals = useQuery(fillsQuery(account, symbol))
  const quote = useQuote(account, symbol)
  const scheme = useComputedColorScheme()
  const frame = useRef<HTMLDivElement>(null)
  const legend = useRef<HTMLDivElement>(null)
  const canvas = useRef<Canvas>(undefined)
  const older = useRef(() => {})
  older.current = () => {
    if (query.hasNextPage && !query.isFetching) void query.fetchNextPage()
  }
  const legendOf = useRef((_: Bar | null) => {})
  legendOf.current = (bar) => {
    if (legend.current) legend.current.textContent = bar ? barText(bar, digits, broker_offset_minutes) : ' '
  }
  const lines = useMemo(
    () => linesOf(trades.data ?? [], orders.data ?? [], symbol),
    [trades.data, orders.data, symbol],
  )
  const fills = useMemo(() => fillsOf(deals.data ?? [], symbol, timeframe), [deals.data, symbol, timeframe])
  useEffect(() => {
    if (!frame.current) return
    const made = makeCanvas(frame.current, {
      onPoint: (bar) => legendOf.current(bar),
      onLeft: () => older.current(),
    })
    canvas.current = made
    return () => {
      canvas.current = undefined
      made.end()
    }
  }, [])
  useEffect(() => canvas.current?.setScale(digits, broker_offset_minutes), [digits, broker_offset_minutes])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another scheme is other colours
  useEffect(() => canvas.current?.paint(), [scheme])
  useGrowing(account, symbol, timeframe, bars, canvas)
  useEffect(() => canvas.current?.draw(lines, fills), [lines, fills])
  useEffect(() => canvas.current?.setAsk(quote?.ask ?? null), [quote])
  const { live } = useLinkState()
  const last = bars.at(-1)
  const told = `${symbol} ${timeframe}, ${plural(bars.length, 'candle')}${last ? `, last close ${priceText(last.close, digits)}` : ''}, ${plural(lines.length, 'line')} of positions and orders`
  return (
    <div>
      <div ref={legend} className={styles.legend} aria-hidden="true">
        {' '}
      </div>
      <div className={styles.canvas}>
        <div ref={frame} role="img" aria-label={told} style={{ height: '100%' }} />
        {bars.length > 0 ? null : (
          <div className={styles.over}>
            {query.error ? (
              <ErrorState error={query.error} onRetry={() => void query.refetch()} />
            ) : query.isPending ? (
              <SkeletonRows columns={8} label="Candles: loading" />
            ) : (
              <NoCandles {...{ account, symbol, timeframe, plain }} />
            )}
          </div>
        )}
      </div>
      <div className={styles.foot}>
        <span>
          Times are the broker’s (UTC{offsetText(broker_offset_minutes)}); under the pointer UTC stands
          beside.{' '}
          {live ? (
            <>
              Candles of bid prices{quote ? ', newest ' : ''}
              {quote ? <Ago at={quote.heard_at} /> : null}
            </>
          ) : (
            'Not live now: what is shown is stale.'
          )}
        </span>
        <a href="https://www.tradingview.com/" target="_blank" rel="noreferrer">
          Charts by TradingView
        </a>
      </div>
    </div>
  )
}

const offsetText = (minutes: number) => {
  const hours = Math.abs(minutes) / 60
  return `${minutes < 0 ? '−' : '+'}${Number.isInteger(hours) ? hours : hours.toFixed(1)}`
}

const barText = ({ time_ms, open, high, low, close }: Bar, digits: number, offset: number): string => {
  const text = (price: number) => priceText(price, digits)
  return `${axisText(time_ms, offset)}   O ${text(open)}  H ${text(high)}  L ${text(low)}  C ${text(close)}`
}

/** The newest candle grows with the ticks; a longer history is set anew, with what grew meanwhile in it. */
function useGrowing(
  account: string,
  symbol: string,
  timeframe: Timeframe,
  bars: readonly Bar[],
  canvas: { readonly current: Canvas | undefined },
): void {
  const store = useLive()
  const grown = useRef(new Map<number, Bar>())
  useEffect(() => {
    grown.current = new Map()
    if (symbol === '') return
    store.askCandles([{ account, symbol, timeframe }])
    const end = store.onMarket((message) => {
      if (message.type !== 'candles' || message.account !== account) return
      if (message.symbol !== symbol || message.timeframe !== timeframe) return
      for (const candle of message.candles) {
        grown.current.set(candle.time_ms, candle)
        canvas.current?.grow(candle)
      }
    })
    return () => {
      end()
      store.askCandles([])
    }
  }, [store, account, symbol, timeframe, canvas])
  useEffect(() => {
    const all = new Map(bars.map((bar) => [bar.time_ms, bar]))
    for (const [time_ms, bar] of grown.current) all.set(time_ms, bar)
    canvas.current?.setBars([...all.values()].sort((a, b) => a.time_ms - b.time_ms))
  }, [bars, canvas])
}

function NoCandles({
  account,
  symbol,
  timeframe,
  plain,
}: Pick<ChartProps, 'account' | 'symbol' | 'timeframe' | 'plain'>) {
  const may = useMay()
  return (
    <EmptyState
      title={`No candles of ${symbol} so far`}
      text="They come from its ticks as soon as the EA sends some, or from the terminal’s history."
      action={
        may.reduce && !plain ? (
          <LoadHistory account={account} symbol={symbol} timeframe={timeframe} />
        ) : undefined
      }
    />
  )
}

/** Asks the terminal for what lies before the ticks; the bars come as they are read. */
export function LoadHistory({
  account,
  symbol,
  timeframe,
}: Pick<ChartProps, 'account' | 'symbol' | 'timeframe'>) {
  const queries = useQueryClient()
  const [asked, setAsked] = useState<string | null>(null)
  const { send, busy, error } = useSend(account, setAsked)
  const command = useQuery({ ...commandQuery(account, asked ?? ''), enabled: asked !== null })
  const ended = command.data?.completed_at
  useEffect(() => {
    if (ended) void queries.invalidateQueries({ queryKey: ['candles', account, symbol] })
  }, [queries, ended, account, symbol])
  return (
    <>
      <button
        type="button"
        className={trade.act}
        disabled={busy || symbol === ''}
        onClick={() =>
          send({ type: 'REQUEST_HISTORY', symbol, timeframe, from: Date.now() - 1_500 * lengthMs(timeframe) })
        }
      >
        Ask the terminal for history
      </button>
      {error ? <span className={trade.says}>{error.message}</span> : null}
    </>
  )
}
