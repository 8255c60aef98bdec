// Rows of commands, trades and orders against the fold of their events, subject by subject: only open ones are kept.
import {
  COMMAND_FIELDS,
  commandImage,
  differences,
  type Image,
  isWhole,
  ORDER_FIELDS,
  orderImage,
  SubjectFold,
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
  readonly #orders = new Map<string, Image>()
  readonly #by_status = new Map<unknown, number>()
  /** The subject that is being folded. */
  #subject: string | null = null
  #fold = new SubjectFold()

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
      for (const event of page) this.#take(event)
      if ([this.#commands, this.#trades, this.#orders].some(({ size }) => size >= LOOK_UP))
        await this.#lookUp()
      onPage(page.length)
      after = page.at(-1) ?? null
      if (page.length < AUDIT_PAGE) break
    }
    this.#ended()
    await this.#lookUp()
    await this.#findUntold()
    this.#compareCounters()
  }

  #take(event: StoredAudit): void {
    if (event.subject !== this.#subject) this.#ended()
    this.#subject = event.subject
    this.#fold.add(event)
  }

  #ended(): void {
    const { command, trade, order } = this.#fold
    if (this.#subject !== null) {
      if (command) this.#commands.set(this.#subject, command)
      if (trade) this.#trades.set(this.#subject, trade)
      if (order) this.#orders.set(this.#subject, order)
    }
    if (command) this.#by_status.set(command.status, (this.#by_status.get(command.status) ?? 0) + 1)
    this.#fold = new SubjectFold()
  }

  async #lookUp(): Promise<void> {
    const { account_id } = this.#account
    const commands = await this.#at.commandsAmong(account_id, [...this.#commands.keys()])
    const trades = await this.#at.tradesAmong(account_id, [...this.#trades.keys()])
    const commands_by_id = new Map(commands.map((row) => [row.command_id, commandImage(row)]))
    const orders = await this.#at.ordersAmong(account_id, [...this.#orders.keys()])
    const trades_by_ticket = new Map(trades.map((row) => [row.ticket, tradeImage(row)]))
    const orders_by_ticket = new Map(orders.map((row) => [row.ticket, orderImage(row)]))
    this.#compare('command', this.#commands, commands_by_id, COMMAND_FIELDS)
    this.#compare('trade', this.#trades, trades_by_ticket, TRADE_FIELDS)
    this.#compare('order', this.#orders, orders_by_ticket, ORDER_FIELDS)
    this.#commands.clear()
    this.#trades.clear()
    this.#orders.clear()
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
    const { commands, trades, orders } = await this.#at.untold(account_id, UNTOLD_MAX)
    const say = (what: string) => (subject: string) =>
      this.#problems.add(account_id, {
        subject,
        reason: `${what} ${subject} is in the ledger, but no event tells of it`,
      })
    commands.forEach(say('command'))
    trades.forEach(say('trade'))
    orders.forEach(say('order'))
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
