// Full lists of positions, a plain client's and a native EA's (contract §7): core judges, this writes and tells.
import {
  type Adjustment,
  isNative,
  type ListFacts,
  listsCome,
  readRows,
  reconcileNative,
  reconcilePlain,
  refuseSnapshot,
  type Snapshot,
  type SyncVerdict,
  type Trade,
} from '@ngtb/core'
import { Refusal } from '@ngtb/protocol'
import type { CommandMoves } from './command-moves.ts'
import { type Connections, names } from './connections.ts'
import type { Context } from './context.ts'
import type { Desk } from './desk.ts'
import { type EaSession, requireOwner } from './ea-session.ts'
import { type Heads, headsOf } from './handout.ts'
import type { Step } from './step.ts'
import type { TradeBook } from './trade-book.ts'
import { tellDrift } from './trade-drift.ts'
import { noteEffect } from './trade-effects.ts'
import { ListWriter } from './trade-lists.ts'
import { type ReadTags, readTags } from './trade-tags.ts'

type Causes = ReadTags['causes']

/** A snapshot with its rows. */
export interface ListedSnapshot extends Snapshot {
  readonly trades: readonly unknown[]
}

export interface SnapshotReport extends SyncReport {
  readonly heads: Heads
  readonly drifted: boolean
}

export interface SyncReport {
  total_ea_trades: number
  total_db_trades: number
  closed_trades: number
  new_trades: number
  updated_trades: number
  changes: Record<string, unknown>[]
  suspect_trades: string[]
  rejected_rows: readonly { index: number; ticket: string | null; reason: string }[]
}

export class TradeSync {
  readonly #ctx: Context
  readonly #connections: Connections
  readonly #book: TradeBook
  readonly #moves: CommandMoves
  readonly #writer: ListWriter

  constructor(ctx: Context, connections: Connections, book: TradeBook, moves: CommandMoves) {
    this.#ctx = ctx
    this.#moves = moves
    this.#connections = connections
    this.#book = book
    this.#writer = new ListWriter(ctx, book)
  }

  /**
   * A plain client's full list.
   * @param began_no `arrival()` when the request began to arrive: later news are not judged by it (P8)
   * @throws {Refusal} NGTB_FENCED on an account that a native EA owns
   */
  async sync(desk: Desk, list: readonly unknown[], began_no: number, actor: string): Promise<SyncReport> {
    return desk.run(async (step) => {
      requireOwner(step.state, null)
      this.#connections.seen(step, 'sync', actor)
      const { connection } = step.state
      const { facts, causes } = await this.#facts(step, list)
      const verdict = reconcilePlain({
        ...facts,
        began_no,
        margin: connection.margin,
        open_positions: connection.open_positions,
        empty_lists_before: connection.empty_lists,
      })
      const drifted = verdict.adjustments.some(({ kind }) => kind === 'contradicted')
      const drifted_since = drifted === connection.drifted ? connection.drifted_since : step.now
      step.saveConnection({ ...this.#synced(step), empty_lists: verdict.empty_lists, drifted, drifted_since })
      return { ...this.#write(step, facts, verdict, causes), total_ea_trades: list.length }
    })
  }

  /**
   * A native EA's snapshot (R2-R5), and whether the ledger agrees with it by then (R13).
   * @throws {Refusal} NGTB_FENCED, NGTB_SNAPSHOT_OLD, NGTB_SNAPSHOT_UNFIT
   */
  async snapshot(
    desk: Desk,
    snapshot: ListedSnapshot,
    session: EaSession,
    actor: string,
  ): Promise<SnapshotReport> {
    return desk.run(async (step) => {
      requireOwner(step.state, session)
      this.#connections.seen(step, 'sync', actor, session)
      const { connection, account } = step.state
      const { facts, causes } = await this.#facts(step, snapshot.trades)
      const held = {
        ...facts,
        snapshot,
        rev: account.rev,
        last_snapshot_no: connection.snapshot_no,
        now: step.now,
      }
      const refused = refuseSnapshot(held)
      if (refused) throw new Refusal(refused.old ? 'NGTB_SNAPSHOT_OLD' : 'NGTB_SNAPSHOT_UNFIT', refused.why)
      const verdict = reconcileNative(held)
      const comparable = account.rev === snapshot.based_on_rev
      step.saveConnection({ ...this.#synced(step), snapshot_no: snapshot.snapshot_no, empty_lists: 0 })
      const report = this.#write(step, facts, verdict, causes)
      if (comparable) tellDrift(step, this.#ctx.log, snapshot, 'sync')
      return {
        ...report,
        total_ea_trades: snapshot.trades.length,
        heads: headsOf(step.state),
        drifted: step.state.connection.drifted,
      }
    })
  }

  /** A list was taken, before what it says is written. */
  #synced({ state, now }: Step): { last_sync_at: number; synced_since: number } {
    const { last_sync_at, synced_since } = state.connection
    const interval_ms = this.#ctx.config.TRADE_SYNC_INTERVAL_SEC * 1_000
    const goes_on = listsCome(last_sync_at, now, interval_ms) && state.suspects().length === 0
    return { last_sync_at: now, synced_since: goes_on ? (synced_since ?? now) : now }
  }

  async #facts(step: Step, list: readonly unknown[]): Promise<{ facts: ListFacts; causes: Causes }> {
    const listed = readRows(list)
    const { specs } = step.state
    const known = await this.#known(step, [...listed.positions.keys()])
    const tags = await readTags(step, this.#moves, listed.positions.values(), (ticket) => known.get(ticket))
    const rows = { ...listed, positions: tags.positions }
    return { facts: { known, rows, spec: (symbol) => specs.get(symbol) }, causes: tags.causes }
  }

  #write(
    step: Step,
    { rows }: ListFacts,
    verdict: SyncVerdict,
    causes: Causes,
  ): Omit<SyncReport, 'total_ea_trades'> {
    const before = step.state.open.size
    const changes = verdict.adjustments
      .map((adjustment) => this.#writer.write(step, adjustment))
      .filter((change) => change !== null)
    for (const [ticket, cause] of causes) this.#book.linkByTag(step, cause, ticket)
    const whole = verdict.suspect.length === 0 && rows.rejected.length === 0
    this.#lookForEffects(step, whole)
    this.#tell(step, verdict)
    return report(before, verdict, rows.rejected, changes)
  }

  async #known(step: Step, listed: string[]): Promise<Map<string, Trade>> {
    const known = new Map(step.state.open)
    const unheard = listed.filter((ticket) => !step.state.trade(ticket))
    for (const trade of await this.#ctx.store.tradesAmong(step.account.account_id, unheard))
      known.set(trade.ticket, step.state.recalled(trade))
    for (const ticket of listed) {
      const closed = step.state.closed.get(ticket)
      if (closed) known.set(ticket, closed)
    }
    return known
  }

  /** Once the whole list is written: two of its positions may fit one command, and then neither settles it. */
  #lookForEffects(step: Step, whole: boolean): void {
    for (const command of [...step.state.unsettled.values()]) {
      // A native EA's orders are found by their tags, and it is asked about the rest.
      if (command.type !== 'OPEN_TRADE' || command.status !== 'timeout' || isNative(command)) continue
      noteEffect(step, command, whole, this.#book.lookForEffect(step, command))
    }
  }

  #tell(step: Step, { adjustments, suspect }: SyncVerdict): void {
    const tickets = (kind: Adjustment['kind']) =>
      adjustments
        .filter((adjustment) => adjustment.kind === kind)
        .map((adjustment) => ('trade' in adjustment ? adjustment.trade.ticket : adjustment.position.ticket))
    const facts = {
      ...names(step),
      suspected: tickets('suspected'),
      closed: tickets('closed'),
      added: tickets('created'),
      reopened: tickets('reopened'),
      contradicted: tickets('contradicted'),
      suspect,
    }
    if (
      facts.closed.length +
        facts.added.length +
        facts.reopened.length +
        facts.contradicted.length +
        suspect.length ===
      0
    )
      return
    step.effects.push(() =>
      facts.closed.length + facts.reopened.length + facts.contradicted.length + suspect.length > 0
        ? this.#ctx.log.warn("sync: the EA's list differs from ours", facts)
        : this.#ctx.log.info('sync: new trades', facts),
    )
  }
}

function report(
  before: number,
  verdict: SyncVerdict,
  rejected_rows: SyncReport['rejected_rows'],
  changes: Record<string, unknown>[],
): Omit<SyncReport, 'total_ea_trades'> {
  const count = (kind: Adjustment['kind']) =>
    verdict.adjustments.filter((adjustment) => adjustment.kind === kind).length
  return {
    total_db_trades: before,
    closed_trades: count('closed'),
    new_trades: count('created'),
    updated_trades: count('updated') + count('reopened'),
    changes,
    suspect_trades: [...verdict.suspect],
    rejected_rows,
  }
}
