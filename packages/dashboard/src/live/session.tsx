// Who is at the page: one SDK session, asked at the start, gone when any answer says so.

import type { SessionView } from '@ngtb/protocol'
import { isRefusal, NgtbError, openSession, type Session } from '@ngtb/sdk'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { earlyFetch } from './early.ts'

/** The page's one session. Its server is where the page came from. */
export const session: Session = openSession({ deadline_ms: 15_000, fetch: earlyFetch })

export type Presence =
  | { kind: 'asking' }
  | { kind: 'nobody'; why: string | null }
  | { kind: 'unreachable'; error: NgtbError }
  | { kind: 'here'; view: SessionView }

interface People {
  readonly presence: Presence
  /** Takes what the server last told of the session. */
  refresh(): void
  ask(): Promise<void>
  /** The session is over; `why` is shown at the login. */
  leave(why: string | null): void
}

const PeopleContext = createContext<People | null>(null)

/** @param onFirst what to wait for when somebody is here at the start, before anything is drawn */
export function SessionProvider({ children, onFirst }: { children: ReactNode; onFirst(): Promise<void> }) {
  const [presence, setPresence] = useState<Presence>({ kind: 'asking' })
  const refresh = useCallback(() => {
    if (session.view) setPresence({ kind: 'here', view: session.view })
  }, [])
  const leave = useCallback((why: string | null) => setPresence({ kind: 'nobody', why }), [])
  const ask = useCallback(async (before?: () => Promise<void>) => {
    try {
      const view = await session.current()
      await before?.()
      setPresence({ kind: 'here', view })
    } catch (error) {
      if (isOver(error)) setPresence({ kind: 'nobody', why: null })
      else if (error instanceof NgtbError)
        // Whoever is here stays: what is shown is called stale instead.
        setPresence((now) => (now.kind === 'here' ? now : { kind: 'unreachable', error }))
      else throw error
    }
  }, [])
  useEffect(() => void ask(onFirst), [ask, onFirst])
  const people = useMemo(() => ({ presence, refresh, ask, leave }), [presence, refresh, ask, leave])
  return <PeopleContext value={people}>{children}</PeopleContext>
}

export function usePeople(): People {
  const people = useContext(PeopleContext)
  if (!people) throw new Error('usePeople is for what stands inside SessionProvider')
  return people
}

/** The session of whoever is here; only inside the shell. */
export function useSessionView(): SessionView {
  const { presence } = usePeople()
  if (presence.kind !== 'here') throw new Error('useSessionView is for pages inside the shell')
  return presence.view
}

export const isOver = (error: unknown): boolean =>
  isRefusal(error, 'NGTB_SESSION', 'NGTB_KEY_MISSING', 'NGTB_KEY_INVALID')
