// Port 9902: full lists and events of trades.
import {
  type EventsBody,
  plainInt64,
  Refusal,
  type TradeClosedBody,
  type TradeModifiedBody,
  type TradeOpenedBody,
  type TradesSyncBody,
  toInt64,
  tradeEndpoints,
} from '@ngtb/protocol'
import type { FastifyInstance } from 'fastify'
import { loginOf } from '../services/desks.ts'
import { sessionOf } from '../services/ea-session.ts'
import { hasScope, sees } from '../services/keys.ts'
import type { Services } from '../services/services.ts'
import { serverTime } from '../services/views.ts'
import { actorOf, type Call, eaCall, eaDesk } from './call.ts'
import { events, reportReply, snapshot } from './ea-trade-calls.ts'
import { mountLegacyTrades } from './legacy.ts'
import { createPlane, mount } from './mount.ts'

export async function tradesPlane(services: Services): Promise<FastifyInstance> {
  const app = await createPlane(services)
  mount(app, 'trades', tradeEndpoints, services, {
    trades_sync: sync,
    trade_opened: async (call) =>
      told(call, services.tradeEvents.opened(eaDesk(call), call.body as TradeOpenedBody, actorOf(call))),
    trade_closed: async (call) =>
      told(call, services.tradeEvents.closed(eaDesk(call), call.body as TradeClosedBody, actorOf(call))),
    trade_modified: async (call) =>
      told(call, services.tradeEvents.modified(eaDesk(call), call.body as TradeModifiedBody, actorOf(call))),
    events: (call) => events(eaCall(call), call.body as EventsBody),
    sync_force: forceSync,
  })
  mountLegacyTrades(app, services)
  return app
}

async function told(call: Call, done: Promise<void>) {
  await done
  const ticket = toInt64((call.body as { ticket: unknown }).ticket)
  return { status: 'success', ticket: ticket === null ? null : plainInt64(ticket) }
}

async function sync(call: Call) {
  const body = call.body as TradesSyncBody
  const session = sessionOf(body)
  if (session) return snapshot(eaCall(call), body, session)
  const { services, arrival } = call
  const report = await services.tradeSync.sync(eaDesk(call), body.trades, arrival, actorOf(call))
  return {
    status: 'success',
    ...reportReply(report, plainInt64),
    server_time: serverTime(services.clock.now()),
  }
}

async function forceSync(call: Call) {
  const { services, principal } = call
  const account = (call.body as { account?: number | string }).account
  const desk = principal?.scopes.includes('ea:session') ? eaDesk(call) : await managed(call, account)
  return { status: 'success', ...(await services.commands.forceSync(desk, actorOf(call))) }
}

async function managed({ services, principal }: Call, account: number | string | undefined) {
  if (!principal || !hasScope(principal, ['commands:open', 'commands:close', 'commands:read']))
    throw new Refusal('NGTB_EA_KEY_INVALID')
  if (account === undefined && principal.account_id === null)
    throw new Refusal('NGTB_BODY_INVALID', 'account is missing: this key is not bound to one')
  const desk =
    account === undefined
      ? services.desks.get(principal.account_id as number)
      : await services.desks.byNumber(loginOf(account))
  if (!desk || !sees(principal, desk.account_id)) throw new Refusal('NGTB_ACCOUNT_UNKNOWN')
  return desk
}
