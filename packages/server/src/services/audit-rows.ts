// Rows of commands and trades against the fold of their events, subject by subject: nothing is kept but what is open.
import {
  COMMAND_FIELDS,
  commandImage,
  differences,
  foldCommand,
  foldTrade,
  type Image,
  isOfCommand,
  isOfTrade,
  isWhole,
  TRADE_FIELDS,
  tradeImage,
} from '@ngtb/core'
import { CommandStatus } from '@ngtb/protocol'
import type { Account, Snapshot, StoredAudit } from '../ports.ts'
import { AUDIT_PAGE } from './audit-chain.ts'
import type { Problems } from './audit-problems.ts'

const LOOK_UP = 1_000
const UNTOLD_MAX = 1_000
const COUNTED = [
  CommandStatus.COMPLETED,
  CommandStatus.FAILED,
  CommandStatus.TIMEOUT,
  CommandStatus.EXPIRED,
  CommandStatus.CANCELLED,
] as const

export class RowCheck {
  readonly #at: Snapshot
  readonly #account: Account
  readonly #problems: Problems
  /** Told whole, waiting to be looked up. */
  readonly #commands = new Map<string, Image>()
  readonly #trades = new Map<string, Image>()
  readonly #by_status = new Map<unknown, number>()
  /** The subject that is being folded. */
  #subject: string | null = null
  #command: Image | null = null
  #trade: Image | null = null

  constructor(at: Snapshot, account: Account, problems: Problems) {
    this.#at = at
    this.#account = account
    this.#problems = problems
  }

  /** @param onPage told after each page how many events it had */
  async run(onPage: (events: number) => void): Promise<void> {
    let after: StoredAudit | null = null
    for (;;) {
      const page: StoredAudit[] = await this.#at.auditBySubject(this.#account.account_id, after, AUDIT_PAGE)
      for (const event of page) this.#fold(event)
      if (this.#commands.size >= LOOK_UP || this.#trades.size >= LOOK_UP) await this.#lookUp()
      onPage(page.length)
      after = page.at(-1) ?? null
      if (page.length < AUDIT_PAGE) break
    }
    this.#ended()
    await this.#lookUp()
    await this.#findUntold()
    this.#compareCounters()
  }

  #fold(event: StoredAudit): void {
    if (event.subject !== this.#subject) this.#ended()
    this.#subject = event.subject
    if (isOfCommand(event)) this.#command = foldCommand(this.#command, event)
    if (isOfTrade(event)) this.#trade = foldTrade(this.#trade, event)
  }

  #ended(): void {
    if (this.#subject !== null) {
      if (this.#command) this.#commands.set(this.#subject, this.#command)
      if (this.#trade) this.#trades.set(this.#subject, this.#trade)
    }
    if (this.#command) {
      const { status } = this.#command
      this.#by_status.set(status, (this.#by_status.get(status) ?? 0) + 1)
    }
    this.#command = null
    this.#trade = null
  }

  async #lookUp(): Promise<void> {
    const { account_id } = this.#account
    const commands = await this.#at.commandsAmong(account_id, [...this.#commands.keys()])
    const trades = await this.#at.tradesAmong(account_id, [...this.#trades.keys()])
    const commands_by_id = new Map(commands.map((row) => [row.command_id, commandImage(row)]))
    const trades_by_ticket = new Map(trades.map((row) => [row.ticket, tradeImage(row)]))
    this.#compare('command', this.#commands, commands_by_id, COMMAND_FIELDS)
    this.#compare('trade', this.#trades, trades_by_ticket, TRADE_FIELDS)
    this.#commands.clear()
    this.#trades.clear()
  }

  #compare(
    what: string,
    told: ReadonlyMap<string, Image>,
    rows: ReadonlyMap<string, Image>,
    fields: readonly string[],
  ): void {
    const { account_id } = this.#account
    for (const [subject, image] of told) {
      const row = rows.get(subject)
      // One that began under a version whose events told less is held to its status alone.
      const held = isWhole(image, fields) ? fields : ['status']
      if (row)
        this.#problems.differs(account_id, `${what} ${subject}`, subject, differences(image, row, held))
      else this.#problems.add(account_id, { subject, reason: `${what} ${subject} has events, but no row` })
    }
  }

  async #findUntold(): Promise<void> {
    const { account_id } = this.#account
    const { commands, trades } = await this.#at.untold(account_id, UNTOLD_MAX)
    const say = (what: string) => (subject: string) =>
      this.#problems.add(account_id, {
        subject,
        reason: `${what} ${subject} is in the ledger, but no event tells of it`,
      })
    commands.forEach(say('command'))
    trades.forEach(say('trade'))
  }

  #compareCounters(): void {
    const told = Object.fromEntries(
      COUNTED.map((status) => [`commands_${status}`, this.#by_status.get(status) ?? 0]),
    )
    const { account_id } = this.#account
    this.#problems.differs(
      account_id,
      'account',
      null,
      differences(told, { ...this.#account }, Object.keys(told)),
    )
  }
}
