// The kill switch: close everything of an account, or of one symbol or strategy, and say honestly what came of it.
//   NGTB_API_KEY=… npx tsx examples/kill-switch.ts [LOGIN] [SYMBOL]
import { createClient, intentKey, OutcomeUnknown } from '@ngtb/sdk'

const [login, symbol] = process.argv.slice(2)
const client = createClient({ account: login })
// One name for this one press of the button: a second process that presses it in the same minute asks for
// the same stop.
const command_id = intentKey('kill switch', login ?? '', symbol ?? '', Math.floor(Date.now() / 60_000))

async function closeEverything(): Promise<void> {
  try {
    // It never gives up: an emergency stop has no time limit, and asking again does it once.
    const stop = await client.closeAll({
      ...(symbol === undefined ? {} : { symbol }),
      reason: 'kill switch',
      command_id,
      deadline_ms: Number.POSITIVE_INFINITY,
    })
    if (!stop.ea_connected)
      console.warn('No EA is connected: it waits, and closes everything when one comes.')
    const outcome = await stop.known({ timeout_ms: 30_000 })
    const { closed = [], failed = [] } = outcome.kind === 'completed' ? (outcome.response ?? {}) : {}
    console.log(
      `${outcome.kind}: ${(closed as unknown[]).length} closed, ${(failed as unknown[]).length} not`,
    )
    process.exitCode = outcome.kind === 'completed' ? 0 : 1
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) throw error
    // Not a failure: it goes on. From now on the EA refuses every older OPEN in its scope.
    console.error(`not known yet: ${error.message}`)
    process.exitCode = 1
  }
}

await closeEverything()
client.close()
