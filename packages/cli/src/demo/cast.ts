// The EA of the demo: native, with its journal in the demo's folder and its commands by push; or plain, by polling.
import { join } from 'node:path'
import type { EaEvent, NativeEvent, SimulatedBroker, Tick } from '@ngtb/ea-sim'
import { nativeEa, plainEa, type SimEa, type SimEaOptions } from '../sim-ea.ts'
import { ACCOUNT, BROKER, type Run } from './index.ts'

export interface Wanted extends Pick<SimEaOptions, 'endless' | 'speed' | 'cadence'> {
  ticks: AsyncIterable<Tick> | Iterable<Tick>
  onEvent?: (event: EaEvent | NativeEvent) => void
}

/** How long a lost order could still appear at this broker, which answers at once. */
const SETTLE_MS = 1_000

export class Cast {
  ea: SimEa
  readonly #make: (broker?: SimulatedBroker) => SimEa
  /** Called with the next order, once it is done and before anybody knows. */
  #afterOrder: (() => void) | null = null

  private constructor(make: (cast: Cast, broker?: SimulatedBroker) => SimEa) {
    this.#make = (broker) => make(this, broker)
    this.ea = this.#make()
  }

  static async of({ stage, options }: Run, wanted: Wanted): Promise<Cast> {
    const { server, dir } = stage
    const common = {
      ...wanted,
      ticks: shared(wanted.ticks),
      account: ACCOUNT,
      url: `http://127.0.0.1:${server.ports.command}`,
      ports: server.ports,
      broker_name: BROKER,
    }
    if (options.plain) return new Cast(() => plainEa({ ...common, sync_after_trade: true }))
    const native = {
      ...common,
      api_key: await eaKey(stage),
      journal_path: join(dir, 'ea', 'journal.log'),
      settle_ms: SETTLE_MS,
    }
    return new Cast((cast, broker) =>
      nativeEa({
        ...native,
        ...(broker ? { broker } : {}),
        around: async (effect, perform) => {
          const result = await perform()
          if (effect.kind === 'order') cast.#afterOrder?.()
          return result
        },
      }),
    )
  }

  /** Resolves when it is dead. */
  killAtTheNextOrder(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#afterOrder = () => {
        this.#afterOrder = null
        this.ea.kill().then(resolve, reject)
      }
    })
  }

  /** Another EA with the same journal, at the same broker. */
  async restart(): Promise<void> {
    this.ea = this.#make(this.ea.broker)
    await this.ea.start()
  }
}

/** A source that goes on where the EA before left it: a loop that is left does not close it. */
function shared(ticks: Wanted['ticks']): AsyncIterable<Tick> {
  let source: Iterator<Tick> | AsyncIterator<Tick> | undefined
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        source ??= Symbol.asyncIterator in ticks ? ticks[Symbol.asyncIterator]() : ticks[Symbol.iterator]()
        return source.next()
      },
    }),
  }
}

/** A native EA brings its key with the first word: as `ngtb account add` would have made it. */
async function eaKey({ server }: Run['stage']): Promise<string> {
  const { desks, keys } = server.server.services
  const { account_id } = await desks.enrol(String(ACCOUNT), BROKER, 'demo')
  const made = await keys.create({ account_id, scopes: ['ea:session'], label: 'demo EA' }, 'demo')
  return made.api_key
}
