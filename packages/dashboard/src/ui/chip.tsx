// A status as a chip: a mark, a word, an age, and its cause on hover and focus (hints.tsx). Never a bare dot.
import { useNow } from '../live/clock.ts'
import type { Tone } from '../live/conditions.ts'
import styles from './chip.module.css'
import { msOf, spanText, utcText } from './format.ts'

const MARKS: Readonly<Record<Tone, string>> = {
  ok: 'M2.5 6.5l2.5 2.5 4.5-5.5',
  watch: 'M6 2.5v4M6 9.2v.3',
  bad: 'M3 3l6 6M9 3l-6 6',
  unknown: 'M4 4.2a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6 1M6 9.2v.3',
}

export function StatusMark({ tone }: { tone: Tone }) {
  return (
    <svg className={styles.icon} viewBox="0 0 12 12" aria-hidden="true">
      <path
        d={MARKS[tone]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}

export interface StatusChipProps {
  tone: Tone
  word: string
  /** What it is the status of, where no column or heading says so. */
  label?: string | undefined
  /** ISO 8601; null: nobody knows since when. */
  since?: string | null | undefined
  cause?: string | undefined
}

export function StatusChip({ tone, word, label, since, cause }: StatusChipProps) {
  const now = useNow()
  const at = msOf(since)
  const age = at === null ? null : spanText(now - at)
  const story = [cause, at === null ? null : `since ${utcText(at)}`].filter(Boolean).join(' · ')
  return (
    <button type="button" className={`${styles.chip} ${styles[tone]}`} aria-description={story}>
      <StatusMark tone={tone} />
      {label ? <span className={styles.label}>{label}</span> : null}
      <b>{word}</b>
      {age === null ? null : <span className={styles.age}>{age}</span>}
    </button>
  )
}
