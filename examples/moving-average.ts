// A strategy as a module: it buys when the fast average rises above the slow one, and turns when it falls below. Its
// position is asked of the server before each decision, so that it goes on rightly after a crash.
//   npx ngtb start --module examples/moving-average.ts
//   npx ngtb sim --ticks packages/server/test/fixtures/eurusd-2020-01-01.csv --speed 60
import { type Client, defineModule, intentKey, type ModuleContext } from '@ngtb/modules'

const settings = { symbol: 'EURUSD', volume: 0.1, magic: 4_711, fast: 20, slow: 100 }
type Context = ModuleContext<typeof settings>
const prices: number[] = []

const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length

/** Which side these prices want; null: not enough seen, or neither. */
export function wanted(seen: readonly number[], fast: number, slow: number): 'BUY' | 'SELL' | null {
  if (seen.length < slow) return null
  const difference = mean(seen.slice(-fast)) - mean(seen.slice(-slow))
  return difference === 0 ? null : difference > 0 ? 'BUY' : 'SELL'
}

export default defineModule({
  name: 'moving-average',
  scopes: ['commands:read', 'commands:open'],
  settings,
  check: ({ fast, slow }) =>
    fast >= 1 && slow > fast ? null : 'slow is more than fast, and fast at least 1',
  ticks: ({ symbol }) => ({ symbols: [symbol] }),

  async onTick({ account, bid, ask, time_ms }, context) {
    const { fast, slow, symbol, magic } = context.settings
    prices.push((bid + ask) / 2)
    if (prices.length > slow) prices.shift()
    const side = wanted(prices, fast, slow)
    if (side === null) return
    const client = context.clientOf(account)
    const open = (await client.trades({ symbol }).all()).filter((trade) => trade.magic === String(magic))
    if (open.some((trade) => trade.direction === side)) return
    // Out first; in only when it is known to be out.
    for (const { ticket } of open) {
      const outcome = await (await client.closeTrade({ ticket, reason: 'the averages crossed' })).known()
      if (outcome.kind !== 'completed') return
    }
    await enter(client, side, time_ms, context)
  },
})

async function enter(
  client: Client,
  order_type: 'BUY' | 'SELL',
  time_ms: number,
  { settings, log }: Context,
) {
  const { symbol, volume, magic } = settings
  const command_id = intentKey('moving-average', await client.login(), symbol, order_type, time_ms)
  const order = await client.openTrade({ symbol, order_type, volume, magic, ttl_ms: 10_000, command_id })
  const outcome = await order.known()
  log.info(`${order_type} ${outcome.kind}`, { time_ms })
}
