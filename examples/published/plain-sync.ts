// A plain sync: the server knows 16218652, 16218653 and 16218655; the EA lists 52, 53 and 54.
// 55 is closed, 54 is added, and the other two are updated, because their SL and TP changed.
import { enrol, onStage, runDirectly, say } from './stage.ts'

export async function main() {
  return onStage(async (stage) => {
    const { account, api_key } = await enrol(stage)
    const sync = (trades: unknown[]) =>
      say('POST', `${stage.at.trades}/api/trades/sync`, { account, trades }, { 'x-api-key': api_key })
    await sync([
      position(16218652, 1.085, 1.095),
      position(16218653, 1.085, 1.095),
      position(16218655, 1.085, 1.095),
    ])
    const { body } = await sync([
      position(16218652, 1.0875, 1.096),
      position(16218653, 1.0875, 1.096),
      position(16218654, 1.085, 1.095),
    ])
    const reconciliation = body.reconciliation as {
      total_ea_trades: number
      closed_trades: number
      new_trades: number
      updated_trades: number
      changes: unknown[]
    }
    console.log('closed', reconciliation.closed_trades, 'added', reconciliation.new_trades)
    console.log('updated', reconciliation.updated_trades)
    return reconciliation
  })
}

const position = (ticket: number, sl: number, tp: number) => ({
  ticket,
  symbol: 'EURUSD',
  direction: 'BUY',
  volume: 0.1,
  open_price: 1.09,
  open_time: Math.floor(Date.now() / 1000),
  sl,
  tp,
  profit: 0,
  swap: 0,
  commission: 0,
})

await runDirectly(import.meta.url, main)
