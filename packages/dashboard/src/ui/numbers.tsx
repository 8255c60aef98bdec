// Figures on the page: tabular, in their digits, with sign and arrow where they can be gain or loss.
import { type ReactNode, useRef } from 'react'
import { lotsText, moneyText, NOTHING, priceText, signedText, zeroed } from './format.ts'
import styles from './numbers.module.css'

/** A change is shown once, softly; with reduced motion not at all. */
export function Flash({ value, children }: { value: number | null | undefined; children: ReactNode }) {
  const last = useRef({ value, turn: 0, up: true })
  const before = last.current
  if (value !== before.value) {
    const known = typeof value === 'number' && typeof before.value === 'number'
    last.current = {
      value,
      turn: known ? before.turn + 1 : before.turn,
      up: known && value > (before.value ?? 0),
    }
  }
  const { turn, up } = last.current
  return (
    <span key={turn} className={styles.flash} data-turn={turn === 0 ? undefined : up ? 'up' : 'down'}>
      {children}
    </span>
  )
}

/** A price in its symbol's digits, the pip a little heavier. */
export function Price({
  value,
  digits,
}: {
  value: number | null | undefined
  digits: number | null | undefined
}) {
  const text = priceText(value, digits)
  // Five and three digits: the fourth and the second are the pip, the last is its tenth.
  if (text === NOTHING || (digits !== 5 && digits !== 3)) return <span className={styles.figure}>{text}</span>
  return (
    <span className={styles.figure}>
      {text.slice(0, -3)}
      <span className={styles.pip}>{text.slice(-3, -1)}</span>
      {text.slice(-1)}
    </span>
  )
}

interface MoneyProps {
  value: number | null | undefined
  digits?: number | undefined
  currency?: string | null | undefined
}

export function Money({ value, digits = 2, currency }: MoneyProps) {
  return (
    <span className={styles.figure}>
      {moneyText(value, digits)}
      {currency && value !== null && value !== undefined ? (
        <span className={styles.unit}>{currency}</span>
      ) : null}
    </span>
  )
}

/** Gain or loss: sign, arrow and colour, each of which says it alone. */
export function ProfitLoss({ value, digits = 2, currency, unit }: MoneyProps & { unit?: string }) {
  if (value === null || value === undefined) return <span className={styles.figure}>{NOTHING}</span>
  const amount = zeroed(value, digits)
  const way = amount > 0 ? styles.gain : amount < 0 ? styles.loss : ''
  return (
    <span className={`${styles.figure} ${way}`}>
      <span className={styles.arrow} aria-hidden="true">
        {amount > 0 ? '▲' : amount < 0 ? '▼' : ''}
      </span>
      {signedText(amount, digits)}
      {currency || unit ? <span className={styles.unit}>{currency ?? unit}</span> : null}
    </span>
  )
}

export function Lots({ value }: { value: number | null | undefined }) {
  return <span className={styles.figure}>{lotsText(value)}</span>
}

export function Figure({ children }: { children: ReactNode }) {
  return <span className={styles.figure}>{children}</span>
}
