// Who is here decides what is shown: a one-time link, the login, the second factor, or the house.
import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  RouterProvider,
} from '@tanstack/react-router'
import { type ComponentType, lazy, Suspense, useEffect, useState } from 'react'
import { ActProvider } from './live/acting.tsx'
import { keepOnlyLooks, onlyLooks, usePeople } from './live/index.ts'
import { LiveProvider } from './live/live.tsx'
import { PAGES } from './pages/index.ts'
import { EmptyState, ErrorState, Page, SkeletonRows } from './ui/index.ts'
import { EntryFrame } from './widgets/entry/frame.tsx'
import { Shell } from './widgets/shell/shell.tsx'

/** Whoever is here already is shown the house without waiting for what lets people in. */
const entry = () => import('./widgets/entry/index.ts')
type Entry = Awaited<ReturnType<typeof entry>>
// Each waits inside itself: what it takes the place of is gone at once, and with it what that listened to.
const Setup = later((door) => door.Setup)
const Login = later((door) => door.Login)
const Enrol = later((door) => door.Enrol)
const ConfirmPerson = later((door) => door.ConfirmPerson)

function later<P extends object>(part: (door: Entry) => ComponentType<P>): ComponentType<P> {
  const Part = lazy(async () => ({ default: part(await entry()) }))
  return (props) => (
    <Suspense>
      <Part {...props} />
    </Suspense>
  )
}

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
      <EntryReady />
      <ActProvider dialog={confirmPerson}>
        <RouterProvider router={router} />
      </ActProvider>
    </LiveProvider>
  )
}

/** A session may end when the server is away: what asks for the next one is here by then. */
function EntryReady() {
  useEffect(() => {
    const timer = setTimeout(() => void entry().catch(() => {}), 3_000)
    return () => clearTimeout(timer)
  }, [])
  return null
}

const confirmPerson = (asked: Parameters<Entry['ConfirmPerson']>[0]) => <ConfirmPerson {...asked} />
