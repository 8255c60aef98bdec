// What is wanted of this account's EA, and what became of it.
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { accountQuery } from '../live/index.ts'
import { Page } from '../ui/index.ts'
import { CommandTable } from '../widgets/commands/command-table.tsx'

export default function Commands() {
  const { login = '' } = useParams({ strict: false }) as { login?: string }
  const account = useQuery(accountQuery(login))
  return (
    <Page title="Commands" context={`Account ${login} · newest first, live · a row opens the command’s life`}>
      <CommandTable key={login} account={login} offset={account.data?.connection.broker_offset_minutes} />
    </Page>
  )
}
