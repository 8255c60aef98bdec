// Facts of accounts and of the system over the management API: limits, symbols, history, health, settings.
import type { LimitsBody, SubscriptionBody } from '@ngtb/protocol'
import { settingsView } from '../services/settings-view.ts'
import { actorOf, type Handler } from './call.ts'
import { pathDesk, requireWholeSystem } from './management-accounts.ts'

export const factHandlers = {
  async v1_limits(call) {
    return call.services.limits.view(await pathDesk(call))
  },

  async v1_limits_set(call) {
    const desk = await pathDesk(call)
    await call.services.limits.set(desk, call.body as LimitsBody, actorOf(call))
    return call.services.limits.view(desk)
  },

  async v1_symbols_choose(call) {
    const { symbols } = call.body as SubscriptionBody
    return call.services.subscriptions.choose(await pathDesk(call), symbols, actorOf(call))
  },

  async v1_settings(call) {
    requireWholeSystem(call)
    return { items: settingsView(call.services.config) }
  },
} satisfies Record<string, Handler>
