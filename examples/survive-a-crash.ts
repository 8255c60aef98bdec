// A strategy that may die at any moment: what it decided is on disk before it is sent, and taken up when it
// starts again.
//   NGTB_API_KEY=… npx tsx examples/survive-a-crash.ts LOGIN FILE
import { type CommandHandle, createClient, intentKey, openIntentStore } from '@ngtb/sdk'

const [login, file = 'breakout.intents'] = process.argv.slice(2)
const intents = await openIntentStore(file)
const client = createClient({ account: login, intents })

/** Your own books: here a line on the screen. Only when they have it, the store may forget it. */
async function book(handle: CommandHandle): Promise<void> {
  const outcome = await handle.known()
  console.log('booked', handle.command_id, outcome.kind, outcome.kind === 'completed' ? outcome.ticket : '')
  await intents.forget(handle.command_id)
}

// 1. Before anything new is decided: what an earlier life has left.
for (const found of await client.resume()) {
  console.log('found', found.command_id, found.kind)
  if (found.kind === 'taken_up') await book(found.handle)
}

// 2. A decision. Its name is made of what it was decided on, so that deciding the same again asks for the same.
const bar = Math.floor(Date.now() / 3_600_000)
const order = await client.openTrade({
  symbol: 'EURUSD',
  order_type: 'BUY',
  volume: 0.1,
  ttl_ms: 30_000,
  command_id: intentKey('breakout', login ?? '', 'EURUSD', bar, 'entry'),
})
console.log('sent', order.command_id)
// Here a crash would be the worst: the order is on its way, and nobody has booked it.
if (process.env.DIE_HERE) process.kill(process.pid, 'SIGKILL')
await book(order)
await intents.close()
client.close()
