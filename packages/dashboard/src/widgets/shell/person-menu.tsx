// Who is here, by which role, and the way out.
import { Menu } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { session, usePeople, useSessionView } from '../../live/index.ts'
import { Icon } from '../../ui/index.ts'
import styles from './shell.module.css'

export function PersonMenu() {
  const { person } = useSessionView()
  const { leave } = usePeople()
  const queries = useQueryClient()
  const logout = async () => {
    try {
      await session.logout()
    } finally {
      queries.clear()
      leave('You are logged out.')
    }
  }
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <button type="button" className={styles.tool} aria-label={`${person.name}, ${person.role}`}>
          <Icon name="people" />
          <span className={styles.person}>{person.name}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {person.name} · {person.role}
          {person.totp ? '' : ' · no second factor'}
        </Menu.Label>
        <Menu.Item onClick={() => void logout()}>Log out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
