// A module to begin with: two averages of the price; it buys when the fast one rises above the slow one, and closes
// when it falls below.
//   npx ngtb start --module my-module/my-module.ts
import { defineModule, intentKey } from '@ngtb/modules'
import { decide, type Prices, seen } from './decide.ts'

const prices: Prices = new Map()
const UNSETTLED = ['pending', 'executing', 'timeout'] as const
/** What was refused is not tried again with the next tick; to get out is more urgent than to get in. */
const REST_MS = { buy: 60_000, close: 5_000 } as const
const resting = new Map<string, number>()

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
    if (time_ms < (resting.get(account) ?? 0)) return
    // What is open is asked of the server each time: it knows what the terminal says.
    const open = (await client.trades({ symbol }).all()).filter((trade) => trade.magic === String(magic))
    const wish = decide(ours, open.length > 0, fast, slow)
    // Its name is made of what it was decided on: decided again after a crash, it is done once.
    const command_id = intentKey('my-module', account, symbol, time_ms, wish ?? '')
    if (wish === 'buy') {
      // One that nobody knows the outcome of, from before a restart perhaps, may be a position already.
      const on_their_way = await client.commands({ status: UNSETTLED, type: 'OPEN_TRADE' }).all()
      if (on_their_way.some(({ payload }) => String(payload.magic) === String(magic))) return
      const order = await client.openTrade({ symbol, order_type: 'BUY', volume, magic, command_id })
      const outcome = await order.known()
      log.info(`buy: ${outcome.kind}`, { account, command_id })
      if (outcome.kind !== 'completed') resting.set(account, time_ms + REST_MS.buy)
    } else if (wish === 'close') {
      for (const { ticket } of open) {
        const outcome = await (await client.closeTrade({ ticket, reason: 'the averages crossed' })).known()
        log.info(outcome.kind === 'completed' ? 'closed' : `close: ${outcome.kind}`, { account, ticket })
        if (outcome.kind !== 'completed') resting.set(account, time_ms + REST_MS.close)
      }
    }
  },
})
