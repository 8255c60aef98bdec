// Is a payload fit for its command type? Schema first, then what a schema can't say.
import { COMMAND_TYPES, COMMANDS, type CommandType, describeFirst } from '@ngtb/protocol'
import { Compile } from 'typebox/compile'

const checks = new Map(COMMAND_TYPES.map((type) => [type, Compile(COMMANDS[type].payload)]))

/**
 * What is wrong with a payload, as one sentence that names the field and the change; null when it is fit.
 * SymbolName specifications and quotes are not known here: admission checks those.
 */
export function payloadProblem(type: CommandType, payload: unknown): string | null {
  const check = checks.get(type)
  if (!check) throw new Error(`no schema for ${type}`)
  if (check.Check(payload)) return COMMANDS[type].problem(payload)
  return describeFirst(check.Errors(payload))
}
