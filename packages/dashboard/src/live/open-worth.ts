// The open profit of an account, alive: wakes when a quote of what is open changes it.
import type { SymbolView, TradeView } from '@ngtb/sdk'
import { useCallback, useMemo, useSyncExternalStore } from 'react'
import { openWorth } from './figures.ts'
import { useLive } from './live.tsx'

export function useOpenWorth(
  account: string,
  trades: readonly TradeView[] | undefined,
  specs: ReadonlyMap<string, SymbolView>,
  currency: string | null | undefined,
) {
  const store = useLive()
  const symbols = useMemo(
    () => [...new Set(trades?.flatMap(({ symbol }) => (symbol === null ? [] : [symbol])))],
    [trades],
  )
  const watch = useCallback(
    (wake: () => void) => {
      const ends = symbols.map((symbol) => store.watch(`${account} ${symbol}`, wake))
      return () => {
        for (const end of ends) end()
      }
    },
    [store, account, symbols],
  )
  const worth = () => openWorth(trades, (symbol) => store.quote(account, symbol), specs, currency)
  // A snapshot must be equal while nothing changed: the cents are.
  const cents = useSyncExternalStore(watch, () => {
    const now = worth()
    return now === null ? null : Math.round(now.amount * 100)
  })
  return cents === null ? null : worth()
}
