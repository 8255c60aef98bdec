// Our own EA for a dialogue: a server, a broker and an EA of its own, so that many are played side by side.
import { randomInt } from 'node:crypto'
import { nativeBench } from './native-bench.ts'
import { plainBench } from './plain-bench.ts'
import { PlayingServer } from './playing-server.ts'
import type { Setting } from './setting.ts'

export const ownEa: Setting = async (_dialogue, wanted, lead) => {
  const server = new PlayingServer()
  await server.listen(0)
  const login = String(randomInt(10_000_000, 100_000_000))
  const world = server.world('conformance-key')
  const bench = (wanted.native ? nativeBench : plainBench)(world, wanted, lead, login)
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
