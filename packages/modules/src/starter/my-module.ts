// A module to begin with: two averages of the price; it buys when the fast one rises above the slow one, and closes
// when it falls below.
//   npx ngtb start --module my-module/my-module.ts
import { defineModule, intentKey } from '@ngtb/modules'
import { decide, type Prices, seen } from './decide.ts'

const prices: Prices = new Map()

export default defineModule({
  name: 'my-module',
  scopes: ['commands:read', 'commands:open'],
  settings: { symbol: 'EURUSD', volume: 0.01, magic: 7, fast: 10, slow: 30 },
  check: ({ fast, slow }) =>
    fast >= 1 && slow > fast ? null : 'slow is more than fast, and fast at least 1',
  ticks: ({ symbol }) => ({ symbols: [symbol] }),

  async onTick({ account, bid, time_ms }, { clientOf, settings, log }) {
    const { symbol, volume, magic, fast, slow } = settings
    const client = clientOf(account)
    const ours = seen(prices, account, bid, slow)
    // What is open is asked of the server each time: it knows what the terminal says.
    const open = (await client.trades({ symbol }).all()).filter((trade) => trade.magic === String(magic))
    const wish = decide(ours, open.length > 0, fast, slow)
    // Its name is made of what it was decided on: decided again after a crash, it is done once.
    const command_id = intentKey('my-module', account, symbol, time_ms, wish ?? '')
    if (wish === 'buy') {
      const order = await client.openTrade({ symbol, order_type: 'BUY', volume, magic, command_id })
      const outcome = await order.settled({ timeout_ms: 60_000 })
      log.info(`buy: ${outcome.kind}`, { account, command_id })
    } else if (wish === 'close') {
      for (const { ticket } of open)
        await (await client.closeTrade({ ticket })).settled({ timeout_ms: 60_000 })
      log.info('closed', { account, positions: open.length })
    }
  },
})
