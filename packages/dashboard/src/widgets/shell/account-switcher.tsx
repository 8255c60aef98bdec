// Which account the pages speak of. The address has it, so that a link says it, too.
import { Menu } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMatches, useNavigate } from '@tanstack/react-router'
import { accountsQuery, worstOf } from '../../live/index.ts'
import { Icon, StatusMark } from '../../ui/index.ts'
import styles from './shell.module.css'
import { useChosenAccount } from './shell.tsx'

export function AccountSwitcher() {
  const { data: accounts } = useQuery(accountsQuery())
  const chosen = useChosenAccount()
  const navigate = useNavigate()
  const here = useMatches().at(-1)?.fullPath ?? '/'
  if (!accounts || accounts.length === 0) return null
  const account = accounts.find(({ account_number }) => account_number === chosen)
  const choose = (login: string) =>
    void navigate({ to: (here.includes('$login') ? here : '/accounts/$login').replace('$login', login) })
  return (
    <Menu position="bottom-start" width={300} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <button
          type="button"
          className={`${styles.tool} ${styles.account}`}
          aria-label={`Account ${chosen}: choose another`}
        >
          <span>
            {chosen} <span className={styles.broker}>{account?.broker}</span>
          </span>
          <Icon name="down" size={12} />
        </button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        {accounts.map(({ account_number, broker, connection }) => (
          <Menu.Item
            key={account_number}
            onClick={() => choose(account_number)}
            leftSection={<StatusMark tone={worstOf(connection.conditions)} />}
            aria-current={account_number === chosen || undefined}
          >
            {account_number} <span className={styles.broker}>{broker}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
