// The six conditions of an account, each with since when and why; what is not in order comes first.
import type { ConnectionView } from '@ngtb/sdk'
import { byTone, standings } from '../live/index.ts'
import { StatusChip } from '../ui/index.ts'
import styles from './account-card.module.css'

export function Conditions({ conditions }: { conditions: ConnectionView['conditions'] }) {
  const ordered = standings(conditions).sort((a, b) => byTone(a.tone, b.tone))
  return (
    <ul className={styles.chips} aria-label="Conditions">
      {ordered.map(({ name, label, word, tone, since, cause }) => (
        <li key={name}>
          <StatusChip tone={tone} label={label} word={word} since={since} cause={cause} />
        </li>
      ))}
    </ul>
  )
}
