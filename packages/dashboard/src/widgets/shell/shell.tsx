// The frame of every page: where one is, whose account, whether what is shown is fresh, and who is here.
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useParams } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { accountsQuery, useFollowed, useLinkState, useSessionView } from '../../live/index.ts'
import { PAGES, type PageRow } from '../../pages/index.ts'
import { countText, Icon } from '../../ui/index.ts'
import { StaleBanner } from './link-chip.tsx'
import styles from './shell.module.css'

/** Menus and what they open: they come when the page is on the screen. */
const Tools = lazy(() => import('./tools.tsx'))

export function Shell() {
  // Prices of the chosen account are there before its pages are opened.
  useFollowed(useChosenAccount())
  return (
    <div className={styles.shell}>
      <button type="button" className={styles.skip} onClick={toContent}>
        Skip to the content
      </button>
      <nav className={styles.side} aria-label="Pages">
        <div className={styles.brand}>
          <img src="/icon.svg" alt="" />
          ngTradingBot
        </div>
        <Links />
        <Seq />
      </nav>
      <div>
        <header className={styles.top}>
          <Suspense>
            <Tools links={Links} />
          </Suspense>
        </header>
        <StaleBanner />
        <main id="content" tabIndex={-1} className={styles.main}>
          <Outlet />
        </main>
      </div>
    </div>
  )
}

/** The hash belongs to the router, so this is a button that moves the focus. */
function toContent(): void {
  document.getElementById('content')?.focus()
}

function Links() {
  const { scopes } = useSessionView()
  const login = useChosenAccount()
  const seen = (page: PageRow) => page.scope === undefined || scopes.includes(page.scope)
  const house = PAGES.filter((page) => page.nav === 'house' && seen(page))
  const account = PAGES.filter((page) => page.nav === 'account' && seen(page))
  return (
    <>
      {house.map((page) => (
        <PageLink key={page.path} page={page} />
      ))}
      {login ? <div className={styles.group}>Account {login}</div> : null}
      {login ? account.map((page) => <PageLink key={page.path} page={page} login={login} />) : null}
    </>
  )
}

/** The number that this page is at: everything up to it is shown. */
function Seq() {
  const { seq } = useLinkState()
  return <div className={styles.foot}>at seq {countText(seq)}</div>
}

function PageLink({ page, login }: { page: PageRow; login?: string }) {
  return (
    <Link
      to={page.path}
      {...(login === undefined ? {} : { params: { login } })}
      className={styles.link}
      activeOptions={{ exact: page.path !== '/settings', includeSearch: false }}
    >
      <Icon name={page.icon} />
      {page.title}
    </Link>
  )
}

/** The account of the address, else the first that one may see. */
export function useChosenAccount(): string | undefined {
  const { login } = useParams({ strict: false }) as { login?: string }
  const { data } = useQuery(accountsQuery())
  return login ?? data?.[0]?.account_number
}
