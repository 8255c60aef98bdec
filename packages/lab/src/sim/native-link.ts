// A native EA's words to the server over HTTP: hello, polls, heartbeats, answers; facts of trades and ticks
// beside them.
import { type BrokerEvent, type NativeEa, type ServerReply, tradeEvent } from '@ngtb/ea-sim'
import type { Answer } from '@ngtb/protocol'
import { Courier } from './courier.ts'
import type { Happening } from './coverage.ts'
import type { Told } from './doors.ts'
import { eaAsk } from './facts.ts'
import { BEGIN } from './house.ts'
import type { Machine, Stamp } from './machine.ts'
import type { NativeLists } from './native-lists.ts'
import type { TerminalParts } from './plain-terminal.ts'
import { isFencedClose, type Socket, type SocketEnd } from './socket.ts'
import type { TickLog } from './tick-log.ts'

export interface LinkParts extends TerminalParts {
  readonly machine: Machine
  readonly ea: NativeEa
  readonly lists: NativeLists
  readonly ticks: TickLog
  /** Opens the socket; null: the server can't be reached, or this EA polls. */
  openSocket(end: SocketEnd): Socket | null
  /** Something came in: the EA may have something to do. */
  pump(): void
  /** These answers leave now. */
  onAnswers(answers: readonly Answer[]): void
}

const PATIENCE_MS = 3_000
const TICKS_EVERY_MS = 5_000
const AGAIN_MS = 700
/** Two lists that are to prove an absence are more than 5 s apart (R4). */
const SUSPECT_MS = 5_500

type Heard = (told: Told | null) => void

export class NativeLink {
  readonly #parts: LinkParts
  readonly #facts: Courier
  readonly #tick_batches: Courier
  readonly #waiting = new Map<number, Heard>()
  #socket: Socket | null = null
  #ref = 0
  #connecting = false
  /** The epoch that it has spoken under. */
  #greeted = 0
  #polling = false
  #answering = false
  /** Events were not taken a moment ago. */
  #pausing = false
  #batches = 0
  /** Ticks are numbered from the start of the process to its end (P11). */
  readonly #run: string
  #tick_seq = 0

  constructor(parts: LinkParts) {
    const { machine, account } = parts
    this.#parts = parts
    this.#run = parts.random.uuid()
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
    this.#greet()
    this.#answer()
    this.#tell()
  }

  /** The process ends. */
  drop(): void {
    this.#socket?.leave()
    this.#socket = null
  }

  /** The first word under an epoch: from then on commands come by themselves. */
  #greet(): void {
    const { ea } = this.#parts
    if (this.#socket === null || ea.status !== 'online' || this.#greeted === ea.epoch) return
    this.#greeted = ea.epoch
    this.#heartbeat()
  }

  happened(event: BrokerEvent): void {
    const { ea, lists } = this.#parts
    if (ea.status !== 'online') return
    ea.events.push(tradeEvent(event))
    lists.readHistory()
    this.#tell()
  }

  /** Something became of a pending order. */
  ordersChanged(): void {
    const { ea, lists } = this.#parts
    if (ea.status !== 'online') return
    lists.readHistory()
    this.#tell()
  }

  #connect(): void {
    const { ea, machine } = this.#parts
    if (this.#connecting) return
    const sent = machine.stamp()
    const fields = ea.connectFields(sent)
    if (fields === null) return
    this.#connecting = true
    this.#socket ??= this.#openSocket()
    this.#say('connect', { broker: 'Sim', platform: 'MT5', ...fields }, (told) => {
      const again = () => {
        this.#connecting = false
        this.#parts.pump()
      }
      if (told?.http !== 200) this.drop()
      if (told === null) return void machine.after(this.#parts.random.between(200, 1_500), again)
      const verdict = ea.connected(replyOf(told), sent, machine.stamp())
      this.#parts.history.note(this.#parts.name, `connects: ${verdict}, epoch ${ea.epoch}`, VERDICTS[verdict])
      if (verdict === 'accepted' || verdict === 'standby' || verdict === 'copy') again()
      else machine.after(500, again)
    })
  }

  /** Over the socket commands come by themselves, and heartbeats fetch what it lost. */
  #poll(): void {
    const { ea, machine, account } = this.#parts
    const sent = machine.stamp()
    const idle = ea.status === 'online' && !this.#polling && this.#socket === null
    const fields = idle ? ea.sessionFields(sent) : null
    if (fields === null) return
    this.#polling = true
    const { wait_ms } = account
    const body = { ...fields, ...(wait_ms > 0 ? { wait_ms } : {}) }
    const heard = (told: Told | null) => {
      this.#polling = false
      this.#heard(told, sent)
    }
    this.#say('get_commands', body, heard, PATIENCE_MS + wait_ms)
  }

  #heartbeat(): void {
    const { ea, machine, market, lists } = this.#parts
    const sent = machine.stamp()
    const fields = ea.status === 'online' ? ea.sessionFields(sent) : null
    if (fields === null) return
    const word = { ...ea.terminalWord(), ...lists.agreement() }
    this.#say('heartbeat', { ...market.broker.account(), latency_ms: 5, ...fields, ...word }, (told) => {
      this.#heard(told, sent)
      if (told?.body.sync === true) this.#sync()
    })
  }

  #heard(told: Told | null, sent: Stamp): void {
    const { ea, machine, history, pump } = this.#parts
    if (told?.body.error === 'NGTB_FENCED') history.count('EA fenced')
    if (told) ea.polled(replyOf(told), sent, machine.stamp())
    pump()
  }

  /** Facts are taken from any epoch (P9): answers go out also while there is no session. */
  #answer(): void {
    const { ea, machine } = this.#parts
    if (this.#answering) return
    const now = machine.stamp()
    const answers = ea.answersDue(now, 20)
    const [first] = answers
    if (first === undefined) return
    const { journal_id, epoch } = ea
    const session = ea.sessionFields(now) ?? { journal_id, epoch, mono_ms: now.mono_ms }
    this.#answering = true
    this.#parts.onAnswers(answers)
    const heard = (told: Told | null) => {
      this.#answering = false
      if (told) ea.acked(answers, replyOf(told), machine.stamp())
      this.#parts.pump()
    }
    if (answers.length === 1) this.#say('command_response', { ...session, ...first }, heard)
    else this.#say('command_responses', { ...session, responses: answers }, heard)
  }

  /** Facts of trades, numbered: the same again until they are taken (P10). */
  #tell(): void {
    const { ea, machine } = this.#parts
    const session = ea.status === 'online' ? ea.sessionFields(machine.stamp()) : null
    const batch = session && !this.#pausing ? ea.events.next(5) : null
    if (!batch) return
    this.#say('events', { ...session, ...batch }, (told) => {
      const taken = ea.heardOfEvents(told && replyOf(told), machine.stamp())
      this.#parts.pump() // it may have been fenced: then it wants to connect
      if (taken) {
        this.#tell()
        return
      }
      this.#pausing = true
      machine.after(AGAIN_MS, () => {
        this.#pausing = false
        this.#tell()
      })
    })
  }

  #sync(): void {
    const { ea, machine, lists } = this.#parts
    this.#tell()
    if (ea.status !== 'online' || this.#facts.pending > 0 || ea.events.pending > 0) return
    lists.search()
    this.#tell()
    this.#facts.push(
      () => lists.ask(),
      (told) => {
        lists.told(told)
        this.#parts.pump()
        if (ea.snapshots.suspects.length > 0) machine.after(SUSPECT_MS, () => this.#sync())
      },
    )
  }

  /** One tick a batch; its number is the batch's. */
  #sendTicks(): void {
    const { ea, account, ticks, time, random } = this.#parts
    if (ea.status !== 'online') return
    const seq = ++this.#tick_seq
    if (this.#tick_batches.pending > 3) {
      ticks.letGo(account.account_id, this.#run, seq)
      return
    }
    const batch_id = `${this.#parts.name}-${random.uuid()}`
    const about_ms = BEGIN + time.now * 10 + (this.#batches++ % 10)
    const first_ms = ticks.send(account.account_id, batch_id, this.#run, seq, about_ms)
    const rows = [{ symbol: 'EURUSD', bid: 1.1, ask: 1.2, timestamp: first_ms, volume: 1 }]
    const numbers = { run: this.#run, first_seq: seq }
    const ask = eaAsk(account, 'ticks', '/api/ticks/batch', { batch_id, ...numbers, ticks: rows })
    this.#tick_batches.push(
      () => ask,
      (told) => {
        if (told.http === 200) ticks.acknowledged(batch_id)
      },
    )
  }

  /** Over the socket while there is one, else by HTTP. */
  #say(type: string, body: Record<string, unknown>, heard: Heard, patience_ms = PATIENCE_MS): void {
    const { machine, send, account } = this.#parts
    if (this.#socket === null) {
      const port = type === 'events' ? 'trades' : 'command'
      send(eaAsk(account, port, `/api/${type}`, body), patience_ms, machine.bound(heard))
      return
    }
    const ref = ++this.#ref
    this.#waiting.set(ref, heard)
    machine.after(patience_ms, () => this.#replied(ref, null))
    this.#socket.say({ ...body, type, ref, account: account.login })
  }

  #replied(ref: number, told: Told | null): void {
    const heard = this.#waiting.get(ref)
    this.#waiting.delete(ref)
    heard?.(told)
  }

  #openSocket(): Socket | null {
    const { openSocket, machine, ea, pump, history, name } = this.#parts
    const socket = openSocket({
      heard: machine.bound((message) => {
        if (message.type === 'commands') {
          history.count('pushed')
          ea.pushed(message, machine.stamp())
        } else {
          const { ref, http, retry_after_s } = message as {
            ref: number
            http: number
            retry_after_s?: number
          }
          const retry_after_ms = retry_after_s === undefined ? null : retry_after_s * 1000
          this.#replied(ref, { http, body: message, retry_after_ms })
        }
        pump()
      }),
      pinged: machine.bound(() => ea.alive(machine.stamp())),
      closed: machine.bound((code) => {
        history.note(name, `its socket is closed with ${code}`)
        this.#socket = null
        history.count(isFencedClose(code) ? 'EA fenced' : 'socket broke')
        if (isFencedClose(code)) ea.fenced(machine.stamp())
        else ea.linkLost(machine.stamp())
        for (const ref of [...this.#waiting.keys()]) this.#replied(ref, null)
        pump()
      }),
    })
    if (socket) history.note(name, 'opens its socket')
    return socket
  }
}

const VERDICTS: Readonly<Record<string, Happening>> = {
  standby: 'second EA refused',
  copy: 'journal called a copy',
}

export const replyOf = ({ http, body, retry_after_ms }: Told): ServerReply => ({ http, body, retry_after_ms })
