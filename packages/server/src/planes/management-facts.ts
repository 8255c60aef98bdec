// Facts of accounts and of the system over the management API: limits, symbols, history, health, settings.
import type { LimitsBody, SubscriptionBody } from '@ngtb/protocol'
import type { Span } from '../ports.ts'
import { historySpan } from '../services/history-span.ts'
import { settingsView } from '../services/settings-view.ts'
import { serverTime } from '../services/views.ts'
import { actorOf, type Call, type Handler } from './call.ts'
import { requireFreshWord } from './fresh-word.ts'
import { pathDesk, requireWholeSystem } from './management-accounts.ts'
import { moment } from './paging.ts'

export const factHandlers = {
  async v1_limits(call) {
    return call.services.limits.view(await pathDesk(call))
  },

  async v1_limits_set(call) {
    requireFreshWord(call, 'to change the limits of an account')
    const desk = await pathDesk(call)
    await call.services.limits.set(desk, call.body as LimitsBody, actorOf(call))
    return call.services.limits.view(desk)
  },

  async v1_symbols_choose(call) {
    const { symbols } = call.body as SubscriptionBody
    return call.services.subscriptions.choose(await pathDesk(call), symbols, actorOf(call))
  },

  async v1_account_history(call) {
    const desk = await pathDesk(call)
    const { account } = await desk.ready()
    const span = spanOf(call)
    const points = await call.services.store.accountHistory(desk.account_id, span)
    return {
      account_id: account.account_id,
      account_number: account.account_number ?? '',
      ...told(span, points),
    }
  },

  async v1_system_history(call) {
    requireWholeSystem(call)
    const span = spanOf(call)
    return told(span, await call.services.store.systemHistory(span))
  },

  v1_system_health: ({ services, principal }) => services.system.view(principal?.account_id ?? null),

  async v1_settings(call) {
    requireWholeSystem(call)
    return { items: settingsView(call.services.config) }
  },
} satisfies Record<string, Handler>

const DAY_MS = 86_400_000

function spanOf({ query, services: { clock, config } }: Call): Span {
  const { from: since, to: until, step } = query as { from?: string; to?: string; step?: number }
  const now = clock.now()
  const to = moment(until, now)
  const from = moment(since, to - DAY_MS)
  return historySpan(from, to, step ?? 0, config.NGTB_HISTORY_EVERY_SEC * 1_000)
}

const told = (span: Span, points: readonly { readonly at: number }[]) => ({
  from: serverTime(span.from),
  to: serverTime(span.to),
  step_ms: span.step_ms,
  points: points.map(({ at, ...values }) => ({ at: serverTime(at), ...values })),
})
