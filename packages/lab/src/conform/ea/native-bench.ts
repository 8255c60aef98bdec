// The native EA under test: its journal and its broker outlive it, and the dialogue may lay hands on both.
import { randomUUID } from 'node:crypto'
import { MemoryJournal, NativeEa, openedFrom, TradeServer } from '@ngtb/ea-sim'
import type { Json, Part } from '../language/dialogue.ts'
import type { EaBench, EaWanted, OrderSeen, Overseer, World } from './bench.ts'
import { bookOf, marketOf } from './book.ts'
import { NativeDriver, stampNow } from './native-driver.ts'

export function nativeBench(world: World, wanted: EaWanted, overseer: Overseer, login: string): EaBench {
  const trade_server = tradeServerOf(wanted, overseer, login)
  const binding = { login, trade_server: 'Conformance-Demo', folder: '/terminals/1' }
  let journal = new MemoryJournal()
  let image = ''
  let boot_id = randomUUID()
  let driver: NativeDriver | null = null
  const kill = async () => {
    driver?.kill()
    driver = null
  }
  const machine: Record<string, (said: Part) => void> = {
    /** The machine went down: what was not flushed is gone, its clock begins anew. */
    reboot() {
      journal.crash()
      boot_id = randomUUID()
    },
    /** The last bytes of the journal were never written. */
    cut: (said) => {
      const bytes = said.fields.find(({ path }) => path === 'bytes')?.term
      const count = bytes?.kind === 'literal' ? Number(bytes.value) : 1
      journal = new MemoryJournal(journal.text().slice(0, -count))
    },
    lose: () => {
      journal = new MemoryJournal()
    },
    keep: () => {
      image = journal.text()
    },
    restore: () => {
      journal = new MemoryJournal(image)
    },
  }
  return {
    login,
    broker: bookOf(trade_server.broker, (up) => trade_server.setConnected(up, Date.now())),
    async start() {
      const ea = new NativeEa({
        ...openedFrom(journal.text()),
        binding,
        boot_id,
        now: stampNow(),
        random: Math.random,
        poll_interval_ms: wanted.poll_interval_ms,
        settle_ms: wanted.settle_ms,
        answer_backoff_max_ms: 500,
      })
      const { heartbeat_ms } = wanted
      driver = new NativeDriver({
        ea,
        journal,
        trade_server,
        world,
        login,
        heartbeat_ms,
        makeJournalId: randomUUID,
      })
      driver.start()
    },
    kill,
    machine(verb, said) {
      const act = Object.hasOwn(machine, verb) ? machine[verb] : undefined
      if (act === undefined)
        throw new RangeError(`the machine can't ${verb}; it can ${Object.keys(machine).join(', ')}`)
      if (driver !== null) throw new RangeError(`kill the EA first: its journal is in use`)
      act(said)
    },
    close: kill,
  }
}

/** The dialogue decides what becomes of each order. */
function tradeServerOf(wanted: EaWanted, overseer: Overseer, login: string): TradeServer {
  const server = new TradeServer(marketOf(wanted.margin_mode), {
    login,
    decide: ({ action }) => {
      const plan = overseer.plan(action)
      return plan.kind === 'done' ? { kind: 'normal' } : plan
    },
  })
  const order = server.order.bind(server)
  server.order = (request, at_ms) => {
    const result = order(request, at_ms)
    overseer.seen({ ...(request as unknown as OrderSeen), result: { ...result } as Json })
    return result
  }
  return server
}
