// After a crash: what the store kept is asked for again, with the same keys, before anything new is decided.
//
//   U1. An intent whose moment is still now is sent again: the server has it, or makes it; once in any case (P2).
//   U2. One whose moment is gone is only looked for: it was sent, or it never will be.
//   U3. Silence forgets nothing: resume throws, and is called again.

import { type CommandDetailView, managementEndpoints } from '@ngtb/protocol'
import { type CreateRequest, create } from './commands.ts'
import { isRefusal, NgtbError } from './errors.ts'
import { type CommandDesk, CommandHandle } from './handle.ts'
import { fillPath } from './http.ts'
import { read } from './reads.ts'
import type { Asking } from './retry.ts'
import type { IntentStore } from './store.ts'

/**
 * What became of an intent that was kept. `taken_up`: the server has it; it stays in the store until you `forget` it.
 * `lapsed`: it was never sent, and its moment is gone: decide again. `refused`: never done. These two are forgotten.
 */
export type Resumed = { command_id: string; request: CreateRequest } & (
  | { kind: 'taken_up'; handle: CommandHandle }
  | { kind: 'lapsed' }
  | { kind: 'refused'; error: NgtbError }
)

export async function resume(
  desk: CommandDesk & { store: IntentStore },
  asking: Asking,
  now: () => number,
): Promise<Resumed[]> {
  const found: Resumed[] = []
  for (const request of await desk.store.kept()) {
    const at = { ...desk, login: request.login }
    const left_ms = leftMs(request, now())
    const again =
      left_ms > 0
        ? repeat(at, request, { ...asking, deadline_ms: Math.min(asking.deadline_ms, left_ms) })
        : lookFor(at, request, asking)
    found.push(...(await again))
  }
  // Only now: had a later one met silence, nobody would have heard of these.
  const over = found.filter(({ kind }) => kind !== 'taken_up')
  await desk.store.forget(...over.map(({ command_id }) => command_id))
  return found
}

/** How long the intent's moment lasts. A clock that went back proves nothing about its age: it counts as over. */
function leftMs({ kept_at, lapses_at }: CreateRequest, now: number): number {
  return now < kept_at ? 0 : lapses_at - now
}

/** U1. */
async function repeat(desk: CommandDesk, request: CreateRequest, asking: Asking): Promise<Resumed[]> {
  try {
    const handles = await create(desk, request, asking)
    return handles.map((handle) => ({ kind: 'taken_up', command_id: handle.command_id, request, handle }))
  } catch (error) {
    // A key that is no longer valid says nothing about the intent.
    if (!(error instanceof NgtbError) || [401, 403, 404, 405].includes(error.status)) throw error
    return request.command_ids.map((command_id) => ({ kind: 'refused', command_id, request, error }))
  }
}

/** U2. */
async function lookFor(desk: CommandDesk, request: CreateRequest, asking: Asking): Promise<Resumed[]> {
  const found: Resumed[] = []
  for (const command_id of request.command_ids) {
    const path = fillPath(managementEndpoints.v1_command.path, { login: request.login, command_id })
    try {
      const { body } = await read<CommandDetailView>(desk.http, asking, { path })
      found.push({ kind: 'taken_up', command_id, request, handle: new CommandHandle(desk, body, true) })
    } catch (error) {
      if (!isRefusal(error, 'NGTB_COMMAND_UNKNOWN')) throw error
      found.push({ kind: 'lapsed', command_id, request })
    }
  }
  return found
}
