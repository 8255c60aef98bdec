// An admin who changes what an account may open, at any time: often to less than there is by then.
import type { AccountDay } from './day.ts'
import type { Ask } from './doors.ts'
import type { History } from './history.ts'
import type { Http, Line } from './http.ts'
import type { Random } from './random.ts'
import type { VirtualTime } from './virtual-time.ts'

export interface AdminParts {
  readonly time: VirtualTime
  readonly history: History
  readonly random: Random
  readonly account: AccountDay
  readonly http: Http
  readonly line: Line
}

/** Of all accounts. */
const SHARE = 0.1
const EVERY_MS = 20_000

export function limitNowAndThen(parts: AdminParts, until_ms: number): void {
  const { time, random } = parts
  if (!random.chance(SHARE)) return
  const again = () => {
    if (time.now >= until_ms) return
    setLimits(parts)
    time.after(Math.ceil(random.exponential(EVERY_MS)), again)
  }
  time.after(random.between(0, EVERY_MS), again)
}

function setLimits({ history, random, account, http, line }: AdminParts): void {
  const body = {
    ...(random.chance(0.3) ? { max_volume: random.pick([0.1, 0.3, 1]) } : {}),
    ...(random.chance(0.7) ? { max_open_positions: random.between(0, 6) } : {}),
    ...(random.chance(0.4) ? { max_openings_per_minute: random.between(0, 8) } : {}),
    ...(random.chance(0.2) ? { symbols: random.pick([[], ['EURUSD'], ['EURUSD', 'GBPUSD']]) } : {}),
    ...(random.chance(0.1) ? { close_only: true } : {}),
  }
  const ask: Ask = {
    port: 'webui',
    method: 'PUT',
    path: `/api/v1/accounts/${account.login}/limits`,
    key: { account_id: account.account_id, role: 'strategy' },
    body,
  }
  history.note('admin', `limits ${account.login} to ${JSON.stringify(body)}`, 'limits changed')
  http.ask(line, ask, 3_000, () => {})
}
