// Two legs of a hedge in one batch: both commands exist, or neither. What becomes of each is still its own story.
//   NGTB_API_KEY=… npx tsx examples/batch.ts [LOGIN]
import { type BatchIntent, createClient, isRefusal, OutcomeUnknown } from '@ngtb/sdk'

const [login] = process.argv.slice(2)
const client = createClient({ account: login })
const leg = { type: 'OPEN_TRADE', symbol: 'EURUSD', volume: 0.1, ttl_ms: 30_000 } as const
const legs: BatchIntent[] = [
  { ...leg, order_type: 'BUY', comment: 'long leg' },
  { ...leg, order_type: 'SELL', comment: 'short leg' },
]

/** Silence is a doubt about both: the same batch with the same names is asked for again, and made once. */
async function bothOrNeither() {
  let wanted = legs
  for (;;)
    try {
      return await client.batch(wanted)
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) throw error
      wanted = wanted.map((one, at) => ({ ...one, command_id: error.command_ids[at] }))
    }
}

try {
  const handles = await bothOrNeither()
  const outcomes = await Promise.all(handles.map((handle) => handle.known({ timeout_ms: 60_000 })))
  for (const outcome of outcomes)
    console.log(outcome.command.payload.comment, outcome.kind, outcome.command.command_id)
  // All or nothing is about the commands, not about the broker: one leg alone is closed again.
  const open = outcomes.filter((outcome) => outcome.kind === 'completed')
  if (open.length < legs.length)
    for (const { ticket } of open)
      if (ticket !== undefined) await client.closeTrade({ ticket, reason: 'one leg' })
} catch (error) {
  if (!isRefusal(error, 'NGTB_RISK_CLOSED', 'NGTB_EA_NOT_CONNECTED')) throw error
  console.log(`neither was created: ${error.message}`)
}
client.close()
