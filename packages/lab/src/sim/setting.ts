// Before the day begins: the accounts are enrolled, and get their keys, through the server's own services.
import type { AccountDay } from './day.ts'
import type { Keys } from './fastify-doors.ts'
import type { House } from './house.ts'
import type { VirtualTime } from './virtual-time.ts'

export async function enrolAccounts(
  house: House,
  time: VirtualTime,
  accounts: readonly AccountDay[],
  keys: Keys,
): Promise<void> {
  await time.runUntil(10)
  const { services } = house
  if (!services) throw new Error('the server did not start on an empty ledger')
  const done = async <T>(work: Promise<T>): Promise<T> => {
    time.stir()
    await time.runUntil(time.now + 10)
    return work
  }
  for (const { login, account_id } of accounts) {
    await done(services.desks.enrol(login, 'Sim', 'sim', account_id))
    for (const [role, scopes] of ROLES) {
      const made = await done(services.keys.create({ account_id, scopes, label: role }, 'sim'))
      keys.set(`${role} ${account_id}`, made.api_key)
    }
  }
}

const ROLES = [
  ['ea', ['ea:session']],
  ['strategy', ['commands:open', 'commands:close', 'commands:read', 'admin']],
] as const
