// What each commit writes, against what was there and what is true at the broker: safety, at every instant.

import { COMMANDS, limits } from '@ngtb/protocol'
import type { ChangeSet, Tables } from '@ngtb/server/parts'
import type { Intents } from '../intents.ts'
import type { Truth } from '../truth.ts'
import type { DoorAudit } from './at-doors.ts'
import type { Complaints } from './complaint.ts'

type Command = ChangeSet['commands'][number]
type Connection = ChangeSet['connections'][number]
type Trade = ChangeSet['trades'][number]

const NEVER_HAPPENS: ReadonlySet<string> = new Set(['failed', 'expired', 'cancelled'])

export interface CommitAuditParts {
  readonly complaints: Complaints
  readonly intents: Intents
  readonly truths: ReadonlyMap<number, Truth>
  readonly doors: DoorAudit
}

export class CommitAudit {
  readonly #complaints: Complaints
  readonly #intents: Intents
  readonly #truths: ReadonlyMap<number, Truth>
  readonly #doors: DoorAudit
  /** When the server learnt of a trade, by its own clock. */
  readonly #opened_at = new Map<string, number>()

  constructor({ complaints, intents, truths, doors }: CommitAuditParts) {
    this.#complaints = complaints
    this.#intents = intents
    this.#truths = truths
    this.#doors = doors
  }

  check(change: ChangeSet, before: Tables): void {
    const at = before.accounts.get(change.account.account_id)
    this.#notBeforeTheReplay(change, at?.connection ?? null)
    const known = new Map(at?.commands)
    for (const command of change.commands) {
      this.#command(command, known.get(command.command_id), change)
      known.set(command.command_id, command)
    }
    this.#deliveries(change)
    this.#owner(change, at?.connection ?? null)
    this.#trades(change, at?.trades)
    if (at?.connection?.protocol === 2) this.#noFalseClose(change, at.trades)
    for (const { ticket, account_id } of change.trades)
      if (!this.#truths.get(account_id)?.existed(ticket))
        this.#complaints.add('P7', `trade ${ticket} of account ${account_id} is not at its broker`)
  }

  /** P9: nobody else owns the account while the lease of its owner runs. */
  #owner({ connections }: ChangeSet, was: Connection | null): void {
    const now = connections.at(-1)
    if (!now || !was || now.owner_journal_id === was.owner_journal_id) return
    if (now.owner_journal_id === null || was.owner_journal_id === null || was.owner_seen_at === null) return
    const left_ms = was.owner_seen_at + limits.owner_lease_ms - (now.owner_seen_at ?? 0)
    if (left_ms > 0)
      this.#complaints.add(
        'P9',
        `${now.owner_journal_id} owns the account ${left_ms} ms before the lease of its owner ends`,
      )
  }

  /** P8: a list closes only what was known before it began to arrive. */
  #trades(
    { trades, account, audit }: ChangeSet,
    before: ReadonlyMap<string, { status: string }> | undefined,
  ): void {
    for (const { ticket, status, closed_by, updated_at } of trades) {
      const key = `${account.account_id} ${ticket}`
      const was = before?.get(ticket)?.status
      if (status === 'open' && was !== 'open') this.#opened_at.set(key, updated_at)
      // Where an answer closed it, a list may still open it again: that was no list's judgement.
      const by_list = audit.some(({ subject, data }) => subject === ticket && data.source === 'sync')
      if (status !== 'closed' || closed_by !== 'absence' || was !== 'open' || !by_list) continue
      const known_since = this.#opened_at.get(key) ?? 0
      if (known_since > this.#doors.newestList(account.account_id))
        this.#complaints.add('P8', `trade ${ticket} was closed by a list that came before it was known`)
    }
  }

  /** R4: of a native EA's trades none is called closed while its broker has it open, not for a moment. */
  #noFalseClose({ trades, account, audit }: ChangeSet, before: ReadonlyMap<string, Trade>): void {
    const { account_id } = account
    const broker = this.#truths.get(account_id)?.broker
    for (const { subject, data } of audit) {
      const rev = data.source === 'sync' ? (before.get(subject ?? '')?.rev ?? 0) : 0
      if (rev > this.#doors.newestRev(account_id))
        this.#complaints.add(
          'P8',
          `trade ${subject} of revision ${rev} was judged by a list that did not know it`,
        )
    }
    for (const { ticket, status, closed_by, close_reason } of trades)
      if (status === 'closed' && before.get(ticket)?.status === 'open' && broker?.position(ticket))
        this.#complaints.add(
          'R4',
          `trade ${ticket} is called closed (${closed_by}, ${close_reason}), and is open`,
        )
  }

  #command(command: Command, was: Command | undefined, change: ChangeSet): void {
    const { account_id, command_id, status, type } = command
    const complain = this.#complaints
    if (command.account_id !== change.account.account_id)
      complain.add('P15', `account ${change.account.account_id} wrote ${command_id} of account ${account_id}`)
    if (!was) this.#creation(command)
    if (was?.status === 'completed' && status !== 'completed')
      complain.add('P7', `${command_id} was completed and became ${status}`)
    if ((status === 'expired' || status === 'cancelled') && command.attempt > 0 && was?.status !== status)
      complain.add('P7', `${command_id} was handed out ${command.attempt} times and is called ${status}`)
    if (was?.status !== status) {
      this.#statusIsTrue(command)
      const told = change.audit.some(({ subject, data }) => subject === command_id && data.status === status)
      if (!told) complain.add('P13', `${command_id} became ${status} without an audit event`)
    }
    const twice = was && was.command_no !== command.command_no
    if (twice || (was && was.type !== type)) complain.add('P2', `${command_id} became another command`)
  }

  /** P14: nothing is opened on a ledger that went back, before its EA has told what it knows. */
  #notBeforeTheReplay({ commands, new_commands, connections }: ChangeSet, was: Connection | null): void {
    if (was?.replaying !== true || connections.at(-1)?.replaying === false) return
    const made = new Set(new_commands)
    for (const { command_id, type, origin } of commands)
      if (made.has(command_id) && origin !== 'server' && !COMMANDS[type].reduces_risk)
        this.#complaints.add('P14', `${type} ${command_id} was made before the results were replayed`)
  }

  #creation(command: Command): void {
    const { account_id, command_id, origin, type } = command
    if (origin === 'server') return
    this.#doors.creating(command)
    const intent = this.#intents.get(account_id, command_id)
    if (!intent) this.#complaints.add('P7', `${type} ${command_id} was created, but nobody asked for it`)
    else if (intent.type !== type) this.#complaints.add('P2', `${command_id} was asked as ${intent.type}`)
  }

  /** No false failed, no false completed. */
  #statusIsTrue({ account_id, command_id, status, type, ticket, evidence }: Command): void {
    const truth = this.#truths.get(account_id)
    const intent = this.#intents.get(account_id, command_id)
    if (!truth || !intent || intent.shaken || type === 'CLOSE_ALL') return
    const times = truth.effects(command_id)
    if (type === 'MODIFY_TRADE' || type === 'MODIFY_PENDING') return
    if (NEVER_HAPPENS.has(status) && times > 0)
      this.#complaints.add('P7', `${command_id} ${type} is called ${status}, took effect ${times} times`)
    if (status !== 'completed' || COMMANDS[type].resend !== 'never') return
    if (times === 0)
      this.#complaints.add(
        'P7',
        `${command_id} ${type} is called completed (${evidence}), took effect 0 times`,
      )
    else if (ticket !== truth.ticketOf(command_id))
      this.#complaints.add(
        'P7',
        `${command_id} is completed with ticket ${ticket}, its own is ${truth.ticketOf(command_id)}`,
      )
  }

  /** P9, P12: to the owner only, and never around an emergency stop. */
  #deliveries({ attempts, account, commands, connections }: ChangeSet): void {
    for (const { command_id, epoch, outcome, answered_at } of attempts) {
      const command = commands.findLast((one) => one.command_id === command_id)
      if (command?.status !== 'executing' || outcome !== null || answered_at !== null) continue
      const owner = connections[0]?.owner_journal_id
      if (epoch !== null && epoch !== account.epoch)
        this.#complaints.add(
          'P9',
          `${command_id} was handed out under epoch ${epoch}, the account is at ${account.epoch}`,
        )
      if (command.journal_id !== null && owner !== undefined && owner !== command.journal_id)
        this.#complaints.add('P9', `${command_id} was handed to ${command.journal_id}, the owner is ${owner}`)
    }
  }
}
