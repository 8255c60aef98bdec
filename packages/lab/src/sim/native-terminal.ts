// A terminal with a native EA: a journal on a disk, two clocks, a trade server, a line to the server. What happens to
// disks and computers happens here: torn tails, old images, lost journals, rot.
import { MemoryJournal, NativeEa, type OrderRequest, openedFrom, type TradeServer } from '@ngtb/ea-sim'
import type { Answer } from '@ngtb/protocol'
import { Machine } from './machine.ts'
import { NativeEffects } from './native-effects.ts'
import { NativeLink } from './native-link.ts'
import { NativeLists } from './native-lists.ts'
import type { TerminalParts } from './plain-terminal.ts'
import type { Socket, SocketEnd } from './socket.ts'
import type { Terminal } from './terminal.ts'
import type { TickLog } from './tick-log.ts'
import type { Alarm } from './virtual-time.ts'

export interface NativeTerminalParts extends TerminalParts {
  readonly ticks: TickLog
  openSocket(end: SocketEnd): Socket | null
  onOrder(terminal: string, request: OrderRequest): void
  /** Answers leave; `on_disk`: what a crash leaves of the journal. */
  onAnswers(terminal: string, answers: readonly Answer[], on_disk: () => string): void
}

export class NativeTerminal implements Terminal {
  readonly name: string
  readonly machine: Machine
  disk = new MemoryJournal()
  onDied: () => void = () => {}
  readonly #parts: NativeTerminalParts
  readonly #trade_server: TradeServer
  readonly #effects: NativeEffects
  #ea: NativeEa | null = null
  #link: NativeLink | null = null
  #lists: NativeLists | null = null
  #busy = false
  #calm = false
  #alarm: Alarm | null = null
  #crash_at_effect: number
  /** Of the terminal's files: a journal is bound to it. */
  #folder: string
  /** Copies of the journal as a backup made them. */
  readonly #images: string[] = []

  constructor(parts: NativeTerminalParts) {
    this.#parts = parts
    const { name, time, random, market, day } = parts
    this.name = name
    this.#folder = `C:/${name}`
    this.machine = new Machine(time, random.fork('machine'))
    this.#trade_server = market.tradeServer(name)
    this.#crash_at_effect = day.crash_at_effect
    this.#effects = new NativeEffects({
      ...parts,
      machine: this.machine,
      trade_server: this.#trade_server,
      disk: () => this.disk,
      lists: () => this.#lists,
      onOrder: (request) => parts.onOrder(name, request),
      mayDie: (where) => this.#mayDie(where),
    })
    market.listeners.push((event) => {
      if (this.machine.alive) this.machine.bound(() => this.#link?.happened(event))()
    })
    market.order_listeners.push(() => {
      if (this.machine.alive) this.machine.bound(() => this.#link?.ordersChanged())()
    })
  }

  start(): void {
    if (this.machine.alive) return
    const { history, account, random } = this.#parts
    this.machine.begin()
    const text = this.disk.text()
    this.#ea = new NativeEa({
      ...openedFrom(text),
      boot_id: this.machine.boot_id,
      binding: { login: account.login, trade_server: 'Sim', folder: this.#folder },
      settle_ms: account.settle_ms,
      poll_interval_ms: account.poll_ms,
      random: () => random.unit(),
      now: this.machine.stamp(),
    })
    history.note(this.name, `starts with ${text.length} bytes of journal`)
    const own = { machine: this.machine, ea: this.#ea, trade_server: this.#trade_server }
    this.#lists = new NativeLists({ ...this.#parts, ...own })
    if (this.#calm) this.#lists.calm()
    this.#link = new NativeLink({
      ...this.#parts,
      ...own,
      lists: this.#lists,
      openSocket: (end) => (account.push && random.chance(0.85) ? this.#parts.openSocket(end) : null),
      pump: () => this.#pump(),
      onAnswers: (answers) =>
        this.#parts.onAnswers(this.name, answers, () => {
          const text = this.disk.text()
          return text.slice(0, text.length - this.disk.unsynced_bytes)
        }),
    })
    this.#terminalSays()
    this.#pump()
  }

  crash(why: string, power = false): void {
    if (!this.machine.alive) return
    const { history, random } = this.#parts
    this.machine.end(power)
    this.#link?.drop()
    this.#ea = null
    this.#link = null
    this.#lists = null
    this.#busy = false
    this.#alarm?.cancel()
    // A killed process leaves what it wrote to the system; a power cut, and a write in its middle, leave any part.
    const unsynced = this.disk.unsynced_bytes
    const kept = power || this.#effects.tearing ? random.between(0, unsynced) : unsynced
    this.disk.crash(kept)
    this.#effects.tearing = false
    const torn = kept < unsynced
    if (torn) history.count('journal torn')
    history.note(
      this.name,
      `${power ? 'loses power' : 'dies'}: ${why}${torn ? ', its journal torn' : ''}`,
      power ? 'EA lost power' : 'EA killed',
    )
    this.#befallDisk()
    this.onDied()
  }

  calm(): void {
    this.#crash_at_effect = 0
    this.#calm = true
    this.#lists?.calm()
    this.setLink(true)
  }

  /** The terminal's link to its trade server. */
  setLink(connected: boolean): void {
    const { time } = this.#parts
    this.#trade_server.setConnected(connected, time.now)
    this.#terminalSays()
    // Synchronised a moment later: it says so itself.
    time.after(400, () => this.#terminalSays())
  }

  /** The whole folder of another terminal, copied to this machine: its journal, too (F19). */
  cloneFrom(other: NativeTerminal): void {
    this.crash('to be cloned')
    this.disk = new MemoryJournal(other.disk.text())
    this.#folder = other.#folder
    this.#parts.history.note(this.name, `is a clone of ${other.name}`, 'terminal copied')
  }

  /** It takes itself for the owner of this account. */
  ownsFor(account_id: number): boolean {
    return this.#parts.account.account_id === account_id && this.#ea?.status === 'online'
  }

  takeImage(): void {
    this.#images.push(this.disk.text())
  }

  #befallDisk(): void {
    const { random, day, history } = this.#parts
    if (random.chance(day.journal_lost)) {
      history.note(this.name, 'its journal is lost', 'journal lost')
      this.disk = new MemoryJournal()
    } else if (this.#images.length > 0 && random.chance(day.old_image)) {
      history.note(this.name, 'an old image of its journal is put back', 'journal put back to an older one')
      this.disk = new MemoryJournal(random.pick(this.#images))
      this.machine.boot_id = random.uuid()
    } else if (random.chance(day.rot)) {
      const text = this.disk.text()
      if (text.length > 0)
        this.disk.flip(random.between(Math.max(0, text.length - 600), text.length - 1), random.between(0, 6))
      history.note(this.name, 'a bit of its journal flips', 'journal bit flipped')
    }
  }

  #mayDie(where: string): boolean {
    if (!this.machine.alive || !this.#parts.random.chance(this.#crash_at_effect)) return false
    this.#parts.history.count('EA died in an effect')
    this.crash(where, this.#parts.random.chance(this.#parts.day.reboot))
    return true
  }

  #terminalSays(): void {
    if (!this.#ea) return
    const { time } = this.#parts
    this.machine.bound(() => {
      this.#ea?.terminal(this.#trade_server.terminal(time.now), this.machine.stamp())
      this.#pump()
    })()
  }

  /** One effect at a time; then whatever is to be said; then sleep until the EA has something to do by itself. */
  #pump(): void {
    const ea = this.#ea
    if (ea === null || this.machine.stopped) return
    if (!this.#busy) {
      const effect = ea.nextEffect(this.machine.stamp())
      if (effect !== null) {
        this.#busy = true
        this.#effects.perform(effect, (result) => {
          this.#busy = false
          ea.effectDone(effect, result, this.machine.stamp())
          this.#pump()
        })
      }
    }
    if (this.#ea === ea) this.#link?.speak()
    if (this.#ea === ea) this.#sleep(ea)
  }

  /** Due, and not done just now: it waits for a reply, and whatever comes in wakes it anyway. */
  #sleep(ea: NativeEa): void {
    this.#alarm?.cancel()
    const now = this.machine.stamp()
    const at = ea.wakeAt(now)
    const ms = at > now.mono_ms ? at - now.mono_ms : WAITING_MS
    if (Number.isFinite(at)) this.#alarm = this.machine.after(ms, () => this.#pump())
  }
}

const WAITING_MS = 200
