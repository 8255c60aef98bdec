// The small screens before the house: one card, one question.
import { NgtbError } from '@ngtb/sdk'
import { type ReactNode, useEffect } from 'react'
import styles from './entry.module.css'

export function EntryFrame({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · ngTradingBot`
  }, [title])
  return (
    <main className={styles.screen}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <img src="/icon.svg" alt="" />
          ngTradingBot
        </div>
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  )
}

/** What was refused, in the server's words. */
export function Said({ error }: { error: Error | null }) {
  if (!error) return null
  const hint = error instanceof NgtbError ? error.hint : null
  const wait_s =
    error instanceof NgtbError && error.retry_after_ms ? Math.ceil(error.retry_after_ms / 1_000) : null
  return (
    <div className={styles.said} role="alert">
      {error.message}
      {wait_s === null ? null : ` Try again in ${wait_s} s.`}
      {hint ? <small>{hint}</small> : null}
    </div>
  )
}
