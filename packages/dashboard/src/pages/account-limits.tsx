// One account: what may be opened on it, and whose ticks come.
import { useParams } from '@tanstack/react-router'
import { Page } from '../ui/index.ts'
import { Limits } from '../widgets/settings/limits.tsx'
import { Symbols } from '../widgets/settings/symbols.tsx'

export default function AccountLimits() {
  const { login = '' } = useParams({ strict: false }) as { login?: string }
  return (
    <Page
      title={`Limits of ${login}`}
      context="What keys and people may open here at most, and whose ticks the EA streams"
    >
      <Limits key={`limits ${login}`} account={login} />
      <Symbols key={`symbols ${login}`} account={login} />
    </Page>
  )
}
