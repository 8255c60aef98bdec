// A thread of the tick door (limits.md: a bulkhead): the same plane, the same intake, the same writers as in the house,
// beside a loop that nobody else waits for. A flood of ticks, or one body of 64 MB, holds up ticks alone.
import { parentPort, workerData } from 'node:worker_threads'
import { ticksPlane } from '../planes/ticks.ts'
import { clockOf } from '../platform/clock.ts'
import { systemIds } from '../platform/ids.ts'
import type { Log } from '../ports.ts'
import { BarIntake } from '../services/bar-intake.ts'
import { TickIntake, type TickNews } from '../services/tick-intake.ts'
import { sequenceOn } from '../storage/postgres/tick-sequence.ts'
import { tickWriters } from '../storage/postgres/ticks.ts'
import { Asking } from './asking.ts'
import type { ThreadStart, ToHouse, ToThread } from './words.ts'

const { config, address, clock: origin, sequence, lane, port, shared } = workerData as ThreadStart
const say = (word: ToHouse) => parentPort?.postMessage(word)

const line = (level: keyof Log) => (message: string, details?: Record<string, unknown>) =>
  say({ type: 'log', level, message, ...(details && { details }) })
const log: Log = { info: line('info'), warn: line('warn'), error: line('error') }

const clock = clockOf(origin)
const asking = new Asking(clock, say)
const writers = tickWriters(
  address,
  (error) => log.warn('database', { error: String(error) }),
  sequenceOn(sequence, lane),
)
const tell = (news: readonly TickNews[]) => say({ type: 'news', news })
const intake = new TickIntake({ store: writers, clock, log, tell, tellUnsure: () => say({ type: 'unsure' }) })
let arrived = 0
const plane = await ticksPlane({
  config,
  clock,
  ids: systemIds,
  log,
  keys: { resolve: (key) => asking.resolve(key) },
  desks: { numberOf: async (account_id) => asking.numberOf(account_id) },
  arrival: () => ++arrived,
  intake,
  bars: new BarIntake({ store: writers, clock, tell }),
  tickets: (account_id, listed) => say({ type: 'tickets', account_id, listed }),
})

parentPort?.on('message', (word: ToThread) => {
  if (word.type === 'forget') asking.forget()
  else if (word.type === 'close') void close()
  else asking.hear(word)
})

await plane.listen({ host: config.NGTB_BIND, port, ...(shared && { reusePort: true }) })
const bound = plane.server.address()
say({ type: 'listening', port: typeof bound === 'object' && bound ? bound.port : port })

async function close(): Promise<void> {
  await plane.close() // what was let in is stored and answered
  await writers.close()
  parentPort?.close()
}
