// What waits on each account, for the mirror (ports.ts): ids of commands that no EA has seen, in delivery order.
import { deliveryOrder } from '@ngtb/core'
import type { QueueSource } from '../ports.ts'
import type { Desks } from './desks.ts'

export const queueSource = (desks: Desks): QueueSource => ({
  accounts: () => desks.opened().map(({ account_id }) => account_id),
  waiting(account_id) {
    const { state } = desks.get(account_id)
    if (!state) return null
    return [...state.unsettled.values()]
      .filter(({ status, attempt }) => status === 'pending' && attempt === 0)
      .sort(deliveryOrder)
      .map(({ command_id }) => command_id)
  },
})
