// A wire that lies: between any client and any server of this machine, byte by byte (faults F6, F7, F14, F15).
//
//   W1. Bytes that pass keep their order within a direction, whatever the delays.
//   W2. A fault is set from outside and lasts until it is healed; what was swallowed never comes back.
//   W3. A one-way loss is silent: both ends keep an open connection and hear nothing.
import net from 'node:net'
import type { Random } from '@ngtb/ea-sim'

/** up: from the client to the server; down: back. */
export type Direction = 'up' | 'down'

/** What happens to one direction. */
export interface Flow {
  /** Least and most ms added to each piece; drawn by the seed. */
  readonly delay_ms: readonly [number, number]
  /** Bytes vanish. */
  readonly swallow: boolean
  /** A connection ends when so many bytes have come in this direction; null: never. */
  readonly cut_after_bytes: number | null
}

export const CLEAR: Flow = { delay_ms: [0, 0], swallow: false, cut_after_bytes: null }

/** Cuts a connection when these bytes come by; they arrive first (`pass`), or never. */
export interface CutAt {
  readonly direction: Direction
  readonly pattern: Buffer | string
  readonly pass: boolean
}

/** What waits in front of a dam goes on, or never arrives and its connection is cut. */
export interface Dam {
  /** Resolves when something has come and waits. */
  readonly reached: Promise<void>
  open(): void
  drop(): void
}

interface Barrier {
  readonly direction: Direction
  readonly bytes: Buffer
  /** Do the bytes pass in the end? */
  readonly passes: Promise<boolean>
  reached(): void
}

/** How connections begin: forwarded, refused, or taken and never answered. */
export type Door = 'open' | 'closed' | 'mute'

interface Watch extends CutAt {
  readonly bytes: Buffer
  caught(): void
}

/** A larger backlog behind a delay makes the sender wait. */
const BACKLOG_BYTES_MAX = 4 * 1024 * 1024
/** A longer pattern could hide between two pieces. */
const PATTERN_BYTES_MAX = 64

export class TcpProxy {
  /** Where connections go from now on; a restarted server has other ports. */
  target: { host: string; port: number }
  door: Door = 'open'
  /** One end is gone and the other is not told: a connection that is half open. */
  keep_widows = false
  readonly #random: Random
  readonly #server = net.createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket))
  readonly #sockets = new Set<net.Socket>()
  readonly #flows: Record<Direction, Flow> = { up: CLEAR, down: CLEAR }
  #watches: Watch[] = []
  #barrier: Barrier | null = null
  #port = 0

  constructor(target: { host: string; port: number }, random: Random) {
    this.target = target
    this.#random = random
  }

  get port(): number {
    return this.#port
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(0, '127.0.0.1', resolve)
    })
    this.#port = (this.#server.address() as net.AddressInfo).port
    return this
  }

  set(direction: Direction, flow: Partial<Flow>): void {
    this.#flows[direction] = { ...this.#flows[direction], ...flow }
  }

  /** Everything passes again. Connections that were lied to are ended: neither end could trust them. */
  heal(): void {
    const lied =
      this.door !== 'open' || this.keep_widows || this.#flows.up.swallow || this.#flows.down.swallow
    this.#flows.up = CLEAR
    this.#flows.down = CLEAR
    this.#watches = []
    this.#barrier = null
    this.door = 'open'
    this.keep_widows = false
    if (lied) this.cutAll()
  }

  /** Ends every connection at once, as a pulled cable that both ends notice. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** Resolves when the bytes came by and their connection was cut: once, then the watch is over. */
  cutAt(cut: CutAt): Promise<void> {
    return new Promise((caught) => {
      this.#watches.push({ ...cut, bytes: Buffer.from(cut.pattern), caught })
    })
  }

  /** The next connection on which these bytes come by stands still there, until the dam is opened or dropped. */
  dam(direction: Direction, pattern: string): Dam {
    let settle: (passes: boolean) => void = () => {}
    const passes = new Promise<boolean>((resolve) => {
      settle = resolve
    })
    const reached = new Promise<void>((resolve) => {
      this.#barrier = { direction, bytes: Buffer.from(pattern), passes, reached: resolve }
    })
    const end = (pass: boolean) => {
      this.#barrier = null
      settle(pass)
    }
    return { reached, open: () => end(true), drop: () => end(false) }
  }

  async close(): Promise<void> {
    this.door = 'closed'
    this.cutAll()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #accept(client: net.Socket): void {
    if (this.door === 'closed') return void client.resetAndDestroy()
    this.#hold(client)
    if (this.door === 'mute') return void client.resume() // read and forgotten
    const server = net.connect({ ...this.target, allowHalfOpen: true })
    this.#hold(server)
    this.#pass(client, server, 'up')
    this.#pass(server, client, 'down')
  }

  #hold(socket: net.Socket): void {
    this.#sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {}) // its close says enough
    socket.once('close', () => this.#sockets.delete(socket))
  }

  #pass(from: net.Socket, to: net.Socket, direction: Direction): void {
    const line = new Line(from, to, {
      spare: (bytes, fresh) => this.#spare(direction, bytes, fresh),
      barred: (bytes, fresh) => this.#barred(direction, bytes, fresh),
    })
    from.on('data', (bytes: Buffer) => {
      const flow = this.#flows[direction]
      if (flow.swallow) return
      const [least, most] = flow.delay_ms
      line.send(bytes, most > 0 ? this.#random.between(least, most) : 0)
      if (flow.cut_after_bytes !== null && line.seen >= flow.cut_after_bytes) line.cut()
    })
    from.on('end', () => {
      if (!this.keep_widows && !this.#flows[direction].swallow) line.end()
    })
    from.once('close', () => {
      if (!this.keep_widows) line.close()
    })
  }

  #barred(direction: Direction, bytes: Buffer, fresh: number): Promise<boolean> | null {
    const barrier = this.#barrier
    if (barrier?.direction !== direction || !isFresh(barrier.bytes, bytes, fresh)) return null
    this.#barrier = null
    barrier.reached()
    return barrier.passes
  }

  /**
   * Whether a watch is fulfilled, and if so whether these bytes still pass.
   * @param fresh where the new bytes begin: what passed before the watch was set is over
   */
  #spare(direction: Direction, bytes: Buffer, fresh: number): boolean | null {
    const watch = this.#watches.find((one) => one.direction === direction && isFresh(one.bytes, bytes, fresh))
    if (!watch) return null
    this.#watches = this.#watches.filter((one) => one !== watch)
    watch.caught()
    return watch.pass
  }
}

const isFresh = (pattern: Buffer, bytes: Buffer, fresh: number) =>
  bytes.indexOf(pattern, Math.max(0, fresh - pattern.length + 1)) >= 0

/** Where the pieces of a line are judged. @param fresh where the newest bytes begin */
interface Judges {
  /** null: no cut; else whether the newest bytes may still leave before it. */
  spare(bytes: Buffer, fresh: number): boolean | null
  /** null: nothing is in the way. */
  barred(bytes: Buffer, fresh: number): Promise<boolean> | null
}

/** One direction of one connection: its pieces leave in the order in which they came (W1). */
class Line {
  seen = 0
  readonly #from: net.Socket
  readonly #to: net.Socket
  readonly #judges: Judges
  #tail = Promise.resolve()
  #backlog = 0
  #cut = false
  /** The end of what came before: a pattern may lie across two pieces. */
  #rest = Buffer.alloc(0)

  constructor(from: net.Socket, to: net.Socket, judges: Judges) {
    this.#from = from
    this.#to = to
    this.#judges = judges
  }

  send(bytes: Buffer, delay_ms: number): void {
    this.seen += bytes.length
    this.#backlog += bytes.length
    if (this.#backlog > BACKLOG_BYTES_MAX) this.#from.pause()
    const due = delay_ms > 0 ? new Promise((resolve) => setTimeout(resolve, delay_ms)) : null
    const joined = Buffer.concat([this.#rest, bytes])
    const fresh = joined.length - bytes.length
    const spared = this.#judges.spare(joined, fresh)
    const barred = this.#judges.barred(joined, fresh)
    this.#rest = joined.subarray(-PATTERN_BYTES_MAX)
    this.#tail = this.#tail.then(async () => {
      await due
      if ((await barred) === false) return this.#cutNow(false)
      this.#backlog -= bytes.length
      if (this.#backlog <= BACKLOG_BYTES_MAX) this.#from.resume()
      if (spared !== false) this.#write(bytes)
      if (spared !== null) this.#cutNow(spared)
    })
  }

  /** After what is on its way. */
  cut(): void {
    this.#tail = this.#tail.then(() => this.#cutNow(true))
  }

  end(): void {
    this.#tail = this.#tail.then(() => void this.#to.end())
  }

  close(): void {
    this.#tail = this.#tail.then(() => {
      if (!this.#cut) this.#to.destroy()
    })
  }

  #write(bytes: Buffer): void {
    if (this.#to.writable) this.#to.write(bytes)
  }

  /** What was let pass reaches the far end; what it says to it reaches nobody. */
  #cutNow(passed: boolean): void {
    this.#cut = true
    this.#from.resetAndDestroy()
    if (passed) this.#to.destroySoon()
    else this.#to.resetAndDestroy()
  }
}
