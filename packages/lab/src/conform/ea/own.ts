// An EA at hand: a server, a broker and an EA of its own for each dialogue, so that many are played side by side.
import { randomInt } from 'node:crypto'
import type { BenchMaker } from './bench.ts'
import { nativeBench } from './native-bench.ts'
import { plainBench } from './plain-bench.ts'
import { PlayingServer } from './playing-server.ts'
import type { Setting } from './setting.ts'

const ours: BenchMaker = (world, wanted, overseer, login) =>
  (wanted.native ? nativeBench : plainBench)(world, wanted, overseer, login)

export const ownEa: Setting = (...given) => eaOn(ours)(...given)

/** The EA that this maker puts up. */
export const eaOn =
  (make: BenchMaker): Setting =>
  async (_dialogue, wanted, lead) => {
    const server = new PlayingServer()
    await server.listen(0)
    const login = String(randomInt(10_000_000, 100_000_000))
    const world = server.world('conformance-key')
    const bench = await Promise.resolve(make(world, wanted, lead, login)).catch(async (error: unknown) => {
      // An EA that can't be put up leaves no server behind.
      await server.close()
      throw error
    })
    server.lead(lead)
    return {
      server,
      bench,
      async close() {
        await bench.close()
        server.lead(null)
        await server.close()
      },
    }
  }
