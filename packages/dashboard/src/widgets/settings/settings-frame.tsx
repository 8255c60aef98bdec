// The frame of the settings' pages: one heading, and beside each other what there is to set.
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useSessionView } from '../../live/index.ts'
import { Page, type PageProps } from '../../ui/index.ts'
import styles from './settings.module.css'

const PARTS: readonly { path: string; name: string; scope?: 'admin' }[] = [
  { path: '/settings', name: 'You' },
  { path: '/settings/keys', name: 'Keys', scope: 'admin' },
  { path: '/settings/pairing', name: 'Pairing', scope: 'admin' },
  { path: '/settings/people', name: 'People', scope: 'admin' },
  { path: '/settings/alerts', name: 'Alerts', scope: 'admin' },
  { path: '/settings/server', name: 'Server' },
]

export function SettingsFrame({ children, ...page }: PageProps) {
  const { scopes } = useSessionView()
  return (
    <Page {...page}>
      <nav className={styles.tabs} aria-label="Settings">
        {PARTS.filter(({ scope }) => scope === undefined || scopes.includes(scope)).map(({ path, name }) => (
          <Link
            key={path}
            to={path}
            className={styles.tab}
            activeOptions={{ exact: true, includeSearch: false }}
          >
            {name}
          </Link>
        ))}
      </nav>
      {children}
    </Page>
  )
}

export function SettingsPanel({ title, id, children }: { title: string; id?: string; children: ReactNode }) {
  return (
    <section className={styles.panel} aria-label={title} id={id} tabIndex={id ? -1 : undefined}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

/** What is for admins, said to whoever came by its address. */
export function ForAdmins({ title }: { title: string }) {
  return (
    <SettingsFrame title={title}>
      <section className={styles.panel}>
        <h2>This is for admins</h2>
        <p>Your role may not see or change it. An admin can give you another role: Settings, People.</p>
      </section>
    </SettingsFrame>
  )
}
