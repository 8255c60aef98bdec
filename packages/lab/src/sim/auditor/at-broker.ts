// What takes effect at the broker, and when its order left the terminal: counted where nothing is rolled back.
import type { Execution, OrderRequest } from '@ngtb/ea-sim'
import { COMMANDS } from '@ngtb/protocol'
import type { Tables } from '@ngtb/server/parts'
import type { History } from '../history.ts'
import type { House } from '../house.ts'
import { BEGIN } from '../house.ts'
import type { Intent, Intents } from '../intents.ts'
import type { Truth } from '../truth.ts'
import type { Complaints } from './complaint.ts'

type Command = NonNullable<ReturnType<NonNullable<ReturnType<Tables['accounts']['get']>>['commands']['get']>>

export interface BrokerAuditParts {
  readonly complaints: Complaints
  readonly history: History
  readonly intents: Intents
  readonly truths: ReadonlyMap<number, Truth>
  readonly house: House
  readonly tables: () => Tables
  readonly now: () => number
  readonly settleMs: (account_id: number) => number
}

/** An emergency stop as it began at a terminal. */
interface Stop {
  readonly terminal: string
  readonly symbol: unknown
  readonly strategy_no: number | null
  readonly command_no: number
}

export class BrokerAudit {
  readonly #parts: BrokerAuditParts
  readonly #stops = new Map<number, Stop[]>()
  /** The newest MODIFY that a terminal has begun, by ticket. */
  readonly #modified = new Map<string, number>()
  /** When the volume of a position changed last. */
  readonly #changed = new Map<string, number>()

  constructor(parts: BrokerAuditParts) {
    this.#parts = parts
  }

  /** An order leaves a terminal: the last moment at which it could have been held back. */
  orderStarts(account_id: number, terminal: string, request: OrderRequest): void {
    const command = this.#parts.tables().accounts.get(account_id)?.commands.get(request.command_id)
    const { complaints, intents } = this.#parts
    intents.sentBy(terminal, request.command_id)
    if (!intents.get(account_id, request.command_id))
      complaints.add(
        'P15',
        `${terminal} sends an order for ${request.command_id}, which is none of account ${account_id}`,
      )
    if (!command) return
    if (COMMANDS[command.type].resend === 'never') {
      this.#inTime(command, terminal)
      this.#notBelowAStop(command, terminal)
      this.#notHandedOutBelowAStop(command)
    }
    if (command.type === 'CLOSE_ALL') this.#stopBegins(command, terminal)
    if (command.type === 'CLOSE_PARTIAL' || command.type === 'CLOSE_BY')
      this.#comparesFirst(command, terminal)
    if (request.action === 'modify' || request.action === 'modify_pending')
      // An order and the position that it became have one ticket, and are two things.
      this.#newestWins(command, `${terminal} ${request.action} ${request.ticket}`)
  }

  /** A position's volume changes, whoever did it. */
  volumeChanges(account_id: number, ticket: string): void {
    this.#changed.set(`${account_id} ${ticket}`, this.#parts.now())
  }

  /** Compare-and-set: sent only at the volume that was expected; one that has just changed may not be seen yet. */
  #comparesFirst({ account_id, command_id, payload, type }: Command, terminal: string): void {
    const { ticket, expected_volume } = payload as { ticket: string; expected_volume: number }
    const volume = this.#parts.truths.get(account_id)?.broker.position(ticket)?.volume
    if (volume === undefined || Math.abs(volume - expected_volume) < 1e-9) return
    const known_ms = this.#parts.now() - (this.#changed.get(`${account_id} ${ticket}`) ?? 0)
    if (known_ms > this.#parts.settleMs(account_id))
      this.#parts.complaints.add(
        'P3',
        `${terminal} sends ${type} ${command_id} for ${expected_volume} lots, of which there are ${volume} since ${known_ms} ms`,
      )
  }

  /** P5, on the clock of the server that made the promise: the slowest of its processes so far. */
  #inTime({ command_id, expires_at }: Command, terminal: string): void {
    if (expires_at === null) return
    const slowest = Math.min(...this.#parts.house.clock_errors)
    const late_ms = BEGIN + this.#parts.now() + slowest - expires_at
    if (late_ms > 0)
      this.#parts.complaints.add(
        'P5',
        `${terminal} sends the order of ${command_id} ${late_ms} ms after its deadline`,
      )
  }

  /** P12: once a terminal has begun an emergency stop, no order below it leaves that terminal. */
  #notBelowAStop(command: Command, terminal: string): void {
    for (const stop of this.#stops.get(command.account_id) ?? []) {
      const covered =
        (stop.symbol === undefined || stop.symbol === command.payload.symbol) &&
        (stop.strategy_no === null || stop.strategy_no === (command.strategy_no ?? 0))
      if (covered && stop.terminal === terminal && command.command_no < stop.command_no)
        this.#parts.complaints.add(
          'P12',
          `${terminal} sends the order of ${command.command_id} (no ${command.command_no}) after the CLOSE_ALL no ${stop.command_no} ran`,
        )
    }
  }

  /** P12: what was handed out after an emergency stop was made carries its generation, and is refused. */
  #notHandedOutBelowAStop({ account_id, command_id, command_no, payload, strategy_no }: Command): void {
    const at = this.#parts.tables().accounts.get(account_id)
    const first = at?.attempts.get(command_id)?.[0]
    for (const stop of at?.commands.values() ?? []) {
      if (stop.type !== 'CLOSE_ALL' || stop.command_no <= command_no || !first) continue
      const covered =
        (stop.payload.symbol === undefined || stop.payload.symbol === payload.symbol) &&
        (stop.strategy_no === null || stop.strategy_no === (strategy_no ?? 0))
      if (covered && first.delivered_at > stop.created_at)
        this.#parts.complaints.add(
          'P12',
          `${command_id} (no ${command_no}) was handed out after the CLOSE_ALL no ${stop.command_no} and is sent`,
        )
    }
  }

  #stopBegins({ account_id, command_no, payload, strategy_no }: Command, terminal: string): void {
    const stops = this.#stops.get(account_id) ?? []
    stops.push({ terminal, symbol: payload.symbol, strategy_no, command_no })
    this.#stops.set(account_id, stops)
  }

  /** The newest command_no wins: an older MODIFY must not set its values after a newer one did. */
  #newestWins({ command_id, command_no }: Command, key: string): void {
    const newest = this.#modified.get(key) ?? 0
    if (command_no < newest)
      this.#parts.complaints.add(
        'P12',
        `${command_id} (no ${command_no}) is sent after the newer MODIFY no ${newest}`,
      )
    this.#modified.set(key, Math.max(newest, command_no))
  }

  /** P3. A close ends each position once. Absolute values may be set again where something changed them. */
  #atMostOnce({ command_id, type }: Intent, truth: Truth, ticket: string): void {
    if (type === 'MODIFY_TRADE' || type === 'MODIFY_PENDING') return
    const effects = truth.effectsOf(command_id)
    // Netting: a position that grew while its close was on its way is closed in two orders.
    const closes = type === 'CLOSE_ALL' || type === 'CLOSE_TRADE'
    const same = closes ? effects.filter((one) => one.ticket === ticket && one.kind === 'closed') : effects
    if (same.length <= 1) return
    const where = type === 'CLOSE_ALL' ? ` on ${ticket}` : ''
    this.#parts.complaints.add('P3', `${command_id} ${type} took effect ${same.length} times${where}`)
  }

  /** Compare-and-set: exactly the part between the two volumes was closed. */
  #partOnly({ command_id, payload }: Intent, { broker }: Truth): void {
    const { expected_volume, remaining_volume } = payload as {
      expected_volume: number
      remaining_volume: number
    }
    const wanted = Number((expected_volume - remaining_volume).toFixed(8))
    const closed = broker.ledger.deals
      .filter((deal) => deal.command_id === command_id)
      .reduce((sum, deal) => sum + deal.volume, 0)
    if (closed > wanted + 1e-9)
      this.#parts.complaints.add('P3', `${command_id} closed ${closed} lots instead of ${wanted}`)
  }

  /**
   * Netting: a close on its way when a hand, a stop, or an emergency stop that another terminal carried out closed
   * first, opens the other side. Nobody can call it back; the emergency stop does not wait, and closes that, too.
   */
  #outrun({ account_id, command_id }: Intent, { broker }: Truth, opened: string): boolean {
    const { intents } = this.#parts
    const symbol = broker.position(opened)?.symbol
    const ends = broker.ledger.closedPositions()
    if (ends.some((end) => end.symbol === symbol && end.close_reason !== 'expert')) return true
    return broker.ledger.deals.some(
      (deal) =>
        deal.symbol === symbol &&
        deal.command_id !== null &&
        intents.get(account_id, deal.command_id)?.type === 'CLOSE_ALL' &&
        intents.outranBy(deal.command_id, command_id),
    )
  }

  /** Whatever the broker has booked since the last look. */
  look(): void {
    for (const [account_id, truth] of this.#parts.truths)
      for (const execution of truth.news()) this.#executed(account_id, truth, execution)
  }

  #executed(account_id: number, truth: Truth, { command_id, kind, ticket }: Execution): void {
    const { complaints, intents, history } = this.#parts
    history.note('broker', `${command_id} ${kind} ${ticket}`)
    const intent = intents.get(account_id, command_id)
    if (!intent) {
      complaints.add('P15', `${command_id} took effect at account ${account_id}, where nobody asked for it`)
      return
    }
    this.#atMostOnce(intent, truth, ticket)
    if (kind === 'opened' && intent.type !== 'OPEN_TRADE' && !this.#outrun(intent, truth, ticket))
      complaints.add('P3', `${command_id} ${intent.type} opened position ${ticket}`)
    if (intent.type === 'CLOSE_PARTIAL') this.#partOnly(intent, truth)
    const command = this.#parts.tables().accounts.get(account_id)?.commands.get(command_id)
    if (!command || intent.shaken || intent.type === 'CLOSE_ALL' || intent.type.startsWith('MODIFY')) return
    // A person can be wrong: the EA's own word overrides him (C8).
    if (command.evidence === 'person') return
    if (command.status === 'failed' || command.status === 'expired' || command.status === 'cancelled')
      complaints.add(
        'P7',
        `${command_id} ${intent.type} took effect, though it was called ${command.status} (${command.evidence ?? command.error})`,
      )
  }
}
