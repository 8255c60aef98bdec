// A person who looks at the broker's books and settles what no evidence can (P6): late, and only by what he saw there.

import { COMMANDS } from '@ngtb/protocol'
import type { MemoryLedger } from '@ngtb/server/parts'
import type { AccountDay } from './day.ts'
import type { Ask } from './doors.ts'
import type { History } from './history.ts'
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
}

/** He waits until nothing of it can be under way any more, at the least so long. */
const WAITS_MS = 20_000

export class Person {
  readonly #parts: PersonParts
  /** When he first saw it unknown, by his own watch: the server's clock may have jumped. */
  readonly #seen = new Map<string, number>()

  constructor(parts: PersonParts) {
    this.#parts = parts
  }

  /** Looks through what is unknown, and says of each what the broker's books say. */
  look(): void {
    const { ledger, account, time } = this.#parts
    const at = ledger.tables.accounts.get(account.account_id)
    for (const command of at?.commands.values() ?? []) {
      if (command.status !== 'timeout') continue
      const seen = this.#seen.get(command.command_id) ?? time.now
      this.#seen.set(command.command_id, seen)
      const ttl_ms = (command.expires_at ?? command.created_at) - command.created_at
      if (time.now - seen > Math.max(WAITS_MS, ttl_ms + account.settle_ms)) this.#settle(command)
    }
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
