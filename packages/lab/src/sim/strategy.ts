// The strategies of one account: each intent has its own name, and is asked for again until it is answered (P2).

import type { Complaints } from './auditor/complaint.ts'
import type { AccountDay, StrategyDay } from './day.ts'
import type { Ask, Told } from './doors.ts'
import type { History } from './history.ts'
import type { Http, Line } from './http.ts'
import type { Intent, Intents } from './intents.ts'
import type { Random } from './random.ts'
import type { VirtualTime } from './virtual-time.ts'
import type { Wish, Wishes } from './wishes.ts'

export interface StrategyParts {
  readonly time: VirtualTime
  readonly history: History
  readonly random: Random
  readonly account: AccountDay
  readonly day: StrategyDay
  readonly http: Http
  readonly line: Line
  readonly intents: Intents
  readonly complaints: Complaints
  readonly wishes: Wishes
  readonly commandId: (account_id: number, key: string) => string
  /** An id of another account's command, or null. */
  readonly foreign: () => string | null
}

const PATIENCE_MS = 3_000
const AGAIN_MS = 900

type Named = Intent & { readonly key: string | null; readonly ttl_ms: number | undefined }

export class Strategy {
  readonly #parts: StrategyParts
  #made = 0

  constructor(parts: StrategyParts) {
    this.#parts = parts
  }

  /** Wants its intents until `until_ms`, each at a moment of its own or all in one burst. */
  begin(until_ms: number): void {
    const { time, random, account, day } = this.#parts
    const burst_at = random.between(2_000, until_ms)
    for (let n = 0; n < account.intents; n++) {
      const at = day.burst ? burst_at + random.between(0, 1_500) : random.between(500, until_ms)
      time.after(at, () => this.#wants(n))
    }
    if (random.chance(day.foreign)) time.after(random.between(1_000, until_ms), () => this.#meddles())
  }

  #wants(n: number): void {
    const { random, day, account, wishes } = this.#parts
    // In a burst of openings somebody pulls the emergency stop (F42).
    const wish = day.burst && n === account.intents - 1 ? wishes.closeAll() : wishes.next()
    if (random.chance(day.batches)) {
      this.#parts.history.count('batch')
      const intents = [this.#intend(wish), this.#intend(wishes.next())]
      this.#post('/batch', { commands: intents.map(bodyOf) }, null, intents, 0)
    } else this.#ask(this.#intend(wish))
  }

  #intend({ type, payload, ttl_ms }: Wish): Named {
    const { account, random, commandId, intents } = this.#parts
    this.#made += 1
    const name = `cmd-${account.account_id}-${this.#made}`
    const key = random.chance(0.5) ? name : null
    const command_id = key === null ? name : commandId(account.account_id, key)
    const open = { acknowledged: false, refused: null, shaken: false, lost: false }
    const intent: Named = { account_id: account.account_id, command_id, type, payload, ...open, key, ttl_ms }
    intents.add(intent)
    return intent
  }

  #ask(intent: Named): void {
    const { command_id, key, ...body } = { ...bodyOf(intent), key: intent.key }
    this.#post('', key === null ? { ...body, command_id } : body, key, [intent], 0)
  }

  #post(
    path: string,
    body: Record<string, unknown>,
    key: string | null,
    intents: readonly Named[],
    asked: number,
  ): void {
    const { time, history, account, http, line } = this.#parts
    const ask: Ask = {
      port: 'webui',
      method: 'POST',
      path: `/api/v1/accounts/${account.login}/commands${path}`,
      key: { account_id: account.account_id, role: 'strategy' },
      ...(key === null ? {} : { idempotency_key: key }),
      body,
    }
    const again = () => this.#post(path, body, key, intents, asked + 1)
    if (asked === 0) history.note('strategy', `wants ${intents.map(said).join(', ')}`)
    http.ask(line, ask, PATIENCE_MS, (told) => {
      if (told === null || told.http >= 500 || told.http === 429) return void time.after(AGAIN_MS, again)
      history.note(
        'strategy',
        `${intents[0]?.command_id} is told ${told.http} ${told.body.error ?? ''}`,
        told.http === 423
          ? 'opening refused: closed for risk'
          : told.body.error === 'NGTB_LIMIT'
            ? 'opening refused: a limit'
            : undefined,
      )
      if (told.http >= 300) for (const intent of intents) intent.refused ??= String(told.body.error)
      else this.#answered(intents, told, again)
    })
  }

  #answered(intents: readonly Named[], { body }: Told, again: () => void): void {
    const { random, day, complaints, time } = this.#parts
    const told = Array.isArray(body.commands) ? body.commands : [body]
    for (const [at, intent] of intents.entries()) {
      intent.acknowledged = true
      const { command_id } = (told[at] ?? {}) as { command_id?: string }
      if (command_id !== intent.command_id)
        complaints.add('P2', `${intent.command_id} was asked for, ${command_id} was told`)
    }
    if (random.chance(day.repeats_answered)) {
      this.#parts.history.count('intent repeated after its answer')
      time.after(random.between(10, 20_000), again)
    }
    const [intent] = intents
    if (!intent || intents.length > 1) return
    if (random.chance(day.other_body)) time.after(random.between(10, 5_000), () => this.#otherBody(intent))
    if (random.chance(day.cancels)) time.after(random.between(0, 2_000), () => this.#cancel(intent))
  }

  /** P2: the same name with another body is refused. */
  #otherBody(intent: Named): void {
    const { account, http, line, complaints } = this.#parts
    const { command_id, ...body } = bodyOf(intent)
    const ask: Ask = {
      port: 'webui',
      method: 'POST',
      path: `/api/v1/accounts/${account.login}/commands`,
      key: { account_id: account.account_id, role: 'strategy' },
      body: { ...body, command_id, ttl_ms: (intent.ttl_ms ?? 7_000) + 1 },
    }
    this.#parts.history.count('other body under the same name')
    http.ask(line, ask, PATIENCE_MS, (told) => {
      if (told && told.http < 300 && !intent.shaken)
        complaints.add('P2', `${command_id} was taken again with another body`)
    })
  }

  #cancel({ command_id }: Named): void {
    this.#about(command_id, 'cancel', (told) =>
      this.#parts.history.note(
        'strategy',
        `cancels ${command_id}: ${told?.http ?? 'no answer'}`,
        'cancel asked for',
      ),
    )
  }

  /** P15: what belongs to another account is not there. */
  #meddles(): void {
    const { foreign, complaints, random } = this.#parts
    const command_id = foreign()
    if (command_id === null) return
    this.#parts.history.count('another account meddled')
    const verb = random.pick(['cancel', 'settle', 'show'] as const)
    this.#about(command_id, verb, (told) => {
      if (told && told.http !== 404 && told.http < 500)
        complaints.add('P15', `another account's ${command_id} was answered with ${told.http} to ${verb}`)
    })
  }

  #about(command_id: string, verb: 'cancel' | 'settle' | 'show', heard: (told: Told | null) => void): void {
    const { account, http, line } = this.#parts
    const path = `/api/v1/accounts/${account.login}/commands/${command_id}`
    const ask: Ask = {
      port: 'webui',
      method: verb === 'show' ? 'GET' : 'POST',
      path: verb === 'show' ? path : `${path}/${verb}`,
      key: { account_id: account.account_id, role: 'strategy' },
      body: verb === 'settle' ? { not_executed: true, note: 'sim' } : {},
    }
    http.ask(line, ask, PATIENCE_MS, heard)
  }
}

const bodyOf = ({ type, payload, ttl_ms, command_id }: Named) => ({
  type,
  payload,
  command_id,
  ...(ttl_ms === undefined ? {} : { ttl_ms }),
})

const said = ({ type, command_id, payload }: Named) => `${type} ${command_id} ${JSON.stringify(payload)}`
