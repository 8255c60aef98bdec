// Which flow works on which command.

import { isCommandType } from '@ngtb/protocol'
import { type Flow, flush, type Job } from './flow.ts'
import { closeAll, goOnClosing } from './flow-close-all.ts'
import { carryOut, goOn, reject } from './flow-order.ts'
import { probe } from './flow-probe.ts'
import { history, subscribe, sync } from './flow-small.ts'
import type { Office } from './office.ts'
import { recipeOf } from './recipes/index.ts'
import type { Stamp } from './stamp.ts'

export function beginFlow(job: Job, office: Office): Flow {
  const { type } = job.command
  const unfit = problemOf(job, office)
  if (unfit !== null) return refuse(job, office, unfit)
  const recipe = recipeOf(type)
  if (recipe !== null) return carryOut(job, recipe, office)
  switch (type) {
    case 'CLOSE_ALL':
      return closeAll(job, office)
    case 'SUBSCRIBE_SYMBOLS':
      return subscribe(job, office)
    case 'REQUEST_SYNC':
      return sync(job, office)
    case 'REQUEST_HISTORY':
      return history(job, office)
    case 'PROBE':
      return probe(job, office)
    default:
      return refuse(job, office, `this EA does not know the command type ${type}`)
  }
}

/** A command that the journal left without a final; null: none of a type that is looked for. */
export function resumeFlow(job: Job, office: Office, started: Stamp): Flow | null {
  if (job.command.type === 'CLOSE_ALL') return goOnClosing(job, office)
  const recipe = recipeOf(job.command.type)
  return recipe === null ? null : goOn(job, recipe, office, started)
}

function problemOf({ command }: Job, office: Office): string | null {
  const { account, command_no, type } = command
  const { login } = office.settings.binding
  if (account !== undefined && String(account) !== login)
    return `it is for login ${String(account)}, not ${login}`
  if (isCommandType(type) && command_no < 1) return 'command_no is missing: the order could not be tagged'
  return null
}

function* refuse(job: Job, office: Office, error: string): Flow {
  reject(job, office, error)
  yield* flush()
}
