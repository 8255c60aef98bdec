// What stands where nothing is shown: still loading, nothing there, or an error with what to do about it.
import { Button } from '@mantine/core'
import { NgtbError } from '@ngtb/sdk'
import type { ReactNode } from 'react'
import styles from './states.module.css'

const ROWS = [0, 1, 2, 3, 4]

/** The shape of what comes, instead of a wheel that turns. */
export function SkeletonRows({ columns, label }: { columns: number; label: string }) {
  const cells = Array.from({ length: Math.min(columns, 8) }, (_, cell) => cell)
  return (
    <div className={styles.bones} role="status" aria-label={label}>
      {ROWS.map((row) => (
        <div key={row}>
          {cells.map((cell) => (
            <span
              key={cell}
              className={styles.bone}
              style={{ width: `${45 + ((row * 7 + cell * 13) % 40)}%` }}
            />
          ))}
        </div>
      ))}
    </div>
  )
}

export function SkeletonText({ width = 90 }: { width?: number }) {
  return <span className={styles.bone} style={{ display: 'inline-block', width }} />
}

export function EmptyState({ title, text, action }: { title: string; text?: ReactNode; action?: ReactNode }) {
  return (
    <div className={styles.state}>
      <h3>{title}</h3>
      {text ? <p>{text}</p> : null}
      {action}
    </div>
  )
}

/** The server's own sentence, its remedy, and the number to name when asking about it. */
export function ErrorState({
  error,
  onRetry,
  title,
}: {
  error: Error
  onRetry?: (() => void) | undefined
  title?: string
}) {
  const refusal = error instanceof NgtbError ? error : null
  const name = refusal?.code === 'NGTB_UNREACHABLE' ? 'The server does not answer' : 'This could not be shown'
  return (
    <div className={`${styles.state} ${styles.error}`} role="alert">
      <h3>{title ?? name}</h3>
      <p>{error.message}</p>
      {refusal?.hint ? <p>{refusal.hint}</p> : null}
      {onRetry ? (
        <Button size="compact-sm" variant="default" onClick={onRetry}>
          Try again
        </Button>
      ) : null}
      {refusal ? (
        <p className={styles.small}>
          <code>{refusal.code}</code>
          {refusal.request_id ? (
            <>
              {' '}
              · request <code>{refusal.request_id}</code>
            </>
          ) : null}
        </p>
      ) : null}
    </div>
  )
}
