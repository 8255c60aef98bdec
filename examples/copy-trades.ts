// Copies what is opened and closed on one account to another: followed by seq, so that nothing is missed and nothing is
// done twice, whatever dies.
//   NGTB_API_KEY=… npx tsx examples/copy-trades.ts FROM_LOGIN TO_LOGIN [FACTOR] [FILE]
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createClient, intentKey, isRefusal } from '@ngtb/sdk'

const [from = '', to = '', factor = '1', file = 'copy-trades.json'] = process.argv.slice(2)
if (from === '' || to === '') throw new Error('copy-trades.ts FROM_LOGIN TO_LOGIN [FACTOR] [FILE]')
const source = createClient({ account: from })
const target = createClient({ account: to })
const books = remembered()

interface Books {
  /** Everything up to here is done. */
  seq: number | undefined
  /** Ticket there, by ticket here. */
  copies: Record<string, string>
}

function remembered(): Books {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Books
  } catch {
    return { seq: undefined, copies: {} }
  }
}

/** Whole or not at all: a crash in the middle leaves the old one. */
function remember(): void {
  writeFileSync(`${file}.new`, JSON.stringify(books))
  renameSync(`${file}.new`, file)
}

async function copyOpened(ticket: string): Promise<void> {
  if (books.copies[ticket] !== undefined) return
  const { symbol, direction, volume, sl, tp } = await source.trade(ticket)
  if (symbol === null || volume === null || (direction !== 'BUY' && direction !== 'SELL')) return
  try {
    const copy = await target.openTrade({
      ...{ symbol, order_type: direction, sl, tp, comment: `copy of ${ticket}`.slice(0, 31) },
      volume: Math.max(0.01, Math.round(volume * Number(factor) * 100) / 100),
      // Its name is the trade that it copies: asked for again after a crash, it is the same one.
      command_id: intentKey('copy-trades', from, to, ticket),
    })
    const outcome = await copy.known()
    console.log(`${ticket} copied: ${outcome.kind}`)
    if (outcome.kind === 'completed' && outcome.ticket) books.copies[ticket] = outcome.ticket
  } catch (error) {
    if (!isRefusal(error, 'NGTB_RISK_CLOSED', 'NGTB_LIMIT')) throw error
    console.log(`${ticket} not copied: ${error.message}`)
  }
}

async function copyClosed(ticket: string): Promise<void> {
  const copy = books.copies[ticket]
  if (copy === undefined) return
  const command_id = intentKey('copy-trades', from, to, ticket, 'close')
  const outcome = await (
    await target.closeTrade({ ticket: copy, reason: `${ticket} closed`, command_id })
  ).known()
  console.log(`copy ${copy} closed: ${outcome.kind}`)
  if (outcome.kind === 'completed') delete books.copies[ticket]
}

const events = source.events({
  topics: ['trade'],
  after: books.seq,
  on_link: ({ live }) => live && console.log('listening'),
})
process.once('SIGTERM', () => events.close())
process.once('SIGINT', () => events.close())
for await (const { seq, data } of events) {
  if (data.event === 'trade.opened') await copyOpened(String(data.ticket))
  if (data.event === 'trade.closed') await copyClosed(String(data.ticket))
  books.seq = seq
  remember()
}
source.close()
target.close()
