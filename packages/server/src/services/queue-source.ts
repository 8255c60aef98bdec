// What waits on each account, for the mirror (ports.ts): ids of commands that no EA has seen, in delivery order.
import { deliveryOrder } from '@ngtb/core'
import type { QueueSource } from '../ports.ts'
import type { Desks } from './desks.ts'

export const queueSource = (desks: Desks): QueueSource => ({
  accounts: () => desks.opened().map(({ account_id }) => account_id),
  waiting(account_id) {
    // An old picture is not shown: whoever made it old shows the new one, and so does this server once it has read it.
    const { current } = desks.get(account_id)
    if (!current) return null
    return [...current.unsettled.values()]
      .filter(({ status, attempt }) => status === 'pending' && attempt === 0)
      .sort(deliveryOrder)
      .map(({ command_id }) => command_id)
  },
})
