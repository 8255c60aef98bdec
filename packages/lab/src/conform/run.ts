// Plays many dialogues, some at a time, and tells of each as it ends.
import type { Dialogue } from './language/dialogue.ts'
import type { Outcome } from './outcome.ts'

export interface Tally {
  readonly passed: number
  readonly failed: readonly string[]
  readonly left_out: number
}

/** @param jobs plays at a time: each waits most of its time for a lease to end */
export async function runAll(
  dialogues: readonly Dialogue[],
  play: (dialogue: Dialogue) => Promise<Outcome>,
  jobs: number,
  print: (line: string) => void,
): Promise<Tally> {
  const waiting = [...dialogues]
  const outcomes: Outcome[] = []
  const worker = async () => {
    for (let dialogue = waiting.shift(); dialogue !== undefined; dialogue = waiting.shift()) {
      const outcome = await play(dialogue)
      outcomes.push(outcome)
      tell(outcome, print)
    }
  }
  await Promise.all(Array.from({ length: jobs }, worker))
  return {
    passed: outcomes.filter(({ verdict }) => verdict === 'passed').length,
    failed: outcomes.filter(({ verdict }) => verdict === 'failed').map(({ dialogue }) => dialogue.file),
    left_out: outcomes.filter(({ verdict }) => verdict === 'left_out').length,
  }
}

function tell(outcome: Outcome, print: (line: string) => void): void {
  const { dialogue, took_ms } = outcome
  const name = `${dialogue.role} ${dialogue.file.split('/').at(-1)}`
  if (outcome.verdict === 'passed') print(`ok        ${name} (${Math.round(took_ms)} ms)`)
  else if (outcome.verdict === 'left_out') print(`left out  ${name}: ${outcome.reason}`)
  else print(`FAILED    ${name}\n${outcome.failure}\n`)
}
