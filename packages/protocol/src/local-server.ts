// How a helper finds the server of its own process without importing it (published: "helpers, from any process").

export interface LocalServer {
  createCommand(request: {
    account_id?: number
    account_number?: string | number
    command_type: string
    payload: Record<string, unknown>
    command_id?: string
    require_connected?: boolean
  }): Promise<string>
  getEaStatus(account: { account_id?: number; account_number?: string | number }): Promise<EaStatus>
}

/** What `getEaStatus` answers. */
export interface EaStatus {
  account_id: number
  account_number: string
  state: string
  connected: boolean
  healthy: boolean
  last_heartbeat_age_seconds: number | null
  health_score: number
  avg_heartbeat_latency_ms: number | null
  consecutive_failures: number
}

const SLOT = Symbol.for('ngtb.local-server')
type Holder = { [SLOT]?: LocalServer | undefined }

export const setLocalServer = (server: LocalServer | undefined): void => {
  ;(globalThis as Holder)[SLOT] = server
}
export const localServer = (): LocalServer | undefined => (globalThis as Holder)[SLOT]
