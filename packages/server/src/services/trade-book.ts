// What is written of a trade, whoever told it: a list, an event, or a command's answer (contract §7).
import { brokerToUtc, type Command, matchOpen, newTrade, type Position, stop, type Trade } from '@ngtb/core'
import { toInt64 } from '@ngtb/protocol'
import type { CommandMoves } from './command-moves.ts'
import { names } from './connections.ts'
import type { Context } from './context.ts'
import type { Attribution } from './deals.ts'
import type { Step } from './step.ts'
import { closeFromAnswer, openFromAnswer, stopsFromAnswer, volumeFromAnswer } from './trade-answers.ts'

export class TradeBook {
  readonly #ctx: Context
  readonly #moves: CommandMoves
  /** Tickets that the ledger was asked for in this step, and does not have. */
  readonly #nowhere = new WeakMap<Step, ReadonlySet<string>>()

  constructor(ctx: Context, moves: CommandMoves) {
    this.#ctx = ctx
    this.#moves = moves
    moves.consequences = {
      completed: (step, command) => this.#commandCompleted(step, command),
      unknown: (step, command) => void this.lookForEffect(step, command),
      recall: (step, ticket) => this.#recall(step, ticket),
      ended: (step, command) => this.#dropWish(step, command),
    }
  }

  /** R6. A position first heard of; it is the effect of `command`, if of any. */
  create(step: Step, position: Position, source: Trade['source'], command: Command | null): Trade {
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
    if (command && source !== 'command') this.#settleByPosition(step, command, trade.ticket)
    return trade
  }

  /** R6. A tag is certain: it settles its command whatever that was called before. @param cause by the tag */
  linkByTag(step: Step, cause: Command, ticket: string): void {
    const trade = step.state.trade(ticket)
    if (trade && trade.command_id === null) this.#link(step, trade, cause)
    const now = step.state.command(cause.command_id) ?? cause
    if (now.status === 'completed') return
    const event = { kind: 'completed', at: step.now, response: { ticket }, ticket, evidence: 'tag' } as const
    this.#moves.apply(step, now, event, 'ea')
  }

  #link(step: Step, trade: Trade, { command_id }: Command): void {
    step.saveTrade({ ...trade, command_id, updated_at: step.now })
    step.audit('trade.linked', 'server', trade.ticket, { command_id })
  }

  /** Evidence: a position that can only be this command's effect. */
  #settleByPosition(step: Step, command: Command, ticket: string): void {
    this.#moves.apply(step, command, { kind: 'position_seen', at: step.now, ticket }, 'ea')
  }

  /** The command whose effect a new position is: the one that named it, or the only one that can be meant. */
  causeOf(step: Step, position: Position): Command | null {
    return (
      this.named(step, position.ticket) ??
      matchOpen(step.state.unsettled.values(), {
        ...position,
        ...this.openedAt(step, position.open_time_ms),
        ...precision(step),
        stops_moved: stopsMoved(step, position.ticket),
      })
    )
  }

  /** The OPEN that was completed with this very ticket, before its position was heard of. */
  named(step: Step, ticket: string): Command | null {
    for (const command of step.state.settled.values())
      if (command.type === 'OPEN_TRADE' && command.ticket === ticket) return command
    return null
  }

  /** R7. The end of a trade by the EA's word; of an unknown one as well. */
  close(
    step: Step,
    trade: Trade | undefined,
    ticket: string,
    end: Partial<Trade>,
    source: string,
    by: Attribution | null = null,
  ): void {
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
    // Netting: an answer tells of one order. What was added meanwhile is there still, and the next list may say so.
    const netting = step.state.connection.margin_mode === 'netting'
    const closed_by = source === 'command' && netting ? 'absence' : 'event'
    step.saveTrade({
      ...before,
      ...end,
      status: 'closed',
      closed_by,
      wanted_sl: null,
      wanted_tp: null,
      absent_since: null,
      updated_at: step.now,
      heard_no: this.#ctx.arrival(),
    })
    step.audit('trade.closed', 'ea', ticket, { source, closed_by, ...end, ...(by && { by }) })
    step.effects.push(() => this.#ctx.log.info('trade closed', { ...names(step), ticket, ...end }))
  }

  /** One look for all of these: `find` then needs none of its own. */
  async recallAll(step: Step, tickets: Iterable<string>): Promise<void> {
    const unheard = [...new Set(tickets)].filter((ticket) => !step.state.trade(ticket))
    const stored = await this.#ctx.store.tradesAmong(step.account.account_id, unheard)
    for (const trade of stored) step.state.keepTrade(step.state.recalled(trade))
    const known = new Set(stored.map(({ ticket }) => ticket))
    this.#nowhere.set(step, new Set(unheard.filter((ticket) => !known.has(ticket))))
  }

  async find(step: Step, ticket: string): Promise<Trade | undefined> {
    const at_hand = step.state.trade(ticket)
    if (at_hand || this.#nowhere.get(step)?.has(ticket)) return at_hand
    const stored = await this.#ctx.store.trade(step.account.account_id, ticket)
    return stored ? step.state.recalled(stored) : undefined
  }

  /** Not at hand: new, unless the ledger says otherwise; then this is decided again, and looked up (L3). */
  async #recall(step: Step, ticket: string): Promise<void> {
    if (step.state.trade(ticket)) return
    if (!step.again) return step.takeTicketForNew(ticket)
    const trade = await this.find(step, ticket)
    if (trade) step.state.keepTrade(trade)
  }

  /** The EA's answer is its word about the position, too (P7). */
  #commandCompleted(step: Step, command: Command): void {
    const known = command.ticket ? step.state.trade(command.ticket) : undefined
    if (command.type === 'OPEN_TRADE' && command.ticket) {
      const position = openFromAnswer(command)
      if (known && known.command_id !== command.command_id) this.#link(step, known, command)
      if (!known && position) this.create(step, position, 'command', command)
    }
    if (command.type === 'MODIFY_TRADE' && known?.status === 'open') {
      const { sl, tp } = stopsFromAnswer(command)
      step.saveTrade({
        ...known,
        sl: stop(sl),
        tp: stop(tp),
        wanted_sl: null,
        wanted_tp: null,
        updated_at: step.now,
        heard_no: this.#ctx.arrival(),
      })
      step.audit('trade.updated', 'ea', known.ticket, {
        source: 'command',
        command_id: command.command_id,
        sl,
        tp,
      })
    }
    // Netting: an answer tells of one order, and what was added meanwhile is there still. A native EA's own events and
    // deals say what is left; a plain client has no others (P7).
    const { protocol, margin_mode } = step.state.connection
    if (protocol === 2 && margin_mode === 'netting') return
    this.#volumeLeft(step, command)
    for (const { ticket, end } of closeFromAnswer(command)) {
      const trade = step.state.trade(ticket)
      if (trade?.status === 'open') this.close(step, trade, ticket, end, 'command', madeBy(command))
    }
  }

  #volumeLeft(step: Step, command: Command): void {
    const left = volumeFromAnswer(command)
    const trade = left ? step.state.trade(left.ticket) : undefined
    if (!left || trade?.status !== 'open') return
    const { ticket, volume } = left
    if (volume === 0) {
      this.close(step, trade, ticket, { close_reason: 'close_by' }, 'command', madeBy(command))
      return
    }
    step.saveTrade({ ...trade, volume, updated_at: step.now, heard_no: this.#ctx.arrival() })
    const told = { source: 'command', command_id: command.command_id, volume }
    step.audit('trade.updated', 'ea', ticket, told)
  }

  /** P7: a MODIFY that will not be done leaves no wish behind, unless a newer one has its own. */
  #dropWish(step: Step, command: Command): void {
    if (command.type !== 'MODIFY_TRADE') return
    const trade = step.state.open.get(command.payload.ticket as string)
    const { sl, tp } = command.payload
    if (!trade || trade.wanted_sl !== sl || trade.wanted_tp !== tp) return
    const none = { wanted_sl: null, wanted_tp: null }
    step.saveTrade({ ...trade, ...none, updated_at: step.now })
    step.audit('trade.wanted', `command:${command.command_id}`, trade.ticket, none)
  }

  /** When a position was opened, in UTC; left out while the broker's offset is a guess. */
  openedAt(step: Step, open_time_ms: number | null): { opened_at?: number } {
    const { time_basis, broker_offset_min } = step.state.connection
    if (open_time_ms === null || (time_basis !== 'utc' && time_basis !== 'broker')) return {}
    return { opened_at: brokerToUtc(open_time_ms, broker_offset_min) }
  }

  /**
   * An OPEN whose answer was lost: has its position been seen, without a command of its own?
   * Only one that fits no other command as well, and only if no other position fits as well, settles it.
   * @returns true when at least one position could be it
   */
  lookForEffect(step: Step, command: Command): boolean {
    if (command.type !== 'OPEN_TRADE') return false
    const alike = [...step.state.open.values()].filter((trade) =>
      this.#couldBe(step, [command], trade, command),
    )
    const [only] = alike
    if (only && alike.length === 1 && this.#couldBe(step, step.state.unsettled.values(), only, command)) {
      this.#link(step, only, command)
      this.#settleByPosition(step, command, only.ticket)
    }
    return alike.length > 0
  }

  #couldBe(step: Step, commands: Iterable<Command>, trade: Trade, wanted: Command): boolean {
    const { symbol, direction, volume, command_id } = trade
    if (command_id !== null || symbol === null || direction === null || volume === null) return false
    if (trade.created_at <= (wanted.sent_at ?? 0)) return false
    const opened = { ...this.openedAt(step, trade.open_time_ms), ...precision(step) }
    const stops_moved = stopsMoved(step, trade.ticket)
    const position = { ...trade, ...opened, symbol, direction, volume, stops_moved }
    return matchOpen(commands, position)?.command_id === wanted.command_id
  }
}

/** An EA of the older dialect prints five decimals of a price and two of a volume. */
const precision = ({ state }: Step) =>
  state.connection.dialect === 'legacy' ? { told: { digits: 5, volume_step: 0.01 } } : {}

const madeBy = ({ command_id }: Command): Attribution => ({ made_by: 'command', command_id, reason: null })

/** Was a MODIFY of this ticket handed out? Strategies may name it before its details are known here. */
function stopsMoved({ state }: Step, ticket: string): boolean {
  for (const commands of [state.unsettled, state.settled])
    for (const { type, attempt, payload } of commands.values())
      if (type === 'MODIFY_TRADE' && attempt > 0 && toInt64(payload.ticket) === ticket) return true
  return false
}
