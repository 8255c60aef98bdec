// What an EA does by the clock: heartbeat, poll for commands, full sync. One loop each, one request each.

import { Bell } from './clock.ts'
import type { Gate } from './gate.ts'
import type { Link, Sent } from './link.ts'
import { backoffMs } from './model/backoff.ts'
import type { SimulatedBroker } from './model/broker.ts'
import type { Cadence } from './options.ts'
import type { EaStats } from './stats.ts'
import { accountBody, heartbeatBody, syncBody } from './wire.ts'

export interface DutiesContext {
  link: Link
  gate: Gate
  broker: SimulatedBroker
  stats: EaStats
  cadence: () => Cadence
  /** `commands[]` of a poll's or a heartbeat's answer. */
  onCommands: (commands: unknown) => void
  signal: AbortSignal
}

export class Duties {
  readonly #context: DutiesContext
  readonly #bells = { heartbeat: new Bell(), poll: new Bell(), sync: new Bell() }

  constructor(context: DutiesContext) {
    this.#context = context
  }

  /** Resolves when all three loops have ended and nothing of theirs is under way. */
  async run(): Promise<void> {
    const { cadence } = this.#context
    await Promise.all([
      this.#every(
        this.#bells.sync,
        () => cadence().sync_ms,
        () => this.#sync(),
      ),
      this.#every(
        this.#bells.heartbeat,
        () => cadence().heartbeat_ms,
        () => this.#heartbeat(),
      ),
      this.#every(
        this.#bells.poll,
        () => cadence().poll_ms,
        () => this.#poll(),
      ),
    ])
  }

  /** A full sync as soon as possible instead of at its time. */
  syncSoon(): void {
    this.#bells.sync.ring()
  }

  /** The server is back: tell it everything now. */
  allSoon(): void {
    for (const bell of Object.values(this.#bells)) bell.ring()
  }

  async #every(bell: Bell, interval_ms: () => number, work: () => Promise<Sent>): Promise<void> {
    const { link, signal } = this.#context
    let failures = 0
    while (!signal.aborted) {
      await link.whenUp(signal)
      if (signal.aborted) return
      const began_ms = link.clock.now()
      const sent = await work()
      failures = sent.verdict === 'taken' ? 0 : failures + 1
      const backoff_ms = Math.max(
        backoffMs(failures - 1, link.backoff, link.random),
        sent.reply?.retry_after_ms ?? 0,
      )
      const wait_ms = failures === 0 ? began_ms + interval_ms() - link.clock.now() : backoff_ms
      await bell.wait(Math.max(0, wait_ms), link.clock, signal)
    }
  }

  async #heartbeat(): Promise<Sent> {
    const { link, broker, stats, onCommands } = this.#context
    const sent = await link.send('heartbeat', heartbeatBody(link.account, broker.account(), link.latency_ms))
    if (sent.verdict === 'taken') stats.heartbeats++
    if (sent.reply !== null) link.latency_ms = sent.reply.latency_ms
    onCommands(commandsOf(sent))
    return sent
  }

  async #poll(): Promise<Sent> {
    const { link, stats, onCommands } = this.#context
    const sent = await link.send('get_commands', accountBody(link.account))
    if (sent.verdict === 'taken') stats.polls++
    onCommands(commandsOf(sent))
    return sent
  }

  #sync(): Promise<Sent> {
    const { link, gate, broker, stats } = this.#context
    return gate.exclusive(async () => {
      const sent = await link.send('trades_sync', syncBody(link.account, broker.positions()))
      if (sent.verdict === 'taken') stats.syncs++
      return sent
    })
  }
}

function commandsOf(sent: Sent): unknown {
  return sent.verdict === 'taken' ? (sent.reply?.body as { commands?: unknown } | null)?.commands : undefined
}
