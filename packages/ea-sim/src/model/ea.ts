// The reference EA's decisions: a received command and the broker in, an answer out. No I/O, no clock.
//
//   E1. Everything with an id gets an answer, also a type that the EA does not know.
//   E2. A command id that was answered in this run is answered again from memory and not executed again (P3).
//       Exception: a transient refusal of a type that may be repeated. The server hands it out again just
//       so that it is tried again.
//   E3. "completed" means the wanted state is there, also MODIFY to what it is, CLOSE of what is gone.
//   E4. "failed" means that the wanted state is not there; an OPEN then did nothing at all. `safe_to_retry`:
//       the same request may pass later.

import {
  COMMANDS,
  type CommandType,
  isCommandType,
  marketDirection,
  plainInt64,
  retcodeClass,
  retcodeName,
  toInt64,
} from '@ngtb/protocol'
import type { SimulatedBroker } from './broker.ts'
import { Retcode } from './checks.ts'

/** A command as `get_commands` hands it out: flat. */
export interface EaCommand {
  id: string
  type: string
  [field: string]: unknown
}

export interface EaAnswer {
  status: 'completed' | 'failed'
  response: Record<string, unknown>
}

export interface Handled {
  answer: EaAnswer
  /** True when the answer came from memory. */
  repeated: boolean
}

type Execute = (broker: SimulatedBroker, command: EaCommand) => EaAnswer

// A plain client is handed the published types only (contract §4); one that comes by mistake is refused.
const notHanded: Execute = (_broker, command) =>
  failed(Retcode.INVALID, `${command.type} is not for a plain EA: it needs protocol 2`)

/** One entry a command type: a new type in the protocol turns this red. */
const EXECUTE: Record<CommandType, Execute> = {
  OPEN_TRADE: openTrade,
  MODIFY_TRADE: modifyTrade,
  CLOSE_TRADE: closeTrade,
  CLOSE_ALL: closeAll,
  PLACE_PENDING: notHanded,
  MODIFY_PENDING: notHanded,
  CANCEL_PENDING: notHanded,
  CLOSE_PARTIAL: notHanded,
  CLOSE_BY: notHanded,
  SUBSCRIBE_SYMBOLS: notHanded,
  REQUEST_HISTORY: notHanded,
  REQUEST_SYNC: notHanded,
  PROBE: notHanded,
}

export class ReferenceEa {
  readonly #broker: SimulatedBroker
  readonly #answers = new Map<string, EaAnswer>()
  readonly #memory_max: number

  /** `memory_max`: answers kept; beyond, the oldest is forgotten and its command would run again. */
  constructor(broker: SimulatedBroker, memory_max = 100_000) {
    this.#broker = broker
    this.#memory_max = memory_max
  }

  /** Executes a command, or repeats what it answered before. */
  handle(command: EaCommand): Handled {
    const known = this.#answers.get(command.id)
    if (known !== undefined) return { answer: known, repeated: true }
    const answer = isCommandType(command.type)
      ? EXECUTE[command.type](this.#broker, command)
      : failed(Retcode.INVALID, `this EA does not know the command type ${String(command.type)}`)
    if (this.#isFinal(command.type, answer)) this.#remember(command.id, answer)
    return { answer, repeated: false }
  }

  #isFinal(type: string, answer: EaAnswer): boolean {
    const may_repeat = isCommandType(type) && COMMANDS[type].idempotent
    return answer.status === 'completed' || !may_repeat || answer.response.safe_to_retry !== true
  }

  #remember(id: string, answer: EaAnswer): void {
    this.#answers.set(id, answer)
    if (this.#answers.size <= this.#memory_max) return
    for (const oldest of this.#answers.keys()) {
      this.#answers.delete(oldest)
      break
    }
  }
}

function openTrade(broker: SimulatedBroker, command: EaCommand): EaAnswer {
  const direction = marketDirection(String(command.order_type))
  if (direction === null)
    return failed(Retcode.INVALID_ORDER, `order_type ${String(command.order_type)} is not a market order`)
  const sl = readLevel(command.sl)
  const tp = readLevel(command.tp)
  const magic = readMagic(command.magic)
  if (typeof command.symbol !== 'string') return failed(Retcode.INVALID, 'symbol is missing')
  if (typeof command.volume !== 'number') return failed(Retcode.INVALID_VOLUME, 'volume must be a number')
  if (sl === 'bad' || tp === 'bad') return failed(Retcode.INVALID_STOPS, 'sl and tp must be prices')
  if (magic === null) return failed(Retcode.INVALID, 'magic must be a whole number from 0 to 2^63−1')
  const result = broker.open(
    {
      symbol: command.symbol,
      direction,
      volume: command.volume,
      ...(sl !== undefined && { sl }),
      ...(tp !== undefined && { tp }),
      ...(typeof command.comment === 'string' && { comment: command.comment }),
      ...(magic !== undefined && { magic }),
      ...(typeof command.deviation === 'number' && { deviation: command.deviation }),
    },
    { by: 'expert', command_id: command.id },
  )
  if (result.position === null) return failed(result.retcode, result.comment)
  const { ticket, open_price, volume, open_time_ms } = result.position
  const stops = { sl: result.position.sl, tp: result.position.tp }
  return completed(result.retcode, {
    ticket: plainInt64(ticket),
    open_price,
    volume,
    ...stops,
    open_time: open_time_ms,
  })
}

function modifyTrade(broker: SimulatedBroker, command: EaCommand): EaAnswer {
  const ticket = toInt64(command.ticket)
  if (ticket === null) return failed(Retcode.INVALID, 'ticket must be a number from 1 to 2^63−1')
  const sl = readLevel(command.sl)
  const tp = readLevel(command.tp)
  if (sl === 'bad' || tp === 'bad') return failed(Retcode.INVALID_STOPS, 'sl and tp must be prices')
  const levels = { ...(sl !== undefined && { sl }), ...(tp !== undefined && { tp }) }
  const result = broker.modify(ticket, levels, { by: 'expert', command_id: command.id })
  const done = result.retcode === Retcode.DONE || result.retcode === Retcode.NO_CHANGES
  if (!done || result.position === null) return failed(result.retcode, result.comment)
  const stops = { sl: result.position.sl, tp: result.position.tp }
  return completed(result.retcode, { ticket: plainInt64(ticket), ...stops })
}

function closeTrade(broker: SimulatedBroker, command: EaCommand): EaAnswer {
  const ticket = toInt64(command.ticket)
  if (ticket === null) return failed(Retcode.INVALID, 'ticket must be a number from 1 to 2^63−1')
  const result = broker.close(ticket, { by: 'expert', command_id: command.id })
  // Gone is what was wanted (contract §4). A ticket that this broker never had is gone as well.
  const gone = result.retcode === Retcode.POSITION_CLOSED && broker.position(ticket) === null
  if (result.closed === null && !gone) return failed(result.retcode, result.comment)
  const closed = result.closed ?? broker.ledger.closedPosition(ticket)
  const figures = closed && {
    close_price: closed.close_price,
    profit: closed.profit,
    swap: closed.swap,
    commission: closed.commission,
    close_reason: closed.close_reason,
  }
  const ended = { ticket: plainInt64(ticket), ...figures, ...(gone && { already_closed: true }) }
  return completed(result.retcode, ended)
}

function closeAll(broker: SimulatedBroker, command: EaCommand): EaAnswer {
  const magic = readMagic(command.magic)
  if (magic === null) return failed(Retcode.INVALID, 'magic must be a whole number from 0 to 2^63−1')
  const symbol = command.symbol ?? undefined
  const scope = broker
    .positions()
    .filter((position) => symbol === undefined || position.symbol === symbol)
    .filter((position) => magic === undefined || position.magic === magic)
  const closed: (number | string)[] = []
  const refused: { ticket: number | string; retcode: number; retcode_name: string | null; error: string }[] =
    []
  for (const { ticket } of scope) {
    const { retcode, comment } = broker.close(ticket, { by: 'expert', command_id: command.id })
    if (retcode === Retcode.DONE) closed.push(plainInt64(ticket))
    else
      refused.push({
        ticket: plainInt64(ticket),
        retcode,
        retcode_name: retcodeName(retcode),
        error: comment,
      })
  }
  const [first] = refused
  if (first === undefined) return completed(Retcode.DONE, { closed, failed: [] })
  // A rerun goes on with what is left, so trying again is safe whatever the reason of the refusals was.
  const error = `${refused.length} of ${scope.length} positions could not be closed: ${first.error}`
  const answer = failed(first.retcode, error)
  return { ...answer, response: { ...answer.response, closed, failed: refused, safe_to_retry: true } }
}

function completed(retcode: number, response: Record<string, unknown>): EaAnswer {
  return { status: 'completed', response: { ...response, retcode, retcode_name: retcodeName(retcode) } }
}

function failed(retcode: number, error: string): EaAnswer {
  const safe_to_retry = retcodeClass(retcode) === 'transient'
  return { status: 'failed', response: { retcode, retcode_name: retcodeName(retcode), error, safe_to_retry } }
}

/** A level of a payload: absent stays absent (keep), null means none, anything but a number is bad. */
function readLevel(value: unknown): number | null | undefined | 'bad' {
  if (value === undefined || value === null || typeof value === 'number') return value
  return 'bad'
}

/** A magic number as decimal text; undefined when absent, null when it is none. */
function readMagic(value: unknown): string | null | undefined {
  if (value === undefined || value === null) return undefined
  return value === 0 || value === '0' ? '0' : toInt64(value)
}
