// The live store of the page, and its hooks. One socket for everything that is shown.
import { createClient, isRefusal } from '@ngtb/sdk'
import { useQueryClient } from '@tanstack/react-query'
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react'
import type { Quote } from './figures.ts'
import { type LinkState, LiveStore } from './live-store.ts'
import { isOver, session, usePeople } from './session.tsx'

/** A window that was refused for another reason is tried again after this. */
const REFUSED_MS = 10_000
const LiveContext = createContext<LiveStore | null>(null)

export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient()
  const { ask, leave } = usePeople()
  /** Counts the streams: a database that went back is listened to anew. */
  const [turn, setTurn] = useState(0)
  const store = useMemo(
    () =>
      new LiveStore({
        now: Date.now,
        invalidate: (keys) => {
          for (const queryKey of keys) void queries.invalidateQueries({ queryKey })
        },
        back: () => void queries.invalidateQueries(),
        ended: (error) => {
          if (isRefusal(error, 'NGTB_CURSOR_INVALID')) setTurn((now) => now + 1)
          else if (isOver(error)) leave('Your session ended.')
          else {
            void ask()
            setTimeout(() => setTurn((now) => now + 1), REFUSED_MS)
          }
        },
      }),
    [queries, ask, leave],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn is a new stream
  useEffect(() => store.start(createClient({ session })), [store, turn])
  useLostSession(store)
  return <LiveContext value={store}>{children}</LiveContext>
}

/** A browser does not say why a socket was refused: the session is asked for instead. */
function useLostSession(store: LiveStore): void {
  const { ask } = usePeople()
  const { live, was_live } = useLink(store)
  useEffect(() => {
    if (!live && was_live) void ask()
  }, [live, was_live, ask])
}

export function useLive(): LiveStore {
  const store = useContext(LiveContext)
  if (!store) throw new Error('useLive is for what stands inside LiveProvider')
  return store
}

function useLink(store: LiveStore): LinkState {
  return useSyncExternalStore(
    useCallback((wake) => store.watch('link', wake), [store]),
    store.link,
  )
}

export const useLinkState = (): LinkState => useLink(useLive())

/** The quotes of this account come as long as this is shown. */
export function useFollowed(account: string | undefined): void {
  const store = useLive()
  useEffect(() => (account === undefined ? undefined : store.follow(account)), [store, account])
}

/** The newest quote of one symbol; wakes only who shows it. */
export function useQuote(account: string, symbol: string | null): Quote | undefined {
  const store = useLive()
  const name = `${account} ${symbol ?? ''}` as const
  return useSyncExternalStore(
    useCallback((wake) => store.watch(name, wake), [store, name]),
    () => store.quote(account, symbol ?? ''),
  )
}
