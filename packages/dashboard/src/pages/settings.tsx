// Settings, one's own: password, second factor, sessions.
import { useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ROLE_WORDS, useSessionView } from '../live/index.ts'
import { Ago } from '../ui/index.ts'
import { Sessions } from '../widgets/settings/sessions.tsx'
import styles from '../widgets/settings/settings.module.css'
import { SettingsFrame } from '../widgets/settings/settings-frame.tsx'
import { FactorPanel, PasswordPanel } from '../widgets/settings/you.tsx'

export default function You() {
  const { person } = useSessionView()
  const { part } = useSearch({ strict: false }) as { part?: string }
  // The menu leads to a part of this page; the hash is the router's.
  useEffect(() => {
    if (part === undefined) return
    const there = document.getElementById(part)
    there?.scrollIntoView({ block: 'start' })
    there?.focus({ preventScroll: true })
  }, [part])
  return (
    <SettingsFrame
      title="Settings"
      context={
        <>
          {person.name} is {person.role === 'admin' ? 'an admin' : `a ${person.role}`}, who{' '}
          {ROLE_WORDS[person.role]} · here since <Ago at={person.created_at} />
        </>
      }
    >
      <div className={styles.panels}>
        <PasswordPanel />
        <FactorPanel />
      </div>
      <div id="sessions" tabIndex={-1}>
        <Sessions />
      </div>
    </SettingsFrame>
  )
}
