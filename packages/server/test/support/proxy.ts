// A small TCP proxy between the server and PostgreSQL: cuts, holds and delays what a test names (faults F4–F7).
import net from 'node:net'
import type { FreshDatabase } from './server.ts'

/** The connections of one store, by their application_name. */
export type Line = 'ngtb commit' | 'ngtb ticks' | 'ngtb read' | 'ngtb bell' | 'ngtb ring'
type Direction = 'request' | 'reply'

interface Fault {
  readonly line: Line
  readonly direction: Direction
  readonly when: (bytes: Buffer) => boolean
  readonly act: 'cut' | 'hold'
  caught(release: () => void): void
}

interface Held {
  /** The bytes stand at the proxy; the other side has, or has not, acted on them. */
  readonly caught: Promise<void>
  release(): void
}

export class PgProxy {
  readonly #target: URL
  readonly #server = net.createServer((socket) => this.#accept(socket))
  readonly #sockets = new Set<net.Socket>()
  #faults: Fault[] = []
  #down = false
  /** ms added to each message in each direction. */
  delay_ms = 0
  url = ''

  constructor(target: string) {
    this.#target = new URL(target)
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const url = new URL(this.#target)
    url.port = String((this.#server.address() as net.AddressInfo).port)
    this.url = url.href
    return this
  }

  /** The next matching message ends its connection: a request never arrives, or a reply is never heard. */
  cut(line: Line, direction: Direction, when: (bytes: Buffer) => boolean = () => true): Promise<void> {
    return new Promise((resolve) => {
      this.#faults.push({ line, direction, when, act: 'cut', caught: () => resolve() })
    })
  }

  /** The next matching message waits here until it is released. */
  hold(line: Line, direction: Direction, when: (bytes: Buffer) => boolean = () => true): Held {
    let release = () => {}
    const caught = new Promise<void>((resolve) => {
      this.#faults.push({
        line,
        direction,
        when,
        act: 'hold',
        caught(go) {
          release = go
          resolve()
        },
      })
    })
    return { caught, release: () => release() }
  }

  /** The database is away: every connection ends, new ones are refused. */
  down(): void {
    this.#down = true
    for (const socket of this.#sockets) socket.destroy()
  }

  up(): void {
    this.#down = false
  }

  async close(): Promise<void> {
    this.down()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #accept(client: net.Socket): void {
    if (this.#down) return void client.destroy()
    const server = net.connect(Number(this.#target.port), this.#target.hostname)
    let line = ''
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#sockets.delete(socket)
        client.destroy()
        server.destroy()
      })
    }
    const pass = (from: net.Socket, to: net.Socket, direction: Direction) => {
      let before = Promise.resolve()
      from.on('data', (bytes) => {
        if (line === '') line = /application_name\0([^\0]*)/.exec(bytes.toString('latin1'))?.[1] ?? '?'
        const fault = this.#take(line, direction, bytes)
        if (fault?.act === 'cut') {
          client.destroy()
          server.destroy()
          fault.caught(() => {})
          return
        }
        const held = fault ? new Promise<void>((resolve) => fault.caught(resolve)) : null
        const delay_ms = this.delay_ms
        before = before.then(async () => {
          await held
          if (delay_ms > 0) await new Promise((resolve) => setTimeout(resolve, delay_ms))
          to.write(bytes)
        })
      })
    }
    pass(client, server, 'request')
    pass(server, client, 'reply')
  }

  #take(line: string, direction: Direction, bytes: Buffer): Fault | undefined {
    const fault = this.#faults.find(
      (wanted) => wanted.line === line && wanted.direction === direction && wanted.when(bytes),
    )
    if (fault) this.#faults = this.#faults.filter((other) => other !== fault)
    return fault
  }
}

/** The same database, reached through a proxy. */
export async function behindProxy(
  database: FreshDatabase,
): Promise<{ proxy: PgProxy; database: FreshDatabase }> {
  const proxy = await new PgProxy(database.url).listen()
  return {
    proxy,
    database: {
      url: proxy.url,
      async drop() {
        await proxy.close()
        await database.drop()
      },
    },
  }
}

/** The message that asks for a group commit: it carries the document, or the name of its statement. */
export const isCommit = (bytes: Buffer): boolean => bytes.includes('"expected_version":')
