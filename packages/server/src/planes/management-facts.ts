// Facts of accounts and of the system over the management API: limits, symbols, history, health, settings.
import type { LimitsBody } from '@ngtb/protocol'
import { actorOf, type Handler } from './call.ts'
import { pathDesk } from './management-accounts.ts'

export const factHandlers = {
  async v1_limits(call) {
    return call.services.limits.view(await pathDesk(call))
  },

  async v1_limits_set(call) {
    const desk = await pathDesk(call)
    await call.services.limits.set(desk, call.body as LimitsBody, actorOf(call))
    return call.services.limits.view(desk)
  },
} satisfies Record<string, Handler>
