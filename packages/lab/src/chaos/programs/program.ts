// What every program of the rig has in common: orders in, replies out, and an end when the rig is gone.
import type { FromChild, ToChild } from '../process/child.ts'

export type Handlers = Readonly<Record<string, (body: never) => unknown>>

/** Answers orders by their names; a program that is not the guard ends with the rig. */
export function obey(handlers: Handlers, onOrphaned: () => void = () => process.exit(0)): void {
  process.on('message', ({ id, order, body }: ToChild) => void answer(id, handlers[order], order, body))
  process.once('disconnect', onOrphaned)
}

/** Something the rig has not asked for; resolves when it has left this process. */
export const tell = (news: string, body: unknown = null): Promise<void> => say({ news, body })

async function answer(
  id: number,
  handler: Handlers[string] | undefined,
  order: string,
  body: unknown,
): Promise<void> {
  try {
    if (handler === undefined) throw new Error(`there is no order ${order}`)
    await say({ id, reply: (await handler(body as never)) ?? null })
  } catch (error) {
    await say({ id, failed: (error as Error).stack ?? String(error) })
  }
}

/** A rig that is gone hears nothing, and that is no failure of this process. */
function say(message: FromChild): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()) ?? resolve())
}
