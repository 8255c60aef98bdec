// What the server tells, at the moment it leaves: nothing that is not in the ledger (P1), nothing of others (P15).
import { COMMANDS, type CommandType, limits } from '@ngtb/protocol'
import type { Tables } from '@ngtb/server/parts'
import type { Ask, Told } from '../doors.ts'
import type { Intents } from '../intents.ts'
import type { Complaints } from './complaint.ts'

export interface DoorAuditParts {
  readonly complaints: Complaints
  readonly intents: Intents
  readonly tables: () => Tables
  /** On the running server's clock: a wall clock that was set forward ends every lease. */
  readonly serverTime: (true_ms: number) => number
}

type Row = Readonly<Record<string, unknown>>

interface Created {
  readonly account_id: number
  readonly command_id: string
  readonly type: CommandType
  /** By the clock of the process that made it. */
  readonly created_at: number
}

export class DoorAudit {
  readonly #parts: DoorAuditParts
  /** Until when an account stays closed for risk, because another EA was refused (P14). */
  readonly #contended = new Map<number, number>()
  readonly #newest_list = new Map<number, number>()
  readonly #newest_rev = new Map<number, number>()
  /** Hears of each delivery as it leaves: a bad moment for whoever is about to get it. */
  onHandedOut: (account_id: number) => void = () => {}

  constructor(parts: DoorAuditParts) {
    this.#parts = parts
  }

  /** A request arrives: a list that is on its way to the ledger may judge only what was known by now (P8). */
  asked({ key, path, body }: Ask, arrived_at: number): void {
    if (path !== '/api/trades/sync') return
    this.#newest_list.set(key.account_id, this.#parts.serverTime(arrived_at))
    const { based_on_rev } = body
    if (typeof based_on_rev === 'number')
      this.#newest_rev.set(key.account_id, Math.max(this.newestRev(key.account_id), based_on_rev))
  }

  /** The newest revision that any native list was based on. */
  newestRev(account_id: number): number {
    return this.#newest_rev.get(account_id) ?? 0
  }

  /** By the server's clock, when the newest list began to arrive: no list that is being judged is newer. */
  newestList(account_id: number): number {
    return this.#newest_list.get(account_id) ?? 0
  }

  /** @param arrived_at when it was asked: the server decided at that moment or later */
  told(ask: Ask, { http, body }: Told, arrived_at: number): void {
    const { account_id, role } = ask.key
    if (http >= 300) {
      if (body.error === 'NGTB_OWNER_OTHER')
        this.#contended.set(account_id, this.#parts.serverTime(arrived_at) + limits.owner_lease_ms)
      return
    }
    if (ask.method === 'PUT') return // what was set is looked at with each commit
    if (role === 'strategy') {
      this.#created(account_id, ask, body)
      return
    }
    if (ask.path.endsWith('/command_response')) this.#acknowledged(account_id, ask.body, body)
    if (ask.path.endsWith('/command_responses')) {
      const responses = ask.body.responses as Row[]
      for (const [at, result] of (body.results as Row[]).entries())
        if (result.status === 'success') this.#acknowledged(account_id, responses[at] ?? {}, result)
    }
    if (Array.isArray(body.commands)) this.handedOut(account_id, body.commands as Row[])
  }

  /** P1, P2: a command that was told of stands in the ledger, as the one that was asked for. */
  #created(account_id: number, ask: Ask, body: Row): void {
    for (const created of Array.isArray(body.commands) ? (body.commands as Row[]) : [body]) {
      const command_id = String(created.command_id)
      const at = this.#parts.tables().accounts.get(account_id)
      // A ledger that went back may leave a server that remembers more, until it writes again.
      const shaken = this.#parts.intents.get(account_id, command_id)?.shaken
      if (!at?.commands.has(command_id) && !shaken)
        this.#parts.complaints.add('P1', `${command_id} was told of, but is not in the ledger`)
      if (created.account_id !== account_id)
        this.#parts.complaints.add('P15', `${ask.path} told account ${account_id} of another's ${command_id}`)
    }
  }

  /** P1: an answer that was taken stands in the ledger, or is kept as an orphan. */
  #acknowledged(account_id: number, said: Row, told: Row): void {
    const command_id = String(said.command_id)
    const orphans = this.#parts.tables().accounts.get(account_id)?.orphans
    if (told.orphan === true && said.status !== 'progress' && !orphans?.has(command_id))
      this.#parts.complaints.add('P1', `the result of ${command_id} was taken as an orphan, and is not kept`)
    const intent = this.#parts.intents.get(account_id, command_id)
    if (said.status === 'progress' || (intent?.shaken ?? this.#parts.intents.went_back)) return
    const at = this.#parts.tables().accounts.get(account_id)
    const command = at?.commands.get(command_id)
    if (!command) {
      if (!at?.orphans.has(command_id))
        this.#parts.complaints.add(
          'P1',
          `the answer for ${command_id} was acknowledged, but nothing of it is kept`,
        )
      return
    }
    const open = COMMANDS[command.type].resend === 'never'
    const done = said.status === 'completed' && (!open || (said.response as Row | undefined)?.ticket != null)
    if (done && command.status !== 'completed')
      this.#parts.complaints.add(
        'P1',
        `"completed" for ${command_id} was acknowledged, but it is ${command.status}`,
      )
    if (told.command_id !== command_id)
      this.#parts.complaints.add('P1', `the answer for ${command_id} was acknowledged as ${told.command_id}`)
  }

  /** P1, P4, P12: what is handed out was committed as handed out, is the account's own, and in order. */
  handedOut(account_id: number, commands: readonly Row[]): void {
    const { complaints, intents } = this.#parts
    const at = this.#parts.tables().accounts.get(account_id)
    if (commands.length > 0) this.onHandedOut(account_id)
    let before = { priority: Number.POSITIVE_INFINITY, command_no: 0 }
    for (const { id, attempt } of commands) {
      const command = at?.commands.get(String(id))
      if (!command) {
        const intent = intents.get(account_id, String(id))
        // What the server made by itself went with the ledger, too; the process that made it may still know it.
        if (intent ? !intent.lost : !intents.went_back)
          complaints.add('P15', `${id} was handed to account ${account_id}, whose it is not`)
        continue
      }
      // What went back with the ledger was handed out before; the server's own questions are nobody's intents.
      if (intents.get(account_id, String(id))?.shaken ?? intents.went_back) continue
      if (command.attempt === 0 || (typeof attempt === 'number' && command.attempt < attempt))
        complaints.add(
          'P1',
          `${id} was handed out as attempt ${attempt ?? 1}, the ledger says ${command.attempt}`,
        )
      const { priority, command_no } = command
      if (priority > before.priority || (priority === before.priority && command_no < before.command_no))
        complaints.add('P12', `${id} was handed out behind a lower one`)
      before = { priority, command_no }
    }
  }

  /**
   * P14: what adds risk is not made while two EAs contend for the account. Steps are written in their order, so what is
   * written after the refusal was told was decided after it; when, says the process that did (it may be dead by now).
   */
  creating({ account_id, command_id, type, created_at }: Created): void {
    const until = this.#contended.get(account_id) ?? 0
    if (created_at < until && !COMMANDS[type].reduces_risk)
      this.#parts.complaints.add(
        'P14',
        `${type} ${command_id} was made while two EAs contend for the account`,
      )
  }

  /** The ledger was set back, and forgot who contended. */
  setBack(): void {
    this.#contended.clear()
  }
}
