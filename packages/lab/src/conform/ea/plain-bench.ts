// The simulated EA in its plain mode, over real HTTP, with its broker under the dialogue's eyes.
import {
  type Cause,
  type CloseResult,
  createSimulatedEa,
  type OpenRequest,
  SimulatedBroker,
  type SimulatedEa,
  type StopLevels,
  type TradeResult,
} from '@ngtb/ea-sim'
import type { Json, Part } from '../language/dialogue.ts'
import type { EaBench, EaWanted, Overseer, World } from './bench.ts'
import { bookOf, quoted } from './book.ts'

/** Every order of the EA passes here on its way to the book. */
class WatchedBroker extends SimulatedBroker {
  overseer: Overseer | null = null

  override open(request: OpenRequest, cause: Cause): TradeResult {
    return this.#watched('open', { ...request }, cause, () => super.open(request, cause), { position: null })
  }

  override modify(ticket: string, levels: StopLevels, cause: Cause): TradeResult {
    return this.#watched('modify', { ticket, ...levels }, cause, () => super.modify(ticket, levels, cause), {
      position: null,
    })
  }

  override close(ticket: string, cause: Cause, volume: number | null = null): CloseResult {
    return this.#watched('close', { ticket }, cause, () => super.close(ticket, cause, volume), {
      closed: null,
    })
  }

  #watched<T extends TradeResult | CloseResult>(
    action: string,
    asked: object,
    cause: Cause,
    effect: () => T,
    nothing: Omit<T, 'retcode' | 'comment' | 'events'>,
  ): T {
    const { overseer } = this
    if (cause.by === 'manual' || overseer === null) return effect()
    const plan = overseer.plan(action)
    const told = (retcode: number) =>
      ({ ...nothing, retcode, comment: 'as the dialogue says', events: [] }) as unknown as T
    const refused = plan.kind === 'refuse' || plan.kind === 'ambiguous'
    if (plan.kind === 'ambiguous' && plan.effect_after_ms !== null) effect()
    const result = refused ? told(plan.retcode) : effect()
    const { retcode, position } = result as TradeResult
    overseer.seen({
      action,
      ...(asked as Record<string, Json>),
      result: { retcode, position: position?.ticket ?? null },
    })
    return result
  }
}

export function plainBench(world: World, wanted: EaWanted, overseer: Overseer, login: string): EaBench {
  const broker = quoted(new WatchedBroker({ margin_mode: wanted.margin_mode }))
  broker.overseer = overseer
  let ea: SimulatedEa | null = null
  const kill = async () => {
    ea?.kill()
    ea = null
  }
  return {
    login,
    broker: bookOf(broker, (up) => {
      broker.conditions.connected = up
    }),
    async start() {
      ea = createSimulatedEa({
        account: login,
        url: `http://${world.host}:${world.ports.command}`,
        ports: world.ports,
        broker,
        backoff: { base_ms: wanted.poll_interval_ms, max_ms: 500 },
        sync_after_trade: true,
      })
      // It waits for its server as long as it takes; a dialogue may refuse it.
      ea.start().catch(() => {})
    },
    kill,
    machine(verb: string, _said: Part) {
      throw new RangeError(`a plain EA keeps nothing: its machine can't ${verb}`)
    },
    close: kill,
  }
}
