// A new order from any page of the account; what becomes of it is shown in place.
import { Button, Modal } from '@mantine/core'
import { useState } from 'react'
import { useMay } from '../../live/index.ts'
import { useFirstSymbol } from '../use-account.ts'
import { SentList } from './sent.tsx'
import { Ticket } from './ticket.tsx'
import styles from './trade.module.css'

export function NewOrder({ account }: { account: string }) {
  const [opened, setOpened] = useState(false)
  const [chosen, setChosen] = useState<string | null>(null)
  const first = useFirstSymbol(account)
  if (!useMay().open) return null
  const symbol = chosen ?? first
  return (
    <>
      <Button size="compact-md" onClick={() => setOpened(true)}>
        New order
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={`New order, account ${account}`}
        data-ngt-modal
      >
        <div className={styles.form}>
          <Ticket account={account} symbol={symbol} onSymbol={setChosen} />
          <SentList account={account} />
        </div>
      </Modal>
    </>
  )
}
