// Settings: an EA comes to its account.
import { useSessionView } from '../live/index.ts'
import { Enrolment, Pairing } from '../widgets/settings/pairing.tsx'
import styles from '../widgets/settings/settings.module.css'
import { ForAdmins, SettingsFrame } from '../widgets/settings/settings-frame.tsx'

export default function PairingPage() {
  const { scopes } = useSessionView()
  if (!scopes.includes('admin')) return <ForAdmins title="Pairing" />
  return (
    <SettingsFrame title="Pairing" context="One login’s EA and this server come together">
      <div className={styles.panels}>
        <Pairing />
        <Enrolment />
      </div>
    </SettingsFrame>
  )
}
