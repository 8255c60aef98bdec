// A person who looks at the broker's books and settles what no evidence can (P6): late, and only by what he saw there.

import { COMMANDS } from '@ngtb/protocol'
import type { MemoryLedger } from '@ngtb/server/parts'
import type { AccountDay } from './day.ts'
import type { Ask } from './doors.ts'
import type { History } from './history.ts'
import { BEGIN } from './house.ts'
import type { Http, Line } from './http.ts'
import type { Truth } from './truth.ts'
import type { VirtualTime } from './virtual-time.ts'

export interface PersonParts {
  readonly time: VirtualTime
  readonly history: History
  readonly account: AccountDay
  readonly ledger: MemoryLedger
  readonly truth: Truth
  readonly http: Http
  readonly line: Line
  /** How far the server's clock is off: he reads its times. */
  readonly clock_error_ms: () => number
}

/** He waits until nothing of it can be under way any more. */
const WAITS_MS = 20_000

export class Person {
  readonly #parts: PersonParts

  constructor(parts: PersonParts) {
    this.#parts = parts
  }

  /** Looks through what is unknown, and says of each what the broker's books say. */
  look(): void {
    const { ledger, account, time, clock_error_ms } = this.#parts
    const at = ledger.tables.accounts.get(account.account_id)
    const now = BEGIN + time.now + clock_error_ms()
    for (const command of at?.commands.values() ?? [])
      if (command.status === 'timeout' && now - (command.sent_at ?? now) > WAITS_MS) this.#settle(command)
  }

  #settle({
    command_id,
    type,
    payload,
  }: {
    command_id: string
    type: keyof typeof COMMANDS
    payload: object
  }): void {
    const { truth, history, account, http, line } = this.#parts
    const done = truth.effects(command_id) > 0
    const ticket = COMMANDS[type].resend === 'never' ? truth.ticketOf(command_id) : undefined
    const body = done
      ? { completed: ticket == null ? {} : { ticket }, note: 'seen at the broker' }
      : { not_executed: true, note: 'nothing at the broker' }
    const ask: Ask = {
      port: 'webui',
      method: 'POST',
      path: `/api/v1/accounts/${account.login}/commands/${command_id}/settle`,
      key: { account_id: account.account_id, role: 'strategy' },
      body,
    }
    history.note(
      'person',
      `settles ${type} ${command_id} ${JSON.stringify(payload)}: ${done ? 'done' : 'not done'}`,
      'settled by a person',
    )
    http.ask(line, ask, 3_000, () => {})
  }
}
