// What the pages of one account need to know of it: whose it is, its money, its clock.
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useRef } from 'react'
import { accountQuery, openTradesQuery, symbolsQuery, useLive } from '../live/index.ts'

export function useAccount() {
  const { login = '' } = useParams({ strict: false }) as { login?: string }
  const query = useQuery(accountQuery(login))
  const { info, connection } = query.data ?? {}
  return {
    login,
    query,
    currency: info?.currency ?? null,
    currency_digits: info?.currency_digits ?? 2,
    broker_offset_minutes: connection?.broker_offset_minutes ?? 0,
    /** It tells neither deals nor pending orders, and knows fewer commands. */
    plain: connection?.protocol === 1,
  }
}

/** Where nobody has chosen: what is open, else what has a price. Once told it stays: an order is written for it. */
export function useFirstSymbol(account: string): string {
  const trades = useQuery(openTradesQuery(account))
  const symbols = useQuery(symbolsQuery(account))
  const store = useLive()
  const told = useRef({ account: '', symbol: '' })
  if (told.current.account === account) return told.current.symbol
  if (!trades.data || !symbols.data) return ''
  const symbol = trades.data[0]?.symbol ?? store.quoted(account)[0] ?? symbols.data[0]?.symbol ?? ''
  if (symbol !== '') told.current = { account, symbol }
  return symbol
}
