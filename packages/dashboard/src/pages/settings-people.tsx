// Settings: who may come in, who is here, and what needs a fresh word.
import { useSessionView } from '../live/index.ts'
import { People } from '../widgets/settings/people.tsx'
import { Policy } from '../widgets/settings/policy.tsx'
import { Sessions } from '../widgets/settings/sessions.tsx'
import styles from '../widgets/settings/settings.module.css'
import { ForAdmins, SettingsFrame } from '../widgets/settings/settings-frame.tsx'

export default function PeoplePage() {
  const { scopes } = useSessionView()
  if (!scopes.includes('admin')) return <ForAdmins title="People" />
  return (
    <SettingsFrame
      title="People"
      context="Who may come in, and what each may do; every act is in the audit trail"
    >
      <People />
      <Sessions of="all" />
      <div className={styles.panels}>
        <Policy />
      </div>
    </SettingsFrame>
  )
}
