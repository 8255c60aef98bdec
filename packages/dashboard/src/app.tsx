// Who is here decides what is shown: a one-time link, the login, the second factor, or the house.
import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  RouterProvider,
} from '@tanstack/react-router'
import { useState } from 'react'
import { ActProvider } from './live/acting.tsx'
import { keepOnlyLooks, onlyLooks, usePeople } from './live/index.ts'
import { LiveProvider } from './live/live.tsx'
import { PAGES } from './pages/index.ts'
import { EmptyState, ErrorState, Page, SkeletonRows } from './ui/index.ts'
import { ConfirmPerson } from './widgets/entry/confirm-person.tsx'
import { Enrol } from './widgets/entry/enrol.tsx'
import { EntryFrame } from './widgets/entry/frame.tsx'
import { Login } from './widgets/entry/login.tsx'
import { Setup } from './widgets/entry/setup.tsx'
import { Shell } from './widgets/shell/shell.tsx'

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => (
    <Page title="No such page">
      <EmptyState title="There is no page at this address" text={<a href="#/">To the overview</a>} />
    </Page>
  ),
  errorComponent: ({ error, reset }) => (
    <Page title="Something broke">
      <ErrorState
        error={error instanceof Error ? error : new Error(String(error))}
        onRetry={reset}
        title="This page has broken"
      />
    </Page>
  ),
  pendingComponent: () => (
    <Page title="Loading">
      <SkeletonRows columns={6} label="Loading the page" />
    </Page>
  ),
})

const router = createRouter({
  // The hash never reaches the server: a one-time link in it stays out of every log.
  history: createHashHistory(),
  defaultPreload: 'intent',
  routeTree: root.addChildren(
    PAGES.map(({ path, load }) =>
      createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load) }),
    ),
  ),
})

const LINK = /^#\/setup\?token=([^&]+)/

export function App() {
  const { presence, ask } = usePeople()
  const [token, setToken] = useState(() => LINK.exec(location.hash)?.[1])
  /** The session that only looks for now. */
  const [looking, setLooking] = useState<string | null>(null)
  if (token !== undefined)
    return (
      <Setup
        token={decodeURIComponent(token)}
        onDone={() => {
          // A spent link is of no use in the history.
          history.replaceState(null, '', '#/')
          setToken(undefined)
        }}
      />
    )
  if (presence.kind === 'asking') return null
  if (presence.kind === 'unreachable')
    return (
      <EntryFrame title="Nobody answers">
        <ErrorState error={presence.error} onRetry={() => void ask()} />
      </EntryFrame>
    )
  if (presence.kind === 'nobody') return <Login why={presence.why} />
  const { must_enrol, session_id } = presence.view
  if (must_enrol && looking !== session_id && !onlyLooks(session_id))
    return (
      <Enrol
        onDone={() => {}}
        onLater={() => {
          keepOnlyLooks(session_id)
          setLooking(session_id)
        }}
      />
    )
  return (
    <LiveProvider>
      <ActProvider dialog={confirmPerson}>
        <RouterProvider router={router} />
      </ActProvider>
    </LiveProvider>
  )
}

const confirmPerson = (asked: Parameters<typeof ConfirmPerson>[0]) => <ConfirmPerson {...asked} />
