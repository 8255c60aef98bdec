// What whoever is here may do. The server decides; this only keeps from offering what it would refuse.
import { useSessionView } from './session.tsx'

export interface May {
  /** Open positions and place orders. */
  readonly open: boolean
  /** Close, modify, cancel: whatever takes risk away. */
  readonly reduce: boolean
}

export function useMay(): May {
  const { scopes } = useSessionView()
  const has = (scope: (typeof scopes)[number]) => scopes.includes(scope)
  const open = has('commands:open') || has('admin')
  return { open, reduce: open || has('commands:close') }
}
