// What the pages of one account need to know of it: whose it is, its money, its clock.
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { accountQuery } from '../live/index.ts'

export function useAccount() {
  const { login = '' } = useParams({ strict: false }) as { login?: string }
  const query = useQuery(accountQuery(login))
  const { info, connection } = query.data ?? {}
  return {
    login,
    query,
    currency: info?.currency ?? null,
    currency_digits: info?.currency_digits ?? 2,
    broker_offset_minutes: connection?.broker_offset_minutes ?? 0,
    /** It tells neither deals nor pending orders, and knows fewer commands. */
    plain: connection?.protocol === 1,
  }
}
