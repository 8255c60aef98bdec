// What a client must hear before an act is over: that its intent is safe.
import type { IntentAnswer } from '../audit/evidence.ts'

/** The scene did not come to its point: the cell has not been tried, and that is a failure of its own. */
export class NotReached extends Error {
  override readonly name = 'NotReached'
}

type Asked = Promise<IntentAnswer | null>

const ACCEPTED_MS_MAX = 60_000
const AGAIN_MS = 100

/** @throws {NotReached} when the client was not told that its intent is safe */
export async function acknowledged(asked: Asked): Promise<void> {
  const answer = await asked
  if (answer === null) throw new NotReached('the intent was not acknowledged')
  const { http, code, said } = answer
  if (http >= 300) throw new NotReached(`the creation was refused with ${http} ${code}: ${said}`)
}

/** Opening is refused (423) while the EA replays, or while two contend: the strategy asks again until it is not. */
export async function accepted(ask: () => Asked): Promise<void> {
  for (const until = performance.now() + ACCEPTED_MS_MAX; ; ) {
    const answer = await ask()
    if (answer === null || answer.http !== 423) return acknowledged(Promise.resolve(answer))
    if (performance.now() > until) throw new NotReached('opening stays refused')
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
  }
}
