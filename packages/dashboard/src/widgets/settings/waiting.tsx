// Waiting for an EA: the account is asked until the EA has spoken after the code was made.
import { isRefusal } from '@ngtb/sdk'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { clientOf } from '../../live/index.ts'
import { Ago, msOf, StatusMark } from '../../ui/index.ts'
import styles from './settings.module.css'

const LOOK_MS = 1_500

/** @param since the server's clock when the code was made: an EA that was there before has not used it */
export function Waiting({ account, since }: { account: string; since: string }) {
  const seen = useQuery({
    // A key of its own: events of connections make ['account', login] old, and this is asked anyway.
    queryKey: ['account', account, 'waiting', since],
    queryFn: async () => {
      try {
        const { connection } = await clientOf(account).account()
        return connection.last_seen_at
      } catch (error) {
        // Not enrolled yet.
        if (isRefusal(error, 'NGTB_ACCOUNT_UNKNOWN')) return null
        throw error
      }
    },
    refetchInterval: ({ state }) => (isThere(state.data, since) ? false : LOOK_MS),
  })
  const there = isThere(seen.data, since)
  return (
    <div className={styles.waiting} data-there={there} role="status">
      <span className={there ? undefined : styles.pulse}>
        <StatusMark tone={there ? 'ok' : 'watch'} />
      </span>
      {there ? (
        <>
          <b>The EA of {account} is there.</b>
          <span className={styles.quiet}>
            last word <Ago at={seen.data} />
          </span>
          <Link to={'/accounts/$login' as string} params={{ login: account } as never}>
            To the account
          </Link>
        </>
      ) : (
        <>
          <b>Waiting for the EA of {account} …</b>
          <span className={styles.quiet}>
            since <Ago at={since} />
            {seen.data ? (
              <>
                {' '}
                · before that its last word came <Ago at={seen.data} />
              </>
            ) : null}
          </span>
        </>
      )}
    </div>
  )
}

const isThere = (seen: string | null | undefined, since: string): boolean =>
  (msOf(seen) ?? 0) >= (msOf(since) ?? Number.POSITIVE_INFINITY)
