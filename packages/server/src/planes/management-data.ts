// Reading over the management API: trades, ticks, candles, logs, audit.
import { limits, Refusal, type Timeframe } from '@ngtb/protocol'
import type { DealFilter } from '../ports.ts'
import { verifyAudit } from '../services/audit.ts'
import { levelOf } from '../services/ea-logs.ts'
import { ticketOf } from '../services/trade-events.ts'
import {
  auditView,
  brokerUtc,
  deadLetterView,
  dealView,
  logView,
  orderView,
  serverTime,
  tickLossView,
  tradeView,
} from '../services/views.ts'
import type { Call, Handler } from './call.ts'
import { auditFilter, tradeFilter } from './filters.ts'
import { pathDesk, requireWholeSystem } from './management-accounts.ts'
import { idOf } from './management-commands.ts'
import { moment, pageReply, pageRequest } from './paging.ts'

interface Between {
  from?: string
  to?: string
  symbol: string
  timeframe?: Timeframe
}

const between = ({ from, to }: Between) => ({
  from: moment(from, limits.time_ms_min),
  to: moment(to, limits.time_ms_max),
})

export const dataHandlers = {
  async v1_trades(call) {
    const desk = await pathDesk(call)
    const { account } = await desk.ready()
    const page = await call.services.store.trades(
      desk.account_id,
      pageRequest(call.query, 'ticket'),
      tradeFilter(call.query),
    )
    return pageReply(page, (trade) => tradeView(account, trade))
  },

  async v1_trade(call) {
    const desk = await pathDesk(call)
    const { account } = await desk.ready()
    const ticket = ticketOf(call.params.ticket)
    const trade = await call.services.store.trade(desk.account_id, ticket)
    if (!trade) throw new Refusal('NGTB_TRADE_UNKNOWN', `there is no trade ${ticket} on this account`)
    return tradeView(account, trade)
  },

  async v1_trade_history(call) {
    const desk = await pathDesk(call)
    const { account } = await desk.ready()
    const history = await call.services.queries.tradeHistory(desk, ticketOf(call.params.ticket))
    const deals = history.deals.map((deal) => dealView(account, deal))
    return { trade: tradeView(account, history.trade), deals, story: history.story }
  },

  async v1_deals(call) {
    const desk = await pathDesk(call)
    const { account } = await desk.ready()
    const { symbol, made_by, kind } = call.query as DealFilter
    const page = await call.services.store.deals(desk.account_id, pageRequest(call.query, 'ticket'), {
      ...(symbol ? { symbol } : {}),
      ...(made_by ? { made_by } : {}),
      ...(kind ? { kind } : {}),
    })
    return pageReply(page, (deal) => dealView(account, deal))
  },

  async v1_orders(call) {
    const desk = await pathDesk(call)
    const { account } = await desk.ready()
    const { status = 'waiting', symbol } = call.query as {
      status?: 'waiting' | 'over' | 'all'
      symbol?: string
    }
    const page = await call.services.store.orders(desk.account_id, pageRequest(call.query, 'ticket'), {
      status,
      ...(symbol ? { symbol } : {}),
    })
    return pageReply(page, (order) => orderView(account, order))
  },

  async v1_order(call) {
    const desk = await pathDesk(call)
    const { account } = await desk.ready()
    const { order, story } = await call.services.queries.orderHistory(desk, ticketOf(call.params.ticket))
    return { ...orderView(account, order), story }
  },

  async v1_dead_letters(call) {
    const desk = await pathDesk(call)
    const { account } = await desk.ready()
    const letters = await call.services.store.deadLetters(desk.account_id, limits.page_size_max)
    return { items: letters.map((letter) => deadLetterView(account, letter)) }
  },

  async v1_ticks(call) {
    const { desk, query, utc } = await series(call)
    const { from, to } = between(query)
    const page = await call.services.store.ticks(desk.account_id, query.symbol, from, to, pageRequest(query))
    return pageReply(page, ({ symbol, time_ms, bid, ask, volume }) => ({
      symbol,
      time_ms,
      time: utc(time_ms),
      bid,
      ask,
      volume,
    }))
  },

  async v1_tick_losses(call) {
    const desk = await pathDesk(call)
    const { account } = await desk.ready()
    const losses = await call.services.store.tickLosses(desk.account_id, limits.page_size_max)
    return { items: losses.map((loss) => tickLossView(account, loss)) }
  },

  async v1_candles(call) {
    const { desk, query, utc } = await series(call)
    const { from, to } = between(query)
    const page = await call.services.queries.candles(
      desk,
      query.symbol,
      query.timeframe ?? 'M1',
      from,
      to,
      pageRequest(query),
    )
    return pageReply(page, ({ time_ms, ...candle }) => ({ time_ms, time: utc(time_ms), ...candle }))
  },

  async v1_bars(call) {
    const { desk, query, utc } = await series(call)
    // A daily history may begin long before any tick.
    const { from, to } = between({ from: '0', ...query })
    const { symbol, timeframe = 'M1' } = query
    const of = { account_id: desk.account_id, symbol, timeframe }
    const page = await call.services.store.bars(of, from, to, pageRequest(call.query))
    return pageReply(page, ({ time_ms, received_at, ...bar }) => ({
      ...{ time_ms, time: utc(time_ms) },
      ...bar,
      received_at: serverTime(received_at),
    }))
  },

  async v1_logs(call) {
    const desk = await pathDesk(call)
    const { account } = await desk.ready()
    const { level, search } = call.query as { level?: string; search?: string }
    const page = await call.services.store.logs(desk.account_id, pageRequest(call.query), {
      ...(level ? { level: levelOf(level, 'NGTB_QUERY_INVALID') } : {}),
      ...(search ? { search } : {}),
    })
    return pageReply(page, (log) => logView(account, log))
  },

  async v1_audit(call) {
    const desk = await pathDesk(call)
    return auditPage(call, desk.account_id)
  },

  async v1_command_replay(call) {
    const desk = await pathDesk(call)
    const { account } = await desk.ready()
    return call.services.replays.command(account, idOf(call.params), untilOf(call.query))
  },

  async v1_account_replay(call) {
    const desk = await pathDesk(call)
    const { account } = await desk.ready()
    return call.services.replays.account(account, untilOf(call.query))
  },

  async v1_audit_all(call) {
    requireWholeSystem(call)
    return auditPage(call, null)
  },

  async v1_audit_verify(call) {
    requireWholeSystem(call)
    const verdict = await verifyAudit(call.services.store, call.services.ids)
    return { whole: verdict.problems.length === 0, ...verdict }
  },
} satisfies Record<string, Handler>

/** Moments of the audit trail are UTC. */
function untilOf(query: unknown) {
  const { at, seq } = query as { at?: string; seq?: number }
  return { at: at === undefined ? undefined : moment(at, 0), seq }
}

async function auditPage(call: Call, account_id: number | null) {
  return pageReply(
    await call.services.store.auditOf(account_id, pageRequest(call.query), auditFilter(call.query)),
    auditView,
  )
}

/** A series by broker time, with UTC beside it by the account's present offset (contract §8). */
async function series(call: Call) {
  const desk = await pathDesk(call)
  const { connection } = await desk.ready()
  const utc = (time_ms: number) => brokerUtc(time_ms, connection.broker_offset_min)
  return { desk, query: call.query as Between, utc }
}
