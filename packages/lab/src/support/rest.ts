// The lab's hand on the management API: as many connections as are busy at once, JSON in and out.
//
//   R1. A request that got no answer is repeated as it was; a creation carries its key, so that is safe (P2).
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeRequest, type Reply, Wire } from './wire.ts'

const TRIES = 6
const FIRST_PAUSE_MS = 100

export class Rest {
  readonly #host: string
  readonly #port: number
  readonly #key: string
  readonly #idle: Wire[] = []
  #closed = false

  constructor(url: URL, key: string) {
    this.#host = url.hostname.replace(/^\[|\]$/g, '')
    this.#port = Number(url.port || 80)
    this.#key = key
  }

  async get<T>(path: string): Promise<T> {
    return read<T>(await this.#send(encodeRequest('GET', path, this.#key, null)), path)
  }

  async post(path: string, body: unknown, headers: Readonly<Record<string, string>>): Promise<Reply> {
    return this.#send(encodeRequest('POST', path, this.#key, JSON.stringify(body), headers))
  }

  /** All items of a list, page by page. */
  async *all<T>(path: string): AsyncGenerator<T> {
    const mark = path.includes('?') ? '&' : '?'
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: T[]; next_cursor: string | null } = await this.get(
        `${path}${mark}limit=1000${cursor === '' ? '' : `&cursor=${cursor}`}`,
      )
      yield* page.items
      cursor = page.next_cursor
    }
  }

  close(): void {
    this.#closed = true
    for (const wire of this.#idle.splice(0)) wire.close()
  }

  async #send(request: Buffer): Promise<Reply> {
    for (let tries = 1; ; tries++) {
      let wire: Wire | undefined
      try {
        wire = await this.#wire()
        const reply = await wire.send(request)
        this.#idle.push(wire)
        return reply
      } catch (error) {
        wire?.close()
        if (tries >= TRIES || this.#closed) throw error
        await sleep(FIRST_PAUSE_MS * 2 ** (tries - 1))
      }
    }
  }

  async #wire(): Promise<Wire> {
    for (let wire = this.#idle.pop(); wire !== undefined; wire = this.#idle.pop())
      if (!wire.broken) return wire
    return Wire.open(this.#port, this.#host)
  }
}

function read<T>({ status, body }: Reply, path: string): T {
  if (status !== 200) throw new Error(`GET ${path} was answered with ${status}: ${body.slice(0, 300)}`)
  return JSON.parse(body) as T
}
