// Pending orders of one account: what waits, and a new one.
import { Page } from '../ui/index.ts'
import { Orders } from '../widgets/orders.tsx'
import { EmergencyButton } from '../widgets/trade/emergency.tsx'
import { SentList } from '../widgets/trade/sent.tsx'
import { NewOrder } from '../widgets/trade/ticket-dialog.tsx'
import { useAccount } from '../widgets/use-account.ts'

export default function PendingOrders() {
  const { login, broker_offset_minutes, plain } = useAccount()
  return (
    <Page
      title="Pending orders"
      context={`Account ${login}: orders that the broker holds until the price is there`}
      tools={
        <>
          <NewOrder account={login} />
          <EmergencyButton account={login} />
        </>
      }
    >
      <SentList account={login} />
      <Orders account={login} broker_offset_minutes={broker_offset_minutes} plain={plain} />
    </Page>
  )
}
