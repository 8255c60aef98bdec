// Who chose to only look, for now, need not choose again at each reload: kept in this tab, for this session.
const KEPT = 'ngt-only-looks'

export function onlyLooks(session_id: string): boolean {
  try {
    return sessionStorage.getItem(KEPT) === session_id
  } catch {
    return false
  }
}

export function keepOnlyLooks(session_id: string): void {
  try {
    sessionStorage.setItem(KEPT, session_id)
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
