// The doors of EAs of the older dialect (docs/spec/legacy-ea.md). They understand 200 and 403 alone, and repeat nothing
// but ticks: what can't be used is kept as it came and answered with 200; only while nothing can be stored it is 503.
import {
  type LegacyBody,
  type LogBody,
  legacyCommandEndpoints,
  legacyTickEndpoints,
  legacyTradeEndpoints,
  Refusal,
} from '@ngtb/protocol'
import type { FastifyInstance } from 'fastify'
import { figuresOf, readTicksBody, readTrade } from '../legacy/reading.ts'
import { legacyCommand } from '../legacy/wire.ts'
import type { Handout } from '../services/handout.ts'
import type { Services } from '../services/services.ts'
import { serverTime } from '../services/views.ts'
import { actorOf, type Call, eaAccount, eaDesk, type Handler } from './call.ts'
import { TickResends } from './legacy-resends.ts'
import { mount } from './mount.ts'
import type { TickHouse } from './ticks.ts'

const DONE = { status: 'success' } as const

export function mountLegacyCommands(app: FastifyInstance, services: Services): void {
  const { legacy } = services
  mount(app, 'command', legacyCommandEndpoints, services, {
    legacy_symbols: patient(async (call) => ({
      ...DONE,
      symbols: await legacy.symbols(eaDesk(call), actorOf(call), call.request.ip),
    })),
    legacy_symbol_specs: patient(async (call) => {
      await legacy.specs(eaDesk(call), bodyOf(call), actorOf(call))
      return DONE
    }),
    legacy_ohlc_coverage: patient((call) => legacy.coverage(eaDesk(call), bodyOf(call), actorOf(call))),
    legacy_ohlc_historical: patient(async (call) =>
      heard(call, await legacy.candles(eaDesk(call), bodyOf(call), actorOf(call))),
    ),
    legacy_profit_update: patient(async (call) => {
      await legacy.figures(eaDesk(call), figuresOf(bodyOf(call)), actorOf(call))
      return DONE
    }),
    legacy_transaction: patient(async (call) =>
      heard(call, await legacy.transaction(eaDesk(call), bodyOf(call), actorOf(call))),
    ),
  })
}

export function mountLegacyTrades(app: FastifyInstance, services: Services): void {
  mount(app, 'trades', legacyTradeEndpoints, services, {
    legacy_trade_update: patient(async (call) => {
      const word = readTrade(bodyOf(call))
      if (word.kind === 'unreadable') return heard(call, word.why)
      await services.legacyTrades.told(eaDesk(call), word, actorOf(call))
      return DONE
    }),
  })
}

/** In the thread of ticks, too: what the body says of positions goes to the house. */
export function mountLegacyTicks<H extends TickHouse>(app: FastifyInstance, house: H): void {
  const resends = new TickResends()
  mount(app, 'ticks', legacyTickEndpoints, house, {
    legacy_ticks: async (call) => {
      const { listed, ticks } = readTicksBody(call.body as LegacyBody)
      const account_id = eaAccount(call)
      const actor = actorOf(call)
      if (listed) house.tickets(account_id, listed)
      try {
        const duplicates = await resends.take(account_id, ticks, call, {
          now: () => house.clock.now(),
          store: (fresh) =>
            house.intake.ingest({ account_id, ticks: fresh, batch_id: null, numbers: null, actor }),
        })
        return { ...DONE, processed: ticks.length - duplicates, duplicates }
      } catch (error) {
        if (!isSenseless(error)) throw error
        // Refused, they would come again for ever, and all later ones with them.
        house.log.error('ticks that can not be stored', {
          account_id,
          ticks: ticks.length,
          error: String(error),
        })
        return { ...DONE, processed: 0, ignored: ticks.length }
      }
    },
  })
}

/** A heartbeat of this dialect names no positions and no latency, but a profit of the day. */
export const isLegacyHeartbeat = (body: unknown): boolean =>
  typeof body === 'object' &&
  body !== null &&
  'profit_today' in body &&
  !['open_positions', 'latency_ms', 'journal_id'].some((name) => name in body)

export const legacyHeartbeat: Handler = (call) => strictly(() => beat(call))
export const legacyPoll: Handler = (call) => strictly(() => poll(call))

/** R11. Of a refusal it understands 403 alone: then it takes itself for disconnected, and asks again. */
async function strictly<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refusal && error.code === 'NGTB_FENCED')
      throw new Refusal('NGTB_EA_KEY_INVALID', error.message)
    throw error
  }
}

async function beat(call: Call): Promise<object> {
  const { services, body } = call
  const figures = figuresOf(body as LegacyBody)
  const { handout, symbols } = await services.legacy.heartbeat(eaDesk(call), figures, actorOf(call))
  return { ...DONE, ...now(services), ...(symbols && { symbols }), ...handedOut(handout) }
}

async function poll(call: Call): Promise<object> {
  const { services } = call
  const handout = await services.sessions.poll(eaDesk(call), { session: null, wait_ms: 0 }, actorOf(call))
  return { ...DONE, ...now(services), ...handedOut(handout) }
}

export const legacyAnswer = patient(async (call) => {
  const moved = await call.services.legacy.answer(eaDesk(call), bodyOf(call), actorOf(call))
  return heard(call, moved ? null : 'status is neither completed nor failed')
})

export const legacyLog = patient(async (call) => {
  await call.services.legacy.log(eaDesk(call), call.body as LogBody, actorOf(call))
  return DONE
})

const bodyOf = ({ body }: Call): LegacyBody => body as LegacyBody
const now = ({ clock }: Services) => ({ server_time: serverTime(clock.now()) })
/** Last in the answer: the EA ends the list at the first bracket behind it. */
const handedOut = ({ commands }: Handout) => ({ commands: commands.map(legacyCommand) })

/** What is no sense is kept, and acknowledged: it would not come again. */
async function heard(call: Call, problem: string | null): Promise<object> {
  if (problem === null) return DONE
  await keep(call, problem)
  return { ...DONE, ignored: plain(problem) }
}

const plain = (text: string): string => text.replace(/["\\{}[\]]/g, ' ')

/** 200 for whatever is no stranger and no trouble of ours. */
function patient(handler: Handler): Handler {
  return async (call) => {
    if (call.request.salvaged) await keep(call, 'it was no JSON')
    try {
      return await strictly(async () => handler(call))
    } catch (error) {
      if (!isSenseless(error)) throw error
      return heard(call, error.message)
    }
  }
}

/** Neither a stranger's, nor too many, nor trouble of ours: the message itself. */
const isSenseless = (error: unknown): error is Refusal =>
  error instanceof Refusal && error.http !== 403 && error.http !== 429 && error.http < 500

async function keep(call: Call, why: string): Promise<void> {
  const raw = call.request.salvaged ?? Buffer.from(JSON.stringify(withoutKey(bodyOf(call))))
  await call.services.legacy.keepRaw(eaDesk(call), call.endpoint.path, withoutSecret(raw), why)
}

const withoutKey = ({ api_key: _key, ...body }: LegacyBody) => body
const withoutSecret = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.toString('latin1').replace(/"api_key":"[^"]*"/, '"api_key":"…"'), 'latin1')
