// Settings: from when on something is an alert, and who hears of it.
import { useSessionView } from '../live/index.ts'
import { AlertRules } from '../widgets/settings/alert-rules.tsx'
import { ForAdmins, SettingsFrame } from '../widgets/settings/settings-frame.tsx'

export default function AlertsPage() {
  const { scopes } = useSessionView()
  if (!scopes.includes('admin')) return <ForAdmins title="Alerts" />
  return (
    <SettingsFrame
      title="Alerts"
      context="From when on something is not in order, who hears of it, and when nobody is woken"
    >
      <AlertRules />
    </SettingsFrame>
  )
}
