// Port 9905, facts of accounts and of the system that a dashboard shows: limits, symbols, history, health, settings.
import Type from 'typebox'
import { AccountHistoryView, SystemHealthView, SystemHistoryView } from '../model/history-views.ts'
import { LimitsBody, LimitsView } from '../model/limits-view.ts'
import { SettingView, SubscriptionBody, SubscriptionView } from '../model/system-views.ts'
import { endpoints } from './endpoint.ts'
import { account, between, LoginParams, READ, STEER, strict } from './management-parts.ts'

export const HistoryQuery = Type.Object(
  {
    ...between,
    step: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 86_400, description: 'seconds between two points, at least' }),
    ),
  },
  strict,
)

export const factEndpoints = endpoints({
  v1_limits: {
    method: 'GET',
    path: `${account}/limits`,
    summary: 'What may be opened on this account at most, and what counts against it now',
    access: READ,
    params: LoginParams,
    reply: LimitsView,
  },
  v1_limits_set: {
    method: 'PUT',
    path: `${account}/limits`,
    summary: 'Set the limits as a whole: what is left out is not limited; audited. Closing is never limited',
    access: ['admin'],
    params: LoginParams,
    body: LimitsBody,
    reply: LimitsView,
  },
  v1_symbols_choose: {
    method: 'PUT',
    path: `${account}/symbols`,
    summary: 'Choose the symbols whose ticks the EA streams, for good; audited',
    access: STEER,
    params: LoginParams,
    body: SubscriptionBody,
    reply: SubscriptionView,
  },
  v1_account_history: {
    method: 'GET',
    path: `${account}/history`,
    summary: 'The account over time, a point a minute or more apart; without from and to: the last day (UTC)',
    access: READ,
    params: LoginParams,
    query: HistoryQuery,
    reply: AccountHistoryView,
  },
  v1_system_history: {
    method: 'GET',
    path: '/api/v1/system/history',
    summary: 'The system over time, a point a minute or more apart; without from and to: the last day (UTC)',
    access: READ,
    query: HistoryQuery,
    reply: SystemHistoryView,
  },
  v1_system_health: {
    method: 'GET',
    path: '/api/v1/system/health',
    summary: 'How the system does now: database, Redis, queues, throughput, process',
    access: READ,
    reply: SystemHealthView,
  },
  v1_settings: {
    method: 'GET',
    path: '/api/v1/system/settings',
    summary: 'The settings as they work here, without secrets',
    access: READ,
    reply: Type.Object({ items: Type.Array(SettingView) }),
  },
})
