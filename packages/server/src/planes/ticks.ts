// Port 9901: ticks and bars. Its house may be the services, or a thread's own (tick-thread/).
import { type BarsBody, Refusal, type TicksBody, tickEndpoints } from '@ngtb/protocol'
import type { FastifyInstance } from 'fastify'
import type { ListedTickets } from '../legacy/reading.ts'
import type { TickNumbers } from '../ports.ts'
import type { BarIntake } from '../services/bar-intake.ts'
import type { TickIntake } from '../services/tick-intake.ts'
import { serverTime } from '../services/views.ts'
import { actorOf, type Call, eaAccount } from './call.ts'
import type { House } from './house.ts'
import { mountLegacyTicks } from './legacy.ts'
import { createPlane, mount } from './mount.ts'
import { tickSocket } from './tick-socket.ts'

/** An EA's backlog of an hour is tens of MB in one body. */
const BACKLOG_TIMEOUT_MS = 60_000

export interface TickHouse extends House {
  readonly intake: TickIntake
  readonly bars: BarIntake
  /** The tickets of all open positions of an account, as an EA of the older dialect lists them with its ticks. */
  tickets(account_id: number, listed: ListedTickets): void
}

export async function ticksPlane(house: TickHouse): Promise<FastifyInstance> {
  const app = await createPlane(house, BACKLOG_TIMEOUT_MS)
  mount(app, 'ticks', tickEndpoints, house, { ticks_batch: ticksBatch, bars })
  mountLegacyTicks(app, house)
  await tickSocket(app, house)
  return app
}

async function ticksBatch(call: Call<TickHouse>) {
  const { intake, clock } = call.services
  const { ticks, batch_id, run, first_seq } = call.body as TicksBody
  const numbers = numbersOf(run, first_seq)
  const name = batch_id ?? (numbers && `${numbers.run}:${numbers.first_seq}`)
  const { lost, ...taken } = await intake.ingest({
    account_id: eaAccount(call),
    ticks,
    batch_id: name === null ? null : String(name),
    numbers,
    actor: actorOf(call),
  })
  return { status: 'success', ...taken, ...(lost && { lost }), server_time: serverTime(clock.now()) }
}

async function bars(call: Call<TickHouse>) {
  const taken = await call.services.bars.save(eaAccount(call), call.body as BarsBody, actorOf(call))
  return { status: 'success', ...taken, server_time: serverTime(call.services.clock.now()) }
}

function numbersOf(run: string | undefined, first_seq: number | undefined): TickNumbers | null {
  if (run !== undefined && first_seq !== undefined) return { run, first_seq, opened: null }
  if (run === undefined && first_seq === undefined) return null
  throw new Refusal('NGTB_BODY_INVALID', 'run and first_seq belong together: send both, or neither')
}
