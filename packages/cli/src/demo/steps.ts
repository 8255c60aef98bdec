// The table of the demo, a line at a time: who waits wants to see that something happens.
import type { CommandHandle, Outcome } from '@ngtb/sdk'
import { NotHeld } from '../failures.ts'
import { lifeOf, outcomeText } from '../outcome-text.ts'
import { ACCOUNT, BROKER, type DemoOptions } from './index.ts'

interface Step {
  step: string
  result: string
  ms: number
  life?: ReturnType<typeof lifeOf>
}

const PATIENCE_MS = 60_000

export class Steps {
  readonly all: Step[] = []
  readonly #quiet: boolean

  constructor({ json }: DemoOptions) {
    this.#quiet = json === true
    if (this.#quiet) return
    process.stdout.write(`ngTradingBot demo: account 1, login ${ACCOUNT}, broker "${BROKER}"\n\n`)
    process.stdout.write(`${'after'.padStart(8)}  ${'step'.padEnd(15)}result\n`)
  }

  tell(step: string, result: string, life?: ReturnType<typeof lifeOf>): void {
    // Since the process began: what the person in front of the screen has waited.
    const ms = Math.round(performance.now())
    this.all.push({ step, result, ms, ...(life ? { life } : {}) })
    if (this.#quiet) return
    process.stdout.write(`${(ms / 1000).toFixed(2).padStart(6)} s  ${step.padEnd(15)}${result}\n`)
    if (life?.created_to_delivered_ms == null) return
    const hops = `created → delivered ${life.created_to_delivered_ms} ms → answered ${life.delivered_to_answered_ms} ms`
    process.stdout.write(`${' '.repeat(25)}its life: ${hops}, ${life.total_ms} ms in all\n`)
  }

  /** Tells what became of a command; answers its ticket. @throws {NotHeld} when it was not completed */
  async outcome(step: string, submitted: Promise<CommandHandle>, note = ''): Promise<string> {
    const handle = await submitted
    const outcome: Outcome = await handle.settled({ timeout_ms: PATIENCE_MS })
    const { type } = outcome.command
    const text = `${type} ${outcomeText(outcome)}${note === '' ? '' : `, ${note}`}`
    this.tell(step, text, lifeOf(outcome.command))
    if (outcome.kind !== 'completed')
      throw new NotHeld(`The demo's command ${handle.command_id} was not completed.`)
    return outcome.ticket ?? ''
  }
}
