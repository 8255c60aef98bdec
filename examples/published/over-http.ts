// Every documented HTTP shape, once: what an EA says on 9900 to 9903, and what everyone else says on 9905.
import { randomUUID } from 'node:crypto'
import { type Answer, enrol, managementKey, onStage, runDirectly, type Stage, say } from './stage.ts'

export async function main() {
  return onStage(async (stage) => {
    const { account, api_key } = await enrol(stage)
    const ea = { 'x-api-key': api_key }
    const bearer = { authorization: `Bearer ${await managementKey(stage)}` }
    return {
      ...(await open(stage)),
      ...(await command(stage, account, ea, bearer)),
      ...(await facts(stage, account, ea)),
      ...(await refusals(stage, account)),
      disconnect: await say(
        'POST',
        `${stage.at.command}/api/disconnect`,
        { account, reason: 'example over' },
        ea,
      ),
    }
  })
}

/** No key is needed for these while the server is bound to loopback. */
async function open({ at }: Stage): Promise<Record<string, Answer>> {
  return {
    health: await say('GET', `${at.webui}/health`),
    status: await say('GET', `${at.command}/api/status`),
    system_status: await say('GET', `${at.webui}/api/system/status`),
  }
}

type Headers = Record<string, string>

/** A command's life: created and asked for again by its key, fetched, answered, looked at. */
async function command({ at }: Stage, account: number, ea: Headers, bearer: Headers) {
  const create = `${at.webui}/api/v1/accounts/${account}/commands`
  const wanted = {
    type: 'OPEN_TRADE',
    payload: { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1, sl: 1.085, tp: 1.095 },
  }
  const named = { ...bearer, 'idempotency-key': randomUUID() }
  const created = await say('POST', create, wanted, named)
  const replayed = await say('POST', create, wanted, named)
  const figures = { balance: 10000, equity: 10050, margin: 100, free_margin: 9950, open_positions: 0 }
  const heartbeat = await say(
    'POST',
    `${at.command}/api/heartbeat`,
    { account, ...figures, latency_ms: 45.3 },
    ea,
  )
  const get_commands = await say('POST', `${at.command}/api/get_commands`, { account }, ea)
  const command_id = String(created.body.command_id)
  const response = { ticket: 16218652, open_price: 1.09 }
  const command_response = await say(
    'POST',
    `${at.command}/api/command_response`,
    { account, command_id, status: 'completed', response },
    ea,
  )
  return {
    created,
    replayed,
    heartbeat,
    get_commands,
    command_response,
    command_status: await say('GET', `${at.command}/api/command/${command_id}/status`, undefined, ea),
    command_status_9905: await say('GET', `${at.webui}/api/command/${command_id}/status`, undefined, bearer),
  }
}

/** What an EA reports beside: ticks, trades, log lines. */
async function facts({ at }: Stage, account: number, ea: Headers): Promise<Record<string, Answer>> {
  const timestamp = Math.floor(Date.now() / 1000)
  const trade = { ticket: 16218652, symbol: 'EURUSD', direction: 'BUY', volume: 0.1, open_price: 1.09 }
  const trades = (path: string, body: Record<string, unknown>) =>
    say('POST', `${at.trades}/api/trades/${path}`, { account, ...body }, ea)
  const ticks = [{ symbol: 'EURUSD', bid: 1.09, ask: 1.0901, timestamp, volume: 1 }]
  const log = { account, level: 'INFO', message: 'EA started', details: { version: '1.0' } }
  return {
    ticks_batch: await say('POST', `${at.ticks}/api/ticks/batch`, { account, ticks, batch_id: 'b-1' }, ea),
    trade_opened: await trades('opened', { ...trade, sl: 1.085, tp: 1.095, comment: '', timestamp }),
    trade_modified: await trades('modified', { ticket: trade.ticket, sl: 1.0875, tp: 1.096, timestamp }),
    trades_sync: await trades('sync', {
      trades: [
        { ...trade, open_time: timestamp, sl: 1.0875, tp: 1.096, profit: 1.2, swap: 0, commission: -0.7 },
      ],
    }),
    sync_force: await trades('sync/force', {}),
    trade_closed: await trades('closed', {
      ticket: trade.ticket,
      close_price: 1.0912,
      close_reason: 'TP',
      profit: 12,
      swap: 0,
      commission: -0.7,
      timestamp,
    }),
    log: await say('POST', `${at.logs}/api/log`, log, ea),
  }
}

/** A refusal is `{status: "error", error, message}` on the plain ports, problem+json on /api/v1. */
async function refusals({ at }: Stage, account: number): Promise<Record<string, Answer>> {
  return {
    no_key: await say('POST', `${at.command}/api/heartbeat`, { account }),
    no_management_key: await say('GET', `${at.webui}/api/v1/accounts`),
  }
}

await runDirectly(import.meta.url, main)
