// Port 9905, reading: trades and their stories, deals, ticks, candles, logs, the audit trail.
import Type from 'typebox'
import { limits } from '../limits.ts'
import { oneOf, SymbolName, Text } from '../model/fields.ts'
import { DealView, OrderDetailView, OrderView, TradeHistoryView, TradeView } from '../model/trade-views.ts'
import {
  AuditView,
  BarView,
  CandleView,
  DeadLetterView,
  LogView,
  SymbolView,
  TickLossView,
  TickView,
} from '../model/views.ts'
import { MAKERS, TIMEFRAMES, type Timeframe } from '../vocabulary.ts'
import { endpoints } from './endpoint.ts'
import {
  account,
  between,
  LoginParams,
  LoginTicketParams,
  listOf,
  Moment,
  PageQuery,
  paging,
  READ,
  strict,
} from './management-parts.ts'

export const TradeListQuery = Type.Object(
  {
    ...paging,
    status: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('closed'), Type.Literal('all')])),
    symbol: Type.Optional(SymbolName),
    ...between,
  },
  strict,
)
export const OrderListQuery = Type.Object(
  {
    ...paging,
    status: Type.Optional(oneOf(['waiting', 'over', 'all'])),
    symbol: Type.Optional(SymbolName),
  },
  strict,
)
export const DealListQuery = Type.Object(
  {
    ...paging,
    symbol: Type.Optional(SymbolName),
    made_by: Type.Optional(oneOf(MAKERS)),
    kind: Type.Optional(oneOf(['trade', 'balance'])),
  },
  strict,
)
export const TickListQuery = Type.Object({ ...paging, ...between, symbol: SymbolName }, strict)
export const CandleListQuery = Type.Object(
  {
    ...paging,
    ...between,
    symbol: SymbolName,
    timeframe: Type.Optional(oneOf(Object.keys(TIMEFRAMES) as Timeframe[])),
  },
  strict,
)
export const LogListQuery = Type.Object(
  { ...paging, level: Type.Optional(Type.String({ maxLength: 20 })), search: Type.Optional(Text) },
  strict,
)
export const AuditListQuery = Type.Object(
  {
    ...paging,
    kind: Type.Optional(Type.String({ maxLength: 60, description: 'command.created, or all of command.*' })),
    subject: Type.Optional(Type.String({ maxLength: limits.command_id_length_max })),
    actor: Type.Optional(Type.String({ maxLength: 100 })),
    since: Type.Optional(Moment),
  },
  strict,
)

export const dataEndpoints = endpoints({
  v1_symbols: {
    method: 'GET',
    path: `${account}/symbols`,
    summary: 'Symbols as the terminal of this account has them, by name',
    access: READ,
    params: LoginParams,
    query: PageQuery,
    reply: listOf(SymbolView),
  },
  v1_trades: {
    method: 'GET',
    path: `${account}/trades`,
    summary:
      'Trades; open ones unless status says otherwise; from and to: closed within, by broker time (status=closed)',
    access: READ,
    params: LoginParams,
    query: TradeListQuery,
    reply: listOf(TradeView),
  },
  v1_trade: {
    method: 'GET',
    path: `${account}/trades/:ticket`,
    summary: 'One trade',
    access: READ,
    params: LoginTicketParams,
    reply: TradeView,
  },
  v1_trade_history: {
    method: 'GET',
    path: `${account}/trades/:ticket/history`,
    summary: 'One trade with its deals and its story: what happened, when, and who did it (R12)',
    access: READ,
    params: LoginTicketParams,
    reply: TradeHistoryView,
  },
  v1_deals: {
    method: 'GET',
    path: `${account}/deals`,
    summary:
      'Deals of a native EA’s terminal, newest first; made_by=unattributed: those that nobody could put down; kind=balance: deposits, withdrawals, charges',
    access: READ,
    params: LoginParams,
    query: DealListQuery,
    reply: listOf(DealView),
  },
  v1_orders: {
    method: 'GET',
    path: `${account}/orders`,
    summary:
      'Pending orders of a native EA’s terminal, newest first; those that wait unless status says otherwise',
    access: READ,
    params: LoginParams,
    query: OrderListQuery,
    reply: listOf(OrderView),
  },
  v1_order: {
    method: 'GET',
    path: `${account}/orders/:ticket`,
    summary: 'One pending order with its story: what happened, when, and who did it (R12)',
    access: READ,
    params: LoginTicketParams,
    reply: OrderDetailView,
  },
  v1_dead_letters: {
    method: 'GET',
    path: `${account}/dead-letters`,
    summary: 'Events of a native EA that could not be taken, newest first (P10)',
    access: READ,
    params: LoginParams,
    reply: Type.Object({ items: Type.Array(DeadLetterView) }),
  },
  v1_ticks: {
    method: 'GET',
    path: `${account}/ticks`,
    summary: 'Ticks of one symbol by broker time, oldest first',
    access: READ,
    params: LoginParams,
    query: TickListQuery,
    reply: listOf(TickView),
  },
  v1_tick_losses: {
    method: 'GET',
    path: `${account}/tick-losses`,
    summary: 'Ranges of ticks that an EA let go before it could send them, newest first (P11)',
    access: READ,
    params: LoginParams,
    reply: Type.Object({ items: Type.Array(TickLossView) }),
  },
  v1_candles: {
    method: 'GET',
    path: `${account}/candles`,
    summary: 'Candles computed from the ticks (bid)',
    access: READ,
    params: LoginParams,
    query: CandleListQuery,
    reply: listOf(CandleView),
  },
  v1_bars: {
    method: 'GET',
    path: `${account}/bars`,
    summary: 'Bars of the terminal’s history, oldest first: what REQUEST_HISTORY brought',
    access: READ,
    params: LoginParams,
    query: CandleListQuery,
    reply: listOf(BarView),
  },
  v1_logs: {
    method: 'GET',
    path: `${account}/logs`,
    summary: 'Log lines of the EA, newest first',
    access: READ,
    params: LoginParams,
    query: LogListQuery,
    reply: listOf(LogView),
  },
  v1_audit: {
    method: 'GET',
    path: `${account}/audit`,
    summary: 'Audit events of one account, newest first',
    access: READ,
    params: LoginParams,
    query: AuditListQuery,
    reply: listOf(AuditView),
  },
  v1_audit_all: {
    method: 'GET',
    path: '/api/v1/audit',
    summary: 'Audit events of the whole system, newest first',
    access: ['admin'],
    query: AuditListQuery,
    reply: listOf(AuditView),
  },
  v1_audit_verify: {
    method: 'POST',
    path: '/api/v1/audit/verify',
    summary: 'Check hash chains and folds',
    access: ['admin'],
  },
})
