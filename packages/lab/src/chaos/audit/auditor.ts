// The auditor: counts executions at the broker against intents, and compares every final status with what happened.
// Pure: it is shown the evidence and names what contradicts a promise.
import { effectRules } from './effects.ts'
import { type Evidence, type LedgerCommand, type Violation, violation } from './evidence.ts'
import { tableRules } from './tables.ts'

/** Every contradiction in the evidence of one account, after the heal. */
export function audit(evidence: Evidence): Violation[] {
  return [
    ...promises(evidence),
    ...unsettled(evidence),
    ...effectRules(evidence),
    ...tableRules(evidence),
    ...late(evidence),
    ...evidence.audit_problems.map((what) => violation('audit', evidence.login, what)),
    ...ticks(evidence),
  ]
}

export function promises({ intents, commands }: Pick<Evidence, 'intents' | 'commands'>): Violation[] {
  const ledger = new Map(commands.map((command) => [command.command_id, command]))
  return intents.flatMap(({ key, type, answer }) => {
    if (answer?.command_id == null) return []
    const command = ledger.get(answer.command_id)
    if (!command)
      return [violation('lost', key, `${type} was acknowledged as ${answer.command_id}, and is not there`)]
    return command.type === type
      ? []
      : [violation('lost', key, `${answer.command_id} was acknowledged as ${type}, and is a ${command.type}`)]
  })
}

function unsettled({ native, commands }: Evidence): Violation[] {
  return commands
    .filter((command) => isOpen(command) && !(mayStayUnknown(command) && !native))
    .map(({ command_id, type, status, attempt, error }) =>
      violation(
        'stuck',
        command_id,
        `${type} is still ${status} after ${attempt} attempts (${error ?? 'no error'})`,
      ),
    )
}

const isOpen = ({ status }: LedgerCommand) => ['pending', 'executing', 'timeout'].includes(status)
const mayStayUnknown = ({ type, status }: LedgerCommand) => type === 'OPEN_TRADE' && status === 'timeout'

function late({ commands, books, late_ms_max }: Evidence): Violation[] {
  const deadlines = new Map(commands.map(({ command_id, expires_at }) => [command_id, expires_at]))
  return books.orders.flatMap(({ command_id, action, at }) => {
    const deadline = deadlines.get(command_id)
    if (action !== 'open' || deadline == null || at <= deadline + late_ms_max) return []
    return [
      violation('late', command_id, `its order came ${Math.round(at - deadline)} ms after its deadline`),
    ]
  })
}

function ticks({ login, ticks }: Evidence): Violation[] {
  return ticks.acknowledged === ticks.stored
    ? []
    : [violation('ticks', login, `${ticks.acknowledged} ticks were acknowledged, ${ticks.stored} are stored`)]
}
