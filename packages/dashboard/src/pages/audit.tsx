// The audit trail of all accounts and of the system, and the check of the whole ledger. For admins.
import { Page } from '../ui/index.ts'
import { Trail } from '../widgets/audit/trail.tsx'
import { Verify } from '../widgets/audit/verify.tsx'

export default function Audit() {
  return (
    <Page
      title="Audit"
      context="Every chain, the system’s own too · newest first · each event is bound to the one before by its hash"
    >
      <Verify />
      <Trail account={null} />
    </Page>
  )
}
