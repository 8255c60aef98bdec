// Settings: those of the server, to be read.
import { ServerSettings } from '../widgets/settings/server-settings.tsx'
import { SettingsFrame } from '../widgets/settings/settings-frame.tsx'

export default function ServerPage() {
  return (
    <SettingsFrame title="Server" context="As it works now; passwords and secrets are left out">
      <ServerSettings />
    </SettingsFrame>
  )
}
