// A flow: one command's way through contract §5, written as the steps it takes. What must be done outside is yielded;
// the flow goes on with what came of it. A crash is: the flow is dropped.

import type { Effect, EffectResult } from './api.ts'
import type { LookQuery, LookResult, OrderRequest, OrderResult } from './broker-port.ts'
import type { NativeCommand } from './records.ts'
import type { Deadline } from './stamp.ts'

/** `flush`: everything recorded so far is on the disk. `pause`: others may work; go on after so long. */
export type Want = Exclude<Effect, { kind: 'append' }> | { kind: 'flush' } | { kind: 'pause'; ms: number }

export type Flow<T = void> = Generator<Want, T, EffectResult>

/** A command in hand. A later delivery of the same command renews attempt and deadline. */
export interface Job {
  command: NativeCommand
  /** Null: not known any more (it was begun before a restart); then no order may start. */
  deadline: Deadline | null
}

export function* flush(): Flow {
  yield { kind: 'flush' }
}

export function* pause(ms: number): Flow {
  yield { kind: 'pause', ms }
}

/** The reading, or null: nobody knows. */
export function* look(query: LookQuery): Flow<LookResult | null> {
  const result = yield { kind: 'look', query }
  return result.kind === 'look' ? result.result : null
}

/** The result, or null: it may have been executed. */
export function* send(request: OrderRequest, try_no: number): Flow<OrderResult | null> {
  const result = yield { kind: 'order', request, try_no }
  return result.kind === 'order' ? result.result : null
}
