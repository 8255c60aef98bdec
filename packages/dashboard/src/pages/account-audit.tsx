// The audit trail of one account.
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { accountQuery } from '../live/index.ts'
import { Page } from '../ui/index.ts'
import { Trail } from '../widgets/audit/trail.tsx'

export default function AccountAudit() {
  const { login = '' } = useParams({ strict: false }) as { login?: string }
  const account = useQuery(accountQuery(login))
  return (
    <Page
      title="Audit"
      context={`The chain of account ${login} · newest first · each event is bound to the one before by its hash`}
    >
      <Trail key={login} account={login} offset={account.data?.connection.broker_offset_minutes} />
    </Page>
  )
}
