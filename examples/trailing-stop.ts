// A trailing stop of your own, as a module: what it decides is one function, `trail`, that a test can try.
//   npx ngtb start --module examples/trailing-stop.ts --set trailing-stop.distance_points=100
// The one that comes with the house (`--module trailing-stop`) does the same for any symbol, and asks for less.
import { defineModule, intentKey, trail } from '@ngtb/modules'

export default defineModule({
  name: 'my-trailing-stop',
  scopes: ['commands:read', 'commands:close'],
  settings: { symbol: 'EURUSD', start_points: 100, distance_points: 100, step_points: 10 },
  ticks: ({ symbol }) => ({ symbols: [symbol] }),

  async onTick({ account, symbol, bid, ask }, { clientOf, settings, log }) {
    const client = clientOf(account)
    const trades = await client.trades({ symbol }).all()
    if (trades.length === 0) return
    const spec = (await client.symbols().all()).find((one) => one.symbol === symbol)
    if (spec === undefined) return
    for (const trade of trades) {
      const sl = trail(trade, { bid, ask }, spec, settings)
      if (sl === null) continue
      const command_id = intentKey('my-trailing-stop', account, trade.ticket, trade.sl ?? 0, sl)
      const move = await client.modifyTrade({ ticket: trade.ticket, sl, command_id })
      const outcome = await move.settled({ timeout_ms: 60_000 })
      log.info(`stop of ${trade.ticket} to ${sl}: ${outcome.kind}`)
    }
  },
})
