// The fields of an order: figures that step, and choices that are seen at once.
import { type ReactNode, useId } from 'react'
import styles from './trade.module.css'

export interface NumberFieldProps {
  label: string
  value: string
  onChange: (text: string) => void
  /** With it there are − and + beside, and the arrow keys step, too. */
  onStep?: ((way: 1 | -1) => void) | undefined
  /** What is wrong with it. */
  says?: string | undefined
  hint?: ReactNode
  placeholder?: string
  disabled?: boolean
  autoFocus?: boolean
  /** Words or a date instead of a figure. */
  type?: 'text' | 'datetime-local'
}

export function NumberField({ label, value, onChange, onStep, says, hint, ...rest }: NumberFieldProps) {
  const id = useId()
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <div className={styles.stepper} data-steps={onStep ? true : undefined}>
        {onStep ? (
          <button
            type="button"
            aria-label={`${label}: less`}
            disabled={rest.disabled}
            onClick={() => onStep(-1)}
          >
            −
          </button>
        ) : null}
        <input
          id={id}
          type={rest.type ?? 'text'}
          inputMode={rest.type ? undefined : 'decimal'}
          data-words={rest.type ? true : undefined}
          autoComplete="off"
          value={value}
          placeholder={rest.placeholder}
          disabled={rest.disabled}
          data-autofocus={rest.autoFocus || undefined}
          aria-invalid={says !== undefined}
          aria-describedby={says || hint ? `${id}-says` : undefined}
          onChange={(event) => onChange(event.currentTarget.value)}
          onKeyDown={(event) => {
            const way = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : null
            if (way === null || !onStep) return
            event.preventDefault()
            onStep(way)
          }}
        />
        {onStep ? (
          <button
            type="button"
            aria-label={`${label}: more`}
            disabled={rest.disabled}
            onClick={() => onStep(1)}
          >
            +
          </button>
        ) : null}
      </div>
      {says || hint ? (
        <span id={`${id}-says`} className={says ? styles.says : styles.hint}>
          {says ?? hint}
        </span>
      ) : null}
    </div>
  )
}

/** One of a few: all are seen, the arrow keys move between them. */
export function Choice<Word extends string>({
  label,
  words,
  value,
  onChange,
}: {
  label: string
  words: Readonly<Record<Word, string>>
  value: Word
  onChange: (word: Word) => void
}) {
  const names = Object.keys(words) as Word[]
  const move = (way: number) => {
    const next = names[(names.indexOf(value) + way + names.length) % names.length]
    if (next !== undefined) onChange(next)
  }
  return (
    <div
      role="radiogroup"
      aria-label={label}
      className={styles.choice}
      onKeyDown={(event) => {
        const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
        if (way === undefined) return
        event.preventDefault()
        move(way)
        const group = event.currentTarget
        requestAnimationFrame(() => group.querySelector<HTMLElement>('[aria-checked=true]')?.focus())
      }}
    >
      {names.map((name) => (
        // biome-ignore lint/a11y/useSemanticElements: looks like a tool bar, is a group of radios to who hears it
        <button
          key={name}
          type="button"
          role="radio"
          aria-checked={name === value}
          tabIndex={name === value ? 0 : -1}
          onClick={() => onChange(name)}
        >
          {words[name]}
        </button>
      ))}
    </div>
  )
}
