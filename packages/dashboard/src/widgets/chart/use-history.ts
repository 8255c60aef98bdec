// The candles behind the newest one, page by page into the past: what ticks made and what the terminal's history has.
import type { Timeframe } from '@ngtb/protocol'
import type { BarView } from '@ngtb/sdk'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { clientOf } from '../../live/index.ts'
import { type Bar, lengthMs, mergeBars } from '../../trade/candles.ts'

const CANDLES = 500
/** A page with fewer looks further back: a weekend is longer than five hundred minutes. */
const ENOUGH = 40
const WIDER = [1, 16]
/** Candles are computed from ticks, which is dear for years: older ones come from the terminal's bars only. */
const TICKS_MS = 10 * 86_400_000

interface HistoryPage {
  readonly from: number
  readonly bars: readonly BarView[]
  readonly candles: readonly Bar[]
}

async function read(
  account: string,
  of: { symbol: string; timeframe: Timeframe },
  end: number | null,
  now_ms: number,
): Promise<HistoryPage> {
  const client = clientOf(account)
  const span = CANDLES * lengthMs(of.timeframe)
  let page: HistoryPage = { from: end ?? now_ms, bars: [], candles: [] }
  for (const times of WIDER) {
    const from = (end ?? now_ms) - span * times
    const range = { ...of, from, ...(end === null ? {} : { to: end - 1 }), limit: 1_000 }
    const tick_from = Math.max(from, now_ms - TICKS_MS)
    const [bars, candles] = await Promise.all([
      client.bars(range).all(),
      end !== null && tick_from >= end ? [] : client.candles({ ...range, from: tick_from }).all(),
    ])
    page = { from, bars, candles }
    if (bars.length + candles.length >= ENOUGH) break
  }
  return page
}

export function useHistory(account: string, symbol: string, timeframe: Timeframe, offset_minutes: number) {
  const query = useInfiniteQuery({
    queryKey: ['candles', account, symbol, timeframe],
    queryFn: ({ pageParam }) =>
      read(account, { symbol, timeframe }, pageParam, Date.now() + offset_minutes * 60_000),
    initialPageParam: null as number | null,
    getNextPageParam: ({ from, bars, candles }) => (bars.length + candles.length === 0 ? undefined : from),
    enabled: symbol !== '',
    staleTime: 60_000,
  })
  const { data } = query
  const bars = useMemo(() => {
    const pages = data?.pages ?? []
    return mergeBars(
      pages.flatMap((page) => page.bars),
      pages.flatMap((page) => page.candles),
    )
  }, [data])
  return { query, bars }
}
