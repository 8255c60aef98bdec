// What the pages ask for, by name. A key's first word and account are what live events make old (invalidate.ts).
import type { OrderView, SymbolView, TradeView } from '@ngtb/sdk'
import { createClient } from '@ngtb/sdk'
import { QueryClient, queryOptions } from '@tanstack/react-query'
import { isAskedEarly } from './early.ts'
import { session } from './session.tsx'

/** Events tell what changed; this only bounds how long anything that no event tells may be shown. */
const FRESH_MS = 15_000

export const newQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        // The SDK repeats by itself, with pauses and an end.
        retry: false,
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
  })

/** The SDK's client for one account; cheap, so made where it is needed. */
export const clientOf = (account: string) => createClient({ session, account })

export const accountsQuery = () =>
  queryOptions({
    queryKey: ['accounts'],
    queryFn: () => session.accounts({ limit: 1_000 }).all(),
    refetchInterval: FRESH_MS,
  })

export const statusQuery = () =>
  queryOptions({ queryKey: ['status'], queryFn: () => session.systemStatus(), refetchInterval: FRESH_MS })

export const accountQuery = (account: string) =>
  queryOptions({
    queryKey: ['account', account],
    queryFn: () => clientOf(account).account(),
    refetchInterval: FRESH_MS,
  })

/** Longer than this the overview does not wait to come whole, in ms. */
const WHOLE_MS = 500

/** Where the overview was asked for early, its answers are there before it is drawn: so it is drawn once. */
export async function firstAnswers(queries: QueryClient): Promise<void> {
  if (!isAskedEarly('/api/v1/accounts?limit=1000')) return
  const answers = [queries.prefetchQuery(accountsQuery()), queries.prefetchQuery(statusQuery())]
  await Promise.race([Promise.all(answers), new Promise((resolve) => setTimeout(resolve, WHOLE_MS))])
}

/** Open positions: all of them, for a table that sorts by itself. */
export const openTradesQuery = (account: string) =>
  queryOptions({
    queryKey: ['trades', account, 'open'],
    queryFn: (): Promise<TradeView[]> => clientOf(account).trades({ status: 'open', limit: 1_000 }).all(),
    refetchInterval: FRESH_MS,
  })

/** Pending orders that wait. A plain EA tells none. */
export const ordersQuery = (account: string) =>
  queryOptions({
    queryKey: ['orders', account, 'waiting'],
    queryFn: (): Promise<OrderView[]> => clientOf(account).orders({ limit: 1_000 }).all(),
    refetchInterval: FRESH_MS,
  })

/** One command with its attempts; asked again at each of the account's command events. */
export const commandQuery = (account: string, command_id: string) =>
  queryOptions({
    queryKey: ['command', account, command_id],
    queryFn: () => clientOf(account).command(command_id),
    refetchInterval: (query) => (query.state.data?.completed_at ? false : FRESH_MS),
  })

/** The newest deals of one symbol, to be drawn into its chart. */
export const fillsQuery = (account: string, symbol: string) =>
  queryOptions({
    queryKey: ['deals', account, 'fills', symbol],
    queryFn: async () => (await clientOf(account).deals({ symbol, kind: 'trade', limit: 500 }).page()).items,
    enabled: symbol !== '',
  })

export const specsOf = (symbols: readonly SymbolView[] | undefined): ReadonlyMap<string, SymbolView> =>
  new Map(symbols?.map((spec) => [spec.symbol, spec]))

export const symbolsQuery = (account: string) =>
  queryOptions({
    queryKey: ['symbols', account],
    queryFn: () => clientOf(account).symbols({ limit: 1_000 }).all(),
    staleTime: 300_000,
  })
