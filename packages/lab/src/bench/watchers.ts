// Pages that watch: sockets of /ws that want what the dashboard wants, and some that want every tick.
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'

interface Watched {
  /** Bytes and messages that were read. */
  readonly bytes: number
  readonly messages: number
  /** The server said: from here on the newest only. */
  readonly downgraded: boolean
  readonly closed: number | null
}

export class Watcher implements Watched {
  bytes = 0
  messages = 0
  downgraded = false
  closed: number | null = null
  readonly #socket: WebSocket

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data) => {
      const bytes = data as Buffer
      this.bytes += bytes.length
      this.messages += 1
      if (bytes.includes('"downgraded":true')) this.downgraded = true
    })
    socket.on('close', (code) => {
      this.closed = code
    })
    socket.on('error', () => {}) // the close that follows says it
  }

  /** @param subscriptions sent once it is open */
  static async open(port: number, key: string, subscriptions: readonly object[]): Promise<Watcher> {
    const headers = { authorization: `Bearer ${key}` }
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, {
      ...{ headers, perMessageDeflate: false, skipUTF8Validation: true },
    })
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve())
      socket.once('error', reject)
    })
    const watcher = new Watcher(socket)
    for (const one of subscriptions) socket.send(JSON.stringify(one))
    return watcher
  }

  /** Reads nothing any more, as a page that hangs. */
  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  close(): void {
    this.#socket.terminate()
  }
}

/** What an open page of the dashboard listens to: everything that happens, and the quotes of the chosen account. */
const pageOf = (account: number | undefined) => [
  { type: 'subscribe', topics: ['connection', 'command', 'trade', 'log', 'alert'] },
  {
    ...{ type: 'subscribe_ticks', mode: 'latest', interval_ms: 250 },
    ...(account === undefined ? {} : { accounts: [account] }),
  },
]
const EVERY_TICK = [{ type: 'subscribe_ticks', mode: 'every' }] as const

/**
 * @param every how many of them want every tick
 * @param accounts the others show one of these, in turns; none: all of them
 */
export async function watchers(
  port: number,
  key: string,
  pages: number,
  every: number,
  accounts: readonly number[] = [],
): Promise<Watcher[]> {
  const made: Watcher[] = []
  for (let at = 0; at < pages; at++) {
    made.push(await Watcher.open(port, key, at < every ? EVERY_TICK : pageOf(accounts[at % accounts.length])))
    if (at % 50 === 49) await sleep(20)
  }
  return made
}
