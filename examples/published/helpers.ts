// The published helpers. They use the server of this process, else NGTB_URL and NGTB_API_KEY: same calls.
import {
  getEaStatus,
  isEaConnected,
  sendCloseAllCommand,
  sendCloseTradeCommand,
  sendModifyTradeCommand,
  sendOpenTradeCommand,
} from '@ngtb/sdk'
import { getCoreComm } from '@ngtb/server'
import { onStage, runDirectly } from './stage.ts'

export async function main() {
  return onStage(async ({ data_dir, at }) => {
    if (data_dir === null) process.env.NGTB_URL = at.webui
    else await connectAccountOne()
    const status = await getEaStatus({ account_id: 1 })
    const { last_heartbeat_age_seconds, health_score, avg_heartbeat_latency_ms } = status
    console.log('EA', { last_heartbeat_age_seconds, health_score, avg_heartbeat_latency_ms })
    const connected = await isEaConnected({ account_id: 1 })
    console.log('connected and healthy:', connected)

    const opened = await sendOpenTradeCommand({
      account_id: 1,
      symbol: 'EURUSD',
      order_type: 'BUY',
      volume: 0.1,
      sl: 1.085,
      tp: 1.095,
      comment: 'published',
    })
    const modified = await sendModifyTradeCommand({ account_id: 1, ticket: 16218652, sl: 1.0875, tp: 1.096 })
    const closed = await sendCloseTradeCommand({ account_id: 1, ticket: 16218652 })
    const all_closed = await sendCloseAllCommand({ account_id: 1, symbol: 'EURUSD' })
    console.log('command ids', { opened, modified, closed, all_closed })
    return { status, connected, command_ids: [opened, modified, closed, all_closed] }
  })
}

async function connectAccountOne(): Promise<void> {
  const comm = getCoreComm()
  await comm.registerConnection({ account_id: 1, account_number: 12345678, broker: 'Pepperstone' })
  await comm.processHeartbeat({
    account_id: 1,
    balance: 10000,
    equity: 10050,
    margin: 100,
    free_margin: 9950,
    latency_ms: 45.3,
  })
}

await runDirectly(import.meta.url, main)
