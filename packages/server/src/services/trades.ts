// The desk of trades: full lists and events of a plain client, and what settled commands say of positions (contract §7).
import {
  type Adjustment,
  brokerTimeMs,
  type Command,
  matchOpen,
  newTrade,
  type Position,
  readRows,
  reconcilePlain,
  type SyncVerdict,
  stop,
  type Trade,
  toDirection,
  withPosition,
} from '@ngtb/core'
import {
  type Direction,
  marketDirection,
  Refusal,
  type TradeClosedBody,
  type TradeModifiedBody,
  type TradeOpenedBody,
  toInt64,
} from '@ngtb/protocol'
import type { Commands } from './commands.ts'
import { type Connections, names } from './connections.ts'
import type { Context } from './context.ts'
import type { Desk } from './desk.ts'
import type { Step } from './step.ts'
import { closeFromAnswer, openFromAnswer } from './trade-answers.ts'

/** Lists without a matching position after which an unknown OPEN is called likely not executed. */
const LISTS_UNTIL_UNLIKELY = 2

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

export class Trades {
  readonly #ctx: Context
  readonly #connections: Connections
  readonly #commands: Commands

  constructor(ctx: Context, connections: Connections, commands: Commands) {
    this.#ctx = ctx
    this.#connections = connections
    this.#commands = commands
    commands.consequences = {
      completed: (step, command) => this.#commandCompleted(step, command),
      unknown: (step, command) => this.#lookForEffect(step, command),
    }
  }

  /** A full list. @param began_no `arrival()` when the request began to arrive: later news are not judged by it (P8) */
  async sync(desk: Desk, list: readonly unknown[], began_no: number, actor: string): Promise<SyncReport> {
    return desk.run(async (step) => {
      this.#connections.seen(step, 'sync', actor)
      const rows = readRows(list)
      const { connection, specs } = step.state
      const known = await this.#known(step, [...rows.positions.keys()])
      const before = step.state.open.size
      const verdict = reconcilePlain({
        known,
        rows,
        began_no,
        margin: connection.margin,
        open_positions: connection.open_positions,
        empty_lists_before: connection.empty_lists,
        spec: (symbol) => specs.get(symbol),
      })
      const changes = verdict.adjustments
        .map((adjustment) => this.#adjust(step, adjustment))
        .filter((change) => change !== null)
      const drifted = verdict.adjustments.some(({ kind }) => kind === 'contradicted')
      step.saveConnection({ last_sync_at: step.now, empty_lists: verdict.empty_lists, drifted })
      this.#countListsWithout(step)
      this.#tell(step, verdict)
      return report(list.length, before, verdict, rows.rejected, changes)
    })
  }

  async #known(step: Step, listed: string[]): Promise<Map<string, Trade>> {
    const known = new Map(step.state.open)
    const unheard = listed.filter((ticket) => !step.state.trade(ticket))
    for (const trade of await this.#ctx.store.tradesAmong(step.account.account_id, unheard))
      known.set(trade.ticket, trade)
    for (const ticket of listed) {
      const closed = step.state.closed.get(ticket)
      if (closed) known.set(ticket, closed)
    }
    return known
  }

  #adjust(step: Step, adjustment: Adjustment): Record<string, unknown> | null {
    switch (adjustment.kind) {
      case 'created': {
        const trade = this.#create(step, adjustment.position, 'sync')
        return {
          type: 'new',
          ticket: trade.ticket,
          symbol: trade.symbol,
          direction: trade.direction,
          volume: trade.volume,
        }
      }
      case 'updated': {
        const { trade, position, fields } = adjustment
        const after = step.saveTrade(withPosition(trade, position, step.now))
        const changed = Object.fromEntries(
          fields.map((field) => [
            field,
            { from: trade[field as keyof Trade], to: after[field as keyof Trade] },
          ]),
        )
        step.audit('trade.updated', 'ea', trade.ticket, { source: 'sync', changed })
        return { type: 'updated', ticket: trade.ticket, ...changed }
      }
      case 'refreshed':
        step.saveTrade(withPosition(adjustment.trade, adjustment.position, step.now))
        return null
      case 'closed': {
        const { trade } = adjustment
        step.saveTrade({
          ...trade,
          status: 'closed',
          closed_by: 'absence',
          close_reason: "missing in the EA's list",
          updated_at: step.now,
          heard_no: this.#ctx.arrival(),
        })
        step.audit('trade.closed', 'ea', trade.ticket, {
          source: 'sync',
          closed_by: 'absence',
          last_profit: trade.profit,
        })
        return { type: 'closed', ticket: trade.ticket, symbol: trade.symbol }
      }
      case 'reopened': {
        const { trade, position } = adjustment
        const open = {
          ...trade,
          status: 'open',
          closed_by: null,
          close_reason: null,
          close_price: null,
          close_time_ms: null,
        } as const
        step.saveTrade({ ...withPosition(open, position, step.now), heard_no: this.#ctx.arrival() })
        step.audit('trade.reopened', 'ea', trade.ticket, { source: 'sync' })
        return { type: 'reopened', ticket: trade.ticket, symbol: trade.symbol }
      }
      case 'contradicted':
        step.audit('trade.contradicted', 'ea', adjustment.trade.ticket, {
          source: 'sync',
          said: 'open',
          was: 'closed',
        })
        return { type: 'contradicted', ticket: adjustment.trade.ticket }
    }
  }

  /** R6. A position first heard of: linked to the command whose answer was lost, when only one can be meant. */
  #create(step: Step, position: Position, source: Trade['source'], linked?: Command): Trade {
    const command = linked ?? matchOpen(step.state.unsettled.values(), position)
    const trade = step.saveTrade(
      newTrade(
        {
          account_id: step.account.account_id,
          status: 'open',
          source,
          ...position,
          broker_offset_min: step.state.connection.broker_offset_min,
          heard_no: this.#ctx.arrival(),
          command_id: command?.command_id ?? null,
        },
        step.now,
      ),
    )
    step.audit('trade.opened', 'ea', trade.ticket, { source, ...position, command_id: trade.command_id })
    if (command && !linked) this.#commands.settleByPosition(step, command, trade.ticket)
    return trade
  }

  async opened(desk: Desk, body: TradeOpenedBody, actor: string): Promise<void> {
    const position = positionOf(body)
    await desk.run(async (step) => {
      this.#connections.seen(step, 'trade_event', actor)
      const trade = await this.#find(step, position.ticket)
      if (!trade) return void this.#create(step, position, 'opened')
      const merged = step.saveTrade({
        ...withPosition(trade, position, step.now),
        ...(trade.source === 'closed' ? {} : { source: trade.source }),
      })
      // A late `opened` tells more about a trade; it never opens it again.
      step.audit(merged.status === 'open' ? 'trade.updated' : 'trade.completed', 'ea', trade.ticket, {
        source: 'opened',
        ...position,
      })
    })
  }

  async closed(desk: Desk, body: TradeClosedBody, actor: string): Promise<void> {
    const ticket = ticketOf(body.ticket)
    await desk.run(async (step) => {
      this.#connections.seen(step, 'trade_event', actor)
      const trade = await this.#find(step, ticket)
      if (
        trade?.status === 'closed' &&
        trade.closed_by === 'event' &&
        trade.close_price !== null &&
        trade.profit !== null
      )
        return
      this.#close(
        step,
        trade,
        ticket,
        {
          close_price: body.close_price,
          close_reason: body.close_reason ?? trade?.close_reason ?? null,
          profit: body.profit ?? trade?.profit ?? null,
          swap: body.swap ?? trade?.swap ?? null,
          commission: body.commission ?? trade?.commission ?? null,
          close_time_ms: brokerTimeMs(body.timestamp),
        },
        'closed',
      )
    })
  }

  /** R7. The end of a trade by the EA's word; of an unknown one as well. */
  #close(step: Step, trade: Trade | undefined, ticket: string, end: Partial<Trade>, source: string): void {
    const before =
      trade ??
      newTrade(
        {
          account_id: step.account.account_id,
          ticket,
          status: 'closed',
          source: 'closed',
          broker_offset_min: step.state.connection.broker_offset_min,
          heard_no: 0,
        },
        step.now,
      )
    step.saveTrade({
      ...before,
      ...end,
      status: 'closed',
      closed_by: 'event',
      wanted_sl: null,
      wanted_tp: null,
      updated_at: step.now,
      heard_no: this.#ctx.arrival(),
    })
    step.audit('trade.closed', 'ea', ticket, { source, closed_by: 'event', ...end })
    step.effects.push(() => this.#ctx.log.info('trade closed', { ...names(step), ticket, ...end }))
  }

  async modified(desk: Desk, body: TradeModifiedBody, actor: string): Promise<void> {
    const ticket = ticketOf(body.ticket)
    if (body.sl === undefined && body.tp === undefined)
      throw new Refusal('NGTB_BODY_INVALID', 'give sl or tp (0: none)')
    await desk.run(async (step) => {
      this.#connections.seen(step, 'trade_event', actor)
      const trade = await this.#find(step, ticket)
      if (trade?.status === 'closed')
        return step.audit('trade.contradicted', 'ea', ticket, { source: 'modified', was: 'closed' })
      const stops = {
        ...(body.sl === undefined ? {} : { sl: stop(body.sl) }),
        ...(body.tp === undefined ? {} : { tp: stop(body.tp) }),
      }
      const { account_id } = step.account
      const before =
        trade ??
        newTrade(
          {
            account_id,
            ticket,
            status: 'open',
            source: 'modified',
            broker_offset_min: step.state.connection.broker_offset_min,
            heard_no: this.#ctx.arrival(),
          },
          step.now,
        )
      step.saveTrade({ ...before, ...stops, wanted_sl: null, wanted_tp: null, updated_at: step.now })
      step.audit(trade ? 'trade.updated' : 'trade.opened', 'ea', ticket, { source: 'modified', ...stops })
    })
  }

  async #find(step: Step, ticket: string): Promise<Trade | undefined> {
    return (
      step.state.trade(ticket) ?? (await this.#ctx.store.trade(step.account.account_id, ticket)) ?? undefined
    )
  }

  /** The EA's answer is its word about the position, too (P7). */
  #commandCompleted(step: Step, command: Command): void {
    const known = command.ticket ? step.state.trade(command.ticket) : undefined
    if (command.type === 'OPEN_TRADE' && command.ticket) {
      const position = openFromAnswer(command)
      if (known) step.saveTrade({ ...known, command_id: command.command_id, updated_at: step.now })
      else if (position) this.#create(step, position, 'command', command)
    }
    if (command.type === 'MODIFY_TRADE' && known?.status === 'open') {
      const { sl = command.payload.sl, tp = command.payload.tp } = command.response ?? {}
      step.saveTrade({
        ...known,
        sl: stop(sl as number),
        tp: stop(tp as number),
        wanted_sl: null,
        wanted_tp: null,
        updated_at: step.now,
      })
      step.audit('trade.updated', 'ea', known.ticket, {
        source: 'command',
        command_id: command.command_id,
        sl,
        tp,
      })
    }
    for (const { ticket, end } of closeFromAnswer(command)) {
      const trade = step.state.trade(ticket)
      if (trade?.status === 'open') this.#close(step, trade, ticket, end, 'command')
    }
  }

  /** An OPEN whose answer was lost: has its position been seen already, without a command of its own? */
  #lookForEffect(step: Step, command: Command): void {
    if (command.type !== 'OPEN_TRADE') return
    for (const trade of [...step.state.open.values()]) {
      const { symbol, direction, volume } = trade
      if (trade.command_id !== null || symbol === null || direction === null || volume === null) continue
      if (
        trade.created_at < (command.sent_at ?? 0) ||
        matchOpen([command], { ...trade, symbol, direction, volume }) === null
      )
        continue
      step.saveTrade({ ...trade, command_id: command.command_id, updated_at: step.now })
      this.#commands.settleByPosition(step, command, trade.ticket)
      return
    }
  }

  #countListsWithout(step: Step): void {
    for (const command of [...step.state.unsettled.values()]) {
      if (command.type !== 'OPEN_TRADE' || command.status !== 'timeout') continue
      const lists_without = command.lists_without + 1
      const unlikely = lists_without >= LISTS_UNTIL_UNLIKELY
      if (lists_without > LISTS_UNTIL_UNLIKELY) continue
      step.saveCommand({ ...command, lists_without, note: unlikely ? 'likely_not_executed' : command.note })
      if (unlikely)
        step.audit('command.noted', 'server', command.command_id, {
          status: command.status,
          note: 'likely_not_executed',
          lists_without,
        })
    }
  }

  #tell(step: Step, { adjustments, suspect }: SyncVerdict): void {
    const tickets = (kind: Adjustment['kind']) =>
      adjustments
        .filter((adjustment) => adjustment.kind === kind)
        .map((adjustment) => ('trade' in adjustment ? adjustment.trade.ticket : adjustment.position.ticket))
    const facts = {
      ...names(step),
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
  listed: number,
  before: number,
  verdict: SyncVerdict,
  rejected_rows: SyncReport['rejected_rows'],
  changes: Record<string, unknown>[],
): SyncReport {
  const count = (kind: Adjustment['kind']) =>
    verdict.adjustments.filter((adjustment) => adjustment.kind === kind).length
  return {
    total_ea_trades: listed,
    total_db_trades: before,
    closed_trades: count('closed'),
    new_trades: count('created'),
    updated_trades: count('updated') + count('reopened'),
    changes,
    suspect_trades: [...verdict.suspect],
    rejected_rows,
  }
}

/** @throws {Refusal} NGTB_TICKET_INVALID */
export function ticketOf(value: unknown): string {
  const ticket = toInt64(value)
  if (ticket === null)
    throw new Refusal(
      'NGTB_TICKET_INVALID',
      `ticket ${String(value).slice(0, 60)} is not a number from 1 to 2^63−1`,
    )
  return ticket
}

function positionOf(body: TradeOpenedBody): Position {
  const direction: Direction | null = toDirection(body.direction) ?? marketDirection(String(body.direction))
  if (direction === null)
    throw new Refusal('NGTB_BODY_INVALID', `direction ${String(body.direction)} is neither BUY nor SELL`)
  return {
    ticket: ticketOf(body.ticket),
    symbol: body.symbol,
    direction,
    volume: body.volume,
    open_price: body.open_price,
    open_time_ms: brokerTimeMs(body.timestamp),
    sl: stop(body.sl),
    tp: stop(body.tp),
    profit: null,
    swap: null,
    commission: null,
    comment: body.comment ?? null,
    magic: body.magic === undefined || body.magic === null ? null : String(body.magic),
  }
}
