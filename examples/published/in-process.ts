// The published walk in the server's own process: connect, heartbeat, command, answer, sync.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommandPriority, getCoreComm, startServer } from '@ngtb/server'
import { runDirectly } from './stage.ts'

export async function main() {
  const data_dir = await mkdtemp(join(tmpdir(), 'ngtb-example-'))
  await chmod(data_dir, 0o755) // as root, PostgreSQL runs as another user, who must get in
  const server = await startServer({ any_port: true, data_dir })
  try {
    return await walk()
  } finally {
    await server.stop()
    await rm(data_dir, { recursive: true, force: true })
  }
}

async function walk() {
  // the manager of the server that runs in this process (await startServer()); without one it throws with that hint
  const comm = getCoreComm()
  const conn = await comm.registerConnection({
    account_id: 1,
    account_number: 12345678,
    broker: 'Pepperstone',
  })
  await comm.processHeartbeat({
    account_id: 1,
    balance: 10000,
    equity: 10050,
    margin: 100,
    free_margin: 9950,
    latency_ms: 45.3,
  })
  const [cmd_id, execution] = await comm.createCommand({
    account_id: 1,
    command_type: 'OPEN_TRADE',
    payload: { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1, sl: 1.085, tp: 1.095 },
    priority: CommandPriority.NORMAL,
  })
  await comm.processCommandResponse({
    command_id: cmd_id,
    status: 'completed',
    response_data: { ticket: 16218652, open_price: 1.09 },
  })
  const result = await comm.syncTradesFromEa({
    account_id: 1,
    ea_trades: [
      {
        ticket: 16218652,
        symbol: 'EURUSD',
        direction: 'BUY',
        volume: 0.1,
        open_price: 1.09,
        sl: 1.085,
        tp: 1.095,
      },
    ],
  })
  if (result.reconciliation.closed_trades > 0) {
    /* a warning with the tickets is logged anyway */
  }
  comm.getConnection(1)
  comm.getAllConnections()
  await comm.getSystemStatus()

  console.log(
    'connection',
    conn.account_id,
    conn.account_number,
    conn.broker,
    conn.state,
    'healthy:',
    conn.isHealthy(),
  )
  console.log(
    'command',
    execution.command_id,
    execution.status,
    execution.response_data,
    'may be retried:',
    execution.canRetry(),
  )
  console.log('sync', result.reconciliation)
  const status = await comm.getSystemStatus()
  console.log('system', status.commands)
  return { conn, execution, result, status, connections: comm.getAllConnections().length }
}

await runDirectly(import.meta.url, main)
