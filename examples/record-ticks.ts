// Records every tick of one symbol to a file, as `ngtb sim --ticks FILE` plays it. Started again, it goes on in the
// same file; a lost link is made good from where it was.
//   NGTB_API_KEY=… npx tsx examples/record-ticks.ts SYMBOL FILE [LOGIN]
import { closeSync, existsSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { createClient, type MarketMessage, type MarketRequest } from '@ngtb/sdk'

const [symbol = '', file = '', login] = process.argv.slice(2)
if (symbol === '' || file === '') throw new Error('record-ticks.ts SYMBOL FILE [LOGIN]')
const is_new = !existsSync(file)
const fd = openSync(file, 'a')
if (is_new) writeSync(fd, 'time_utc_ms,bid,ask\n')
const client = createClient({ account: login })
// Broker time in the messages; a tick file is in UTC.
const offset_ms = ((await client.account()).connection.broker_offset_minutes ?? 0) * 60_000

let cursor: number | undefined
let newest = 0
let count = 0

function write(message: MarketMessage): void {
  if (message.type !== 'ticks') return
  if (message.downgraded) console.error('fell behind: some ticks are missing here')
  for (const { seq = 0, time_ms, bid, ask } of message.ticks) {
    // After a lost link the last ones are told again.
    if (seq <= newest) continue
    newest = seq
    count++
    writeSync(fd, `${time_ms - offset_ms},${bid},${ask}\n`)
  }
  cursor = message.cursor
}

const wish = (): MarketRequest => ({
  ...({ type: 'subscribe_ticks', mode: 'every' } as const),
  ...{ accounts: [account], symbols: [symbol] },
  ...(cursor === undefined ? {} : { after: cursor }),
})
const account = await client.login()
const events = client.events({
  topics: ['connection'],
  on_market: write,
  on_link({ live }) {
    if (live) console.log('recording')
    else events.ask(wish())
  },
})
events.ask(wish())
process.once('SIGTERM', () => events.close())
process.once('SIGINT', () => events.close())
for await (const _ of events) fsyncSync(fd)
closeSync(fd)
client.close()
console.log(`${count} ticks in ${file}`)
