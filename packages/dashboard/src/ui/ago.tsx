// A moment as its age; the exact time by UTC and by the broker's clock on hover and focus (hints.tsx).
import { useNow } from '../live/clock.ts'
import { agoText, brokerText, msOf, NOTHING, utcText } from './format.ts'
import styles from './numbers.module.css'

export interface AgoProps {
  /** ISO 8601 UTC, or ms. */
  at: string | number | null | undefined
  /** The account's, where it is known: adds the broker's clock. */
  broker_offset_minutes?: number | undefined
}

export function Ago({ at, broker_offset_minutes }: AgoProps) {
  const now = useNow()
  const ms = typeof at === 'number' ? at : msOf(at)
  if (ms === null) return <span className={styles.figure}>{NOTHING}</span>
  const broker = broker_offset_minutes === undefined ? '' : `\n${brokerText(ms, broker_offset_minutes)}`
  const exact = `${utcText(ms)}${broker}`
  return (
    // In a row of a table the keys go from row to row; Tab then leads through what the row has to say.
    <button type="button" className={`${styles.figure} ${styles.moment}`} aria-description={exact}>
      <time dateTime={new Date(ms).toISOString()}>{agoText(ms, now)}</time>
    </button>
  )
}
