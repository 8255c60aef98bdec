// Is everything in order? What is not comes first; then each account; then what went through the server.
import type { AccountView } from '@ngtb/sdk'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useDeferredValue } from 'react'
import { accountsQuery, byTone, statusQuery, worstOf } from '../live/index.ts'
import { Ago, EmptyState, ErrorState, Page, plural, SkeletonRows } from '../ui/index.ts'
import { AccountCard } from '../widgets/account-card.tsx'
import styles from '../widgets/cards.module.css'
import { SystemFigures } from '../widgets/system-figures.tsx'

/** Tables and charts come when the rest is there. */
const SystemHealth = lazy(() => import('../widgets/system-health.tsx'))
const History = lazy(() => import('../widgets/history/history.tsx'))

/** Accounts that a large screen shows without scrolling. */
const SCREENFUL = 6

export default function Overview() {
  const accounts = useQuery(accountsQuery())
  const status = useQuery(statusQuery())
  const ordered = accounts.data?.toSorted((a, b) =>
    byTone(worstOf(a.connection.conditions), worstOf(b.connection.conditions)),
  )
  // A screenful first; what is below it comes when that is shown.
  const shown = useDeferredValue(ordered?.length ?? 0, SCREENFUL)
  return (
    <Page
      title="Overview"
      context={
        ordered ? (
          <>
            {plural(ordered.length, 'account')} · {orderText(ordered)} · read{' '}
            <Ago at={accounts.dataUpdatedAt} />
          </>
        ) : (
          'Reading the accounts'
        )
      }
    >
      {status.data ? (
        <SystemFigures status={status.data} />
      ) : status.error ? (
        <ErrorState error={status.error} onRetry={() => void status.refetch()} />
      ) : (
        <SkeletonRows columns={6} label="System: loading" />
      )}
      <section aria-label="Accounts" className={styles.cards}>
        {ordered ? (
          ordered.length === 0 ? (
            <EmptyState
              title="No account yet"
              text={
                <>
                  An account is here as soon as its EA has connected: <code>npx ngtb pair LOGIN</code> shows
                  the one line that your EA needs, <code>npx ngtb sim</code> is an EA without a terminal, to
                  try things with.
                </>
              }
            />
          ) : (
            ordered
              .slice(0, Math.max(shown, SCREENFUL))
              .map((account) => <AccountCard key={account.account_id} account={account} />)
          )
        ) : accounts.error ? (
          <ErrorState error={accounts.error} onRetry={() => void accounts.refetch()} />
        ) : (
          <SkeletonRows columns={4} label="Accounts: loading" />
        )}
      </section>
      {accounts.isFetched && shown >= (ordered?.length ?? 0) ? (
        <Suspense fallback={<SkeletonRows columns={3} label="History: loading" />}>
          <SystemHealth />
          <History />
        </Suspense>
      ) : null}
    </Page>
  )
}

/** What nobody can know is not called in order. */
function orderText(accounts: readonly AccountView[]): string {
  const tones = accounts.map(({ connection }) => worstOf(connection.conditions))
  const off = tones.filter((tone) => tone === 'bad' || tone === 'watch').length
  const unknown = tones.filter((tone) => tone === 'unknown').length
  if (off === 0 && unknown === 0) return 'all in order'
  return [off > 0 ? `${off} not in order` : null, unknown > 0 ? `${unknown} not wholly known` : null]
    .filter((part) => part !== null)
    .join(' · ')
}
