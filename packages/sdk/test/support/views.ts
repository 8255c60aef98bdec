// Views as the server would answer them, for the fake peer.
import type { AccountView, CommandView, ConnectionView } from '@ngtb/protocol'

const born = '2025-01-02T03:04:05.000Z'

export function commandView(
  wish: { command_id: string; type: string; payload: Record<string, unknown> },
  login: string,
  command_no: number,
): CommandView {
  return {
    command_id: wish.command_id,
    id: wish.command_id,
    account_id: 1,
    account_number: login,
    command_no,
    command_type: wish.type,
    type: wish.type,
    payload: wish.payload,
    priority: 5,
    status: 'pending',
    created_at: born,
    expires_at: null,
    sent_at: null,
    completed_at: null,
    attempt: 0,
    retry_count: 0,
    max_retries: 3,
    timeout: 30,
    latency_ms: null,
    response: null,
    response_data: null,
    error_message: null,
    retcode: null,
    retcode_name: null,
    safe_to_retry: null,
    note: null,
    ea_connected: true,
  }
}

export const accountView = (account_id: number, account_number: string): AccountView => ({
  account_id,
  account_number,
  broker: 'Pepperstone',
  created_at: born,
  subscribed_symbols: [],
  connection: connectionView(account_id, account_number),
})

const connectionView = (account_id: number, account_number: string): ConnectionView => ({
  account_id,
  account_number,
  broker: 'Pepperstone',
  state: 'connected',
  healthy: true,
  session_id: null,
  connected_at: born,
  last_seen_at: born,
  last_heartbeat: new Date(Date.now() - 5_000).toISOString(),
  last_sync_at: null,
  heartbeat_count: 3,
  failed_heartbeats: 0,
  reconnect_count: 0,
  tick_count: 0,
  command_count: 0,
  consecutive_failures: 0,
  health_score: 100,
  avg_heartbeat_latency: 0.0453,
  avg_command_response_latency: null,
  balance: 10_000,
  equity: 10_000,
  margin: 0,
  free_margin: 10_000,
  open_positions: 0,
  broker_offset_minutes: 0,
  time_basis: 'broker',
  drifted: false,
})
