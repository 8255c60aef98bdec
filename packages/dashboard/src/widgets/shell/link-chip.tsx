// Is what is shown the present? The link to the server as a chip, and a banner while it is not.
import { useLinkState, useNow } from '../../live/index.ts'
import { countText, StatusChip, spanText, utcText } from '../../ui/index.ts'
import styles from './shell.module.css'

export function LinkChip() {
  const { live, was_live, since, seq } = useLinkState()
  const at = seq === null ? '' : ` · seq ${countText(seq)}`
  return (
    <StatusChip
      tone={live ? 'ok' : was_live ? 'watch' : 'unknown'}
      word={live ? 'live' : was_live ? 'stale' : 'connecting'}
      since={live ? undefined : new Date(since).toISOString()}
      cause={
        live
          ? `Changes are shown as they are committed${at}`
          : was_live
            ? `The link to the server was lost${at}; it goes on behind that number`
            : 'The server has not answered yet'
      }
    />
  )
}

/** Losing the link for a moment is no news. */
const PATIENCE_MS = 2_000

export function StaleBanner() {
  const { live, was_live, since } = useLinkState()
  const now = useNow()
  if (live || !was_live || now - since < PATIENCE_MS) return null
  return (
    <div className={styles.stale} role="status">
      <b>Stale since {utcText(since).slice(11, 19)} UTC</b>
      <span>
        What you see is {spanText(now - since)} old: the server does not answer. It is asked again and again;
        what happens meanwhile will be caught up with.
      </span>
    </div>
  )
}
