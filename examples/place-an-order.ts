// The strategy of the README: wait for a price, open a trade, say what became of it.
import { createClient } from '@ngtb/sdk'

const client = createClient({ account: 12345678 })
for await (const { data } of client.events({ topics: ['quote'] })) {
  if (data.symbol !== 'EURUSD') continue
  const order = await client.openTrade({ symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 })
  const outcome = await order.settled()
  console.log(outcome.kind, outcome.kind === 'completed' ? outcome.ticket : outcome.command.error_message)
  break
}
await client.close()
