// The beginnings that tests of single commands share: a world with its EA connected, a trade server that misbehaves on
// demand, a position that is there.
import type { OpenRequest, OrderFault } from '../src/index.ts'
import { EXPERT } from './market.ts'
import { World, type WorldOptions } from './native-world.ts'

/** Connected, and fair. */
export function online(options: WorldOptions = {}): World {
  const world = new World(options)
  world.connect()
  return world
}

/** Each order meets the next of these faults, then none. */
export function faulty(faults: OrderFault[], options: WorldOptions = {}): World {
  return online({
    ...options,
    trade: { ...options.trade, decide: () => faults.shift() ?? { kind: 'normal' } },
  })
}

/** A position of 0.3 lots, unless said otherwise. @returns its ticket */
export function position(world: World, over: Partial<OpenRequest> = {}): string {
  const request = { symbol: 'EURUSD', direction: 'BUY', volume: 0.3, ...over } as const
  return world.broker.open(request, EXPERT).position?.ticket ?? ''
}

/** Nobody knows; null: it has no effect. */
export const lost = (effect_after_ms: number | null): OrderFault => ({
  kind: 'ambiguous',
  returned: false,
  retcode: 10031,
  effect_after_ms,
})
