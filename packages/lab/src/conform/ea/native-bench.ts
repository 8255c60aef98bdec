// The native EA as it ships: its driver, its journal in a file, its broker in this process. Journal and broker outlive
// it, and the dialogue may lay hands on both.
import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNativeEa, localBroker, type RunningNativeEa, systemClock, TradeServer } from '@ngtb/ea-sim'
import type { Json, Part } from '../language/dialogue.ts'
import type { EaBench, EaWanted, OrderSeen, Overseer, World } from './bench.ts'
import { bookOf, marketOf } from './book.ts'

const nowMs = () => systemClock.stamp().mono_ms

export function nativeBench(world: World, wanted: EaWanted, overseer: Overseer, login: string): EaBench {
  const trade_server = tradeServerOf(wanted, overseer, login)
  const folder = mkdtempSync(join(tmpdir(), 'ngtb-conform-'))
  const machine = new Machine(join(folder, 'journal.log'))
  let ea: RunningNativeEa | null = null
  const kill = async () => {
    await ea?.kill()
    ea = null
  }
  return {
    login,
    broker: bookOf(
      trade_server.broker,
      (up) => trade_server.setConnected(up, nowMs()),
      () => trade_server.advance(nowMs()),
    ),
    async start() {
      ea = createNativeEa({
        ...machine.settings(),
        account: login,
        api_key: world.api_key,
        url: `http://${world.host}:${world.ports.command}`,
        ports: world.ports,
        broker: localBroker(trade_server, systemClock),
        trade_server: 'Conformance-Demo',
        push: wanted.push,
        settle_ms: wanted.settle_ms,
        cadence: {
          poll_ms: wanted.poll_interval_ms,
          heartbeat_ms: wanted.heartbeat_ms,
          sync_ms: 2_000,
          terminal_ms: wanted.poll_interval_ms,
        },
        backoff: { base_ms: 50, max_ms: 500 },
      })
      await ea.begin()
    },
    kill,
    machine(verb, said) {
      if (ea !== null) throw new RangeError('kill the EA first: its journal is in use')
      machine.do(verb, said)
    },
    async close() {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What lies on the EA's disk, and what the power does to it. */
class Machine {
  readonly #path: string
  #boot_id = randomUUID()
  #image = ''

  constructor(path: string) {
    this.#path = path
  }

  settings = () => ({ journal_path: this.#path, boot_id: this.#boot_id })

  do(verb: string, said: Part): void {
    const acts: Record<string, () => void> = {
      reboot: () => {
        this.#boot_id = randomUUID()
      },
      cut: () => this.#cut(number(said, 'records'), number(said, 'bytes')),
      lose: () => rmSync(this.#path, { force: true }),
      keep: () => {
        this.#image = this.#text()
      },
      restore: () => writeFileSync(this.#path, this.#image, 'latin1'),
    }
    const act = Object.hasOwn(acts, verb) ? acts[verb] : undefined
    if (act === undefined) throw new RangeError(`the machine can't ${verb}: ${Object.keys(acts).join(', ')}`)
    act()
  }

  #text = () => (existsSync(this.#path) ? readFileSync(this.#path, 'latin1') : '')

  /** The last records, and the last bytes of the one before them, were never written. */
  #cut(records: number, bytes: number): void {
    const lines = this.#text().split('\n')
    // The text ends with a line break: what stands behind it is no record.
    const kept = lines.slice(0, lines.length - 1 - records).map((line) => `${line}\n`)
    const text = kept.join('')
    writeFileSync(this.#path, bytes === 0 ? text : text.slice(0, -bytes), 'latin1')
  }
}

function number(said: Part, name: string): number {
  const term = said.fields.find(({ path }) => path === name)?.term
  return term?.kind === 'literal' ? Number(term.value) : 0
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
