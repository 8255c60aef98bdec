// Filters above a list. They stand in the address, so that a link says them, too, and "back" takes one back.
import { NativeSelect, TextInput } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import styles from './filters.module.css'

type Filters<Name extends string> = Readonly<Record<Name, string>>

/** What the address says of these names ('' where it says nothing), and how to say something else. */
export function useFilters<Name extends string>(
  names: readonly Name[],
): [Filters<Name>, (change: Partial<Filters<Name>>) => void] {
  const search = useSearch({ strict: false }) as Record<string, unknown>
  const navigate = useNavigate()
  const text = JSON.stringify(names.map((name) => String(search[name] ?? '')))
  const filters = useMemo(() => {
    const said = JSON.parse(text) as string[]
    return Object.fromEntries(names.map((name, index) => [name, said[index] ?? ''])) as Filters<Name>
  }, [names, text])
  const change = (wanted: Partial<Filters<Name>>) => {
    const whole: Record<string, unknown> = { ...search, ...wanted }
    const kept = Object.entries(whole).filter(([, value]) => value !== '' && value !== undefined)
    void navigate({ to: '.', search: Object.fromEntries(kept) as never, replace: true })
  }
  return [filters, change]
}

export function FilterBar({ label, children }: { label: string; children: ReactNode }) {
  return (
    <search className={styles.bar} aria-label={label}>
      {children}
    </search>
  )
}

interface Choice<Value extends string> {
  readonly value: Value
  readonly label: string
}

/** Several of a few words, each on or off. None is chosen: all. */
export function Toggles({
  label,
  options,
  chosen,
  onChange,
}: {
  label: string
  options: readonly Choice<string>[]
  chosen: readonly string[]
  onChange: (chosen: string[]) => void
}) {
  return (
    <fieldset className={styles.toggles}>
      <legend className="ngt-only-heard">{label}</legend>
      {options.map(({ value, label: word }) => {
        const on = chosen.includes(value)
        return (
          <button
            key={value}
            type="button"
            aria-pressed={on}
            className={styles.toggle}
            onClick={() => onChange(on ? chosen.filter((one) => one !== value) : [...chosen, value])}
          >
            {word}
          </button>
        )
      })}
    </fieldset>
  )
}

export function Pick({
  label,
  value,
  options,
  onChange,
}: {
  label: string
  value: string
  options: readonly Choice<string>[]
  onChange: (value: string) => void
}) {
  return (
    <NativeSelect
      size="xs"
      aria-label={label}
      className={styles.pick}
      data={options.map((option) => ({ ...option }))}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

const TYPING_MS = 350

/** Asks when the typing pauses, not at each letter. */
export function Typed({
  label,
  value,
  onChange,
  wide = false,
}: {
  label: string
  value: string
  onChange: (value: string) => void
  wide?: boolean
}) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing starts the wait
  useEffect(() => {
    if (text.trim() === value) return
    const timer = setTimeout(() => onChange(text.trim()), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <TextInput
      size="xs"
      type="search"
      className={wide ? styles.wide : styles.typed}
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      autoComplete="off"
      spellCheck={false}
    />
  )
}

export const WINDOW_CHOICES = [
  { value: '', label: 'Any time' },
  { value: '1 h', label: 'Last hour' },
  { value: '24 h', label: 'Last 24 h' },
  { value: '7 d', label: 'Last 7 days' },
  { value: '30 d', label: 'Last 30 days' },
] as const
