// Who is here, by which role; what is his own; and the way out.
import { Menu, useMantineColorScheme } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { session, usePeople, useSessionView } from '../../live/index.ts'
import { Icon } from '../../ui/index.ts'
import { keepScheme } from '../../ui/theme.ts'
import styles from './shell.module.css'

export function PersonMenu() {
  const { person, must_enrol } = useSessionView()
  const { leave } = usePeople()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true })
  const other = colorScheme === 'dark' ? 'light' : 'dark'
  const logout = async () => {
    try {
      await session.logout()
    } finally {
      queries.clear()
      leave('You are logged out.')
    }
  }
  const go = (part: string) => () => void navigate({ to: '/settings', search: { part } as never })
  return (
    <Menu position="bottom-end" width={230} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button
          type="button"
          className={styles.tool}
          aria-label={`${person.name}, ${person.role}: your menu`}
        >
          <Icon name="people" />
          <span className={styles.person}>{person.name}</span>
          <Icon name="down" size={12} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {person.name} · {person.role}
          {must_enrol ? ' · may only look' : ''}
        </Menu.Label>
        <Menu.Item onClick={go('sessions')}>Your sessions</Menu.Item>
        <Menu.Item onClick={go('password')}>Change the password</Menu.Item>
        <Menu.Item onClick={go('factor')}>
          {person.totp ? 'Second factor' : 'Set up the second factor'}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          onClick={() => {
            keepScheme(other)
            setColorScheme(other)
          }}
        >
          {other === 'light' ? 'Light' : 'Dark'} theme
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => void logout()}>Log out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
