// What stands at the top: the pages (on a phone), whose account, is it live, the emergency stop, who is here.
import { Modal } from '@mantine/core'
import { type ComponentType, useState } from 'react'
import { Icon } from '../../ui/index.ts'
import { EmergencyMenu } from '../trade/emergency.tsx'
import { AccountSwitcher } from './account-switcher.tsx'
import { LinkChip } from './link-chip.tsx'
import { PersonMenu } from './person-menu.tsx'
import { SchemeSwitch } from './scheme-switch.tsx'
import styles from './shell.module.css'

/** @param links of the pages, as the side has them */
export default function Tools({ links: Links }: { links: ComponentType }) {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <button
        type="button"
        className={`${styles.tool} ${styles.menu}`}
        aria-label="Pages"
        aria-expanded={opened}
        onClick={() => setOpened(true)}
      >
        <Icon name="menu" size={18} />
      </button>
      <AccountSwitcher />
      <span className={styles.gap} />
      <LinkChip />
      <EmergencyMenu />
      <SchemeSwitch />
      <PersonMenu />
      <Modal opened={opened} onClose={() => setOpened(false)} title="Pages" fullScreen data-ngt-modal>
        <nav className={styles.sheet} aria-label="Pages" onClickCapture={() => setOpened(false)}>
          <Links />
        </nav>
      </Modal>
    </>
  )
}
