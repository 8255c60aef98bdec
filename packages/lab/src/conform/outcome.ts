// What became of one play, and the transcript that explains it.
import type { Told } from './ea/told.ts'
import type { Dialogue, Json, Step } from './language/dialogue.ts'

export type Outcome = {
  readonly dialogue: Dialogue
  readonly took_ms: number
} /** `told`: what an EA did meanwhile, where one was tried. */ & (
  | { verdict: 'passed'; told?: Told }
  | { verdict: 'failed'; failure: string }
  /** It can't be played against this one, and says why. */
  | { verdict: 'left_out'; reason: string }
)

/** What was demanded did not come. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed'
  readonly differences: readonly string[]
  readonly came: string

  constructor(differences: readonly string[], came: string) {
    super(differences.join('; '))
    this.differences = differences
    this.came = came
  }
}

/** This dialogue needs something that was not given: a key, a broker at hand. */
export class LeftOut extends Error {
  override readonly name = 'LeftOut'
}

const BODY_MAX = 700
/** Long, and never what went wrong. */
const DULL: ReadonlySet<string> = new Set(['health_status', 'settings', 'available_symbols', 'request_id'])
const dull = (name: string, value: unknown) => (DULL.has(name) ? '…' : value)

/** Everything that went over the wire, with the milliseconds since the play began. */
export class Transcript {
  readonly #began = performance.now()
  readonly #lines: string[] = []

  say(who: string, text: string, body?: Json): void {
    const at = ((performance.now() - this.#began) / 1000).toFixed(3).padStart(7)
    const json = body === undefined ? '' : ` ${JSON.stringify(body, dull)}`
    const cut = json.length > BODY_MAX ? `${json.slice(0, BODY_MAX)}…` : json
    this.#lines.push(`${at}  ${who.padEnd(3)} ${text}${cut}`)
  }

  /** Where an attempt begins that may be made again. */
  mark = (): number => this.#lines.length

  /** Only the last one of many attempts is of interest. */
  again(mark: number, times: number): void {
    this.#lines.length = mark
    this.say('', `… asked ${times} times before`)
  }

  get took_ms(): number {
    return performance.now() - this.#began
  }

  /** The newest lines: where it went wrong is at their end. */
  tail(lines: number): string {
    const hidden = this.#lines.length - lines
    const shown = this.#lines.slice(-lines)
    return [...(hidden > 0 ? [`        … ${hidden} earlier lines`] : []), ...shown].join('\n')
  }
}

/** One failure for a person: where, what was expected, what came, and how it came to that. */
export function describeFailure(
  dialogue: Dialogue,
  step: Step | null,
  error: unknown,
  transcript: Transcript,
): string {
  const where = `${dialogue.file}:${step?.line ?? dialogue.steps.at(-1)?.line ?? 1}`
  const failed = error instanceof StepFailed
  const lines = [
    `${where}: ${dialogue.rule}`,
    ...(step ? step.text.split('\n').map((line) => `    ${line}`) : ['    (after the last line)']),
    ...(failed ? error.differences.map((one) => `  expected  ${one}`) : [`  broke     ${String(error)}`]),
    ...(failed && error.came !== '' ? [`  came      ${error.came}`] : []),
    '  transcript',
    transcript.tail(40).replace(/^/gm, '    '),
  ]
  return lines.join('\n')
}
