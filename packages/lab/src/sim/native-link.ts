// A native EA's words to the server over HTTP: hello, polls, heartbeats, answers; facts of trades and ticks beside them.
import type { BrokerEvent, NativeEa, ServerReply } from '@ngtb/ea-sim'
import { Courier } from './courier.ts'
import type { Ask, Told } from './doors.ts'
import { eaAsk, eventAsk, syncAsk } from './facts.ts'
import { BEGIN } from './house.ts'
import type { Machine } from './machine.ts'
import type { TerminalParts } from './plain-terminal.ts'
import type { TickLog } from './tick-log.ts'

export interface LinkParts extends TerminalParts {
  readonly machine: Machine
  readonly ea: NativeEa
  readonly ticks: TickLog
  /** Something came in: the EA may have something to do. */
  pump(): void
}

const PATIENCE_MS = 3_000
const TICKS_EVERY_MS = 5_000

export class NativeLink {
  readonly #parts: LinkParts
  readonly #facts: Courier
  readonly #tick_batches: Courier
  #connecting = false
  #polling = false
  #answering = false
  #batches = 0

  constructor(parts: LinkParts) {
    const { machine, account } = parts
    this.#parts = parts
    this.#facts = new Courier(machine, parts.send)
    this.#tick_batches = new Courier(machine, parts.send)
    machine.every(account.poll_ms, () => this.#poll())
    machine.every(account.heartbeat_ms, () => this.#heartbeat())
    machine.every(account.sync_ms, () => this.#sync())
    machine.every(TICKS_EVERY_MS, () => this.#sendTicks())
  }

  /** Whatever the EA has to say now. */
  speak(): void {
    this.#connect()
    this.#answer()
  }

  happened(event: BrokerEvent): void {
    const ask = eventAsk(this.#parts.account, event)
    if (ask && this.#parts.ea.status === 'online') this.#facts.push(() => ask)
  }

  #connect(): void {
    const { ea, machine, account } = this.#parts
    if (this.#connecting) return
    const sent = machine.stamp()
    const fields = ea.connectFields(sent)
    if (fields === null) return
    this.#connecting = true
    const ask = eaAsk(account, 'command', '/api/connect', { broker: 'Sim', platform: 'MT5', ...fields })
    this.#send(ask, (told) => {
      const again = () => {
        this.#connecting = false
        this.#parts.pump()
      }
      if (told === null) return void machine.after(this.#parts.random.between(200, 1_500), again)
      const verdict = ea.connected(replyOf(told), sent, machine.stamp())
      this.#parts.history.note(this.#parts.name, `connects: ${verdict}, epoch ${ea.epoch}`)
      if (verdict === 'accepted' || verdict === 'standby' || verdict === 'copy') again()
      else machine.after(500, again)
    })
  }

  #poll(): void {
    const { ea, machine, account } = this.#parts
    const sent = machine.stamp()
    const fields = ea.status === 'online' && !this.#polling ? ea.sessionFields(sent) : null
    if (fields === null) return
    this.#polling = true
    const { wait_ms } = account
    const body = { ...fields, ...(wait_ms > 0 ? { wait_ms } : {}) }
    const ask = eaAsk(account, 'command', '/api/get_commands', body)
    this.#send(
      ask,
      (told) => {
        this.#polling = false
        if (told) ea.polled(replyOf(told), sent, machine.stamp())
        this.#parts.pump()
      },
      PATIENCE_MS + wait_ms,
    )
  }

  #heartbeat(): void {
    const { ea, machine, account, market } = this.#parts
    const sent = machine.stamp()
    const fields = ea.status === 'online' ? ea.sessionFields(sent) : null
    if (fields === null) return
    const ask = eaAsk(account, 'command', '/api/heartbeat', {
      ...market.broker.account(),
      latency_ms: 5,
      ...fields,
    })
    this.#send(ask, (told) => {
      if (told) ea.polled(replyOf(told), sent, machine.stamp())
      this.#parts.pump()
    })
  }

  /** Facts are taken from any epoch (P9): answers go out also while there is no session. */
  #answer(): void {
    const { ea, machine, account } = this.#parts
    if (this.#answering) return
    const now = machine.stamp()
    const answers = ea.answersDue(now, 20)
    const [first] = answers
    if (first === undefined) return
    const session = ea.sessionFields(now) ?? {
      journal_id: ea.journal_id,
      epoch: ea.epoch,
      mono_ms: now.mono_ms,
    }
    const one = answers.length === 1
    const path = one ? '/api/command_response' : '/api/command_responses'
    const body = one ? { ...session, ...first } : { ...session, responses: answers }
    this.#answering = true
    this.#send(eaAsk(account, 'command', path, body), (told) => {
      this.#answering = false
      if (told) ea.acked(answers, replyOf(told), machine.stamp())
      this.#parts.pump()
    })
  }

  #sync(): void {
    const { ea, account, market } = this.#parts
    if (ea.status !== 'online' || this.#facts.pending > 0) return
    this.#facts.push(() => syncAsk(account, market.positions))
  }

  #sendTicks(): void {
    const { ea, account, ticks, time, random } = this.#parts
    if (ea.status !== 'online' || this.#tick_batches.pending > 3) return
    const batch_id = `${this.#parts.name}-${random.uuid()}`
    const first_ms = BEGIN + time.now * 10 + (this.#batches++ % 10)
    ticks.send(account.account_id, batch_id, first_ms)
    const rows = [{ symbol: 'EURUSD', bid: 1.1, ask: 1.2, timestamp: first_ms, volume: 1 }]
    const ask = eaAsk(account, 'ticks', '/api/ticks/batch', { batch_id, ticks: rows })
    this.#tick_batches.push(
      () => ask,
      (told) => {
        if (told.http === 200) ticks.acknowledged(batch_id)
      },
    )
  }

  #send(ask: Ask, heard: (told: Told | null) => void, patience_ms = PATIENCE_MS): void {
    this.#parts.send(ask, patience_ms, this.#parts.machine.bound(heard))
  }
}

export const replyOf = ({ http, body, retry_after_ms }: Told): ServerReply => ({ http, body, retry_after_ms })
