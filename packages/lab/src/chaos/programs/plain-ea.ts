// A plain EA, as it is published: no journal, no epoch. Its book lies in its own process, so the rig lets it live and
// kills what it talks to.
import { createSimulatedEa, type SimulatedEa } from '@ngtb/ea-sim'
import type { PortNumbers } from '@ngtb/server'
import { BrokerAccount, CALM } from '../broker/account.ts'
import { obey } from './program.ts'

export interface PlainOrder {
  readonly login: string
  readonly api_key: string
  readonly ports: PortNumbers
  readonly seed: number
}

const QUOTE_EVERY_MS = 100

let account: BrokerAccount | undefined
let ea: SimulatedEa | undefined

obey({
  async start({ login, api_key, ports, seed }: PlainOrder) {
    const book = new BrokerAccount(login, { ...CALM, seed })
    account = book
    setInterval(() => book.quote(), QUOTE_EVERY_MS)
    ea = createSimulatedEa({
      account: login,
      api_key,
      url: `http://127.0.0.1:${ports.command}`,
      ports,
      broker: book.broker,
      cadence: { poll_ms: 50, heartbeat_ms: 1_000, sync_ms: 1_000 },
      backoff: { base_ms: 50, max_ms: 500 },
    })
    await ea.start()
  },
  books: () => account?.books(),
  standing: () => account?.standing(),
})
