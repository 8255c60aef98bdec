// Settings: the keys of programs and EAs.
import { useSessionView } from '../live/index.ts'
import { Keys } from '../widgets/settings/keys.tsx'
import { ForAdmins, SettingsFrame } from '../widgets/settings/settings-frame.tsx'

export default function KeysPage() {
  const { scopes } = useSessionView()
  if (!scopes.includes('admin')) return <ForAdmins title="Keys" />
  return (
    <SettingsFrame title="Keys" context="What programs and EAs come in with; people have sessions">
      <Keys />
    </SettingsFrame>
  )
}
