// One command on its way: until the 201, and until the EA has it by push.
import { nowMs } from '../support/measure.ts'
import type { Wire } from '../support/wire.ts'
import type { NativeEa } from './native-ea.ts'
import { type Actor, checked, openPayload, type Stage } from './stage.ts'

export interface OnItsWay {
  /** ms from the sending to the 201. */
  readonly created: number
  /** ms from the sending to the EA. */
  readonly arrived: number
  /** The EA's answer is durable, and the EA was told so. */
  readonly answered: Promise<void>
}

/** @param at tells it from the others */
export async function oneCommand(
  stage: Stage,
  actor: Actor,
  { ea, strategy }: { ea: NativeEa; strategy: Wire },
  at: number,
): Promise<OnItsWay> {
  const bytes = stage.creation(actor.login, 'OPEN_TRADE', openPayload(at))
  const here = new Promise<number>((resolve) => {
    ea.arrived = (_, when) => resolve(when)
  })
  const answered = new Promise<void>((resolve) => {
    ea.acknowledged = () => resolve()
  })
  const began = nowMs()
  const reply = strategy.send(bytes).then((one) => ({ one, created: nowMs() - began }))
  const arrived = (await here) - began
  const { one, created } = await reply
  checked(one, 'creation')
  return { created, arrived, answered }
}
