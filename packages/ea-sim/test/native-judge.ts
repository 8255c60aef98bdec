// What must hold at the end of a day: at most one execution (P3), a final answer (P6), and a true one.

import { type Answer, readTag } from '@ngtb/protocol'
import type { SimulatedBroker } from '../src/index.ts'
import type { Wire } from './native-commands.ts'

interface Judged {
  wire: Wire
  final: Answer | null
}

const ONCE = ['OPEN_TRADE', 'PLACE_PENDING', 'CLOSE_PARTIAL', 'CLOSE_BY', 'CLOSE_TRADE', 'CANCEL_PENDING']

export const judge = (broker: SimulatedBroker, commands: readonly Judged[]): string[] => [
  ...commands.flatMap((command) => judgeOne(broker, command)),
  ...wrongSides(broker, commands),
]

function judgeOne(broker: SimulatedBroker, { wire: { id, type, ...fields }, final }: Judged): string[] {
  // A close that was filled in part goes on until it is closed: one effect in several deals.
  const effects = broker.ledger.executions.filter((one) => one.command_id === id)
  const times = effects.filter(({ kind }) => type !== 'CLOSE_TRADE' || kind !== 'changed').length
  const complaints: string[] = []
  const say = (what: string) =>
    complaints.push(`${id} ${type}: ${what} (${times} effects, ${JSON.stringify(final)})`)
  if (ONCE.includes(type) && times > 1) say('executed more than once')
  if (final === null) say('no final answer')
  if (final?.status === 'failed' && ONCE.includes(type) && times > 0) say('called failed')
  if (final?.status !== 'completed') return complaints
  const opens = type === 'OPEN_TRADE' || type === 'PLACE_PENDING'
  if (opens && times !== 1) say('called completed')
  if (opens && typeof final.response?.ticket !== 'string') say('no ticket')
  // Netting: other orders may have made the position anew.
  const hedging = broker.margin_mode === 'hedging'
  if (hedging && type === 'CLOSE_TRADE' && broker.position(String(fields.ticket))) say('still open')
  if (type === 'CLOSE_ALL' && isLeft(broker, fields)) say('something is left')
  return complaints
}

/** After an emergency stop: a position or order in its scope that is not newer. */
function isLeft(broker: SimulatedBroker, { command_no, strategy_no }: Record<string, unknown>): boolean {
  return [...broker.positions(), ...broker.orders.all()].some(({ magic }) => {
    const tag = readTag(magic)
    const in_scope = strategy_no === null || tag?.strategy_no === strategy_no
    return tag !== null && in_scope && tag.command_no <= Number(command_no)
  })
}

/**
 * Netting: no close may be repeated, for the second would open the other side. An emergency stop may have to put right
 * what an order on its way did; it is judged by its end.
 */
function wrongSides({ ledger: { executions } }: SimulatedBroker, commands: readonly Judged[]): string[] {
  const typeOf = (id: string) => commands.find((one) => one.wire.id === id)?.wire.type
  return executions
    .filter(({ command_id, kind }) => {
      const effects = executions.filter((one) => one.command_id === command_id)
      return kind === 'opened' && effects.length > 1 && typeOf(command_id) !== 'CLOSE_ALL'
    })
    .map(({ command_id }) => `${command_id} opened a position by closing again`)
}
