// Before the day begins: the accounts are enrolled, through the server's own door.
import type { AccountDay } from './day.ts'
import type { House } from './house.ts'
import type { VirtualTime } from './virtual-time.ts'

export async function enrolAccounts(
  house: House,
  time: VirtualTime,
  accounts: readonly AccountDay[],
): Promise<void> {
  await time.runUntil(10)
  const { services } = house
  if (!services) throw new Error('the server did not start on an empty ledger')
  for (const { login, account_id } of accounts) {
    time.stir()
    const enrolled = services.desks.enrol(login, 'Sim', 'sim', account_id)
    await time.runUntil(time.now + 10)
    await enrolled
  }
}
