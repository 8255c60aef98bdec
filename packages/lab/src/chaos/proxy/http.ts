// A post office that lies: whole HTTP requests and replies, lost, late, doubled or out of order (faults F15, F16).
//
//   H1. What becomes of a request is decided once, by the plan, when it has wholly arrived.
//   H2. A doubled request is the same bytes again, on a connection of its own; its reply reaches nobody.
//   H3. An upgrade is a wire from then on: it goes through the TCP proxy, with its faults.
import http from 'node:http'
import net from 'node:net'

export interface PassingRequest {
  readonly method: string
  readonly url: string
  readonly body: Buffer
}

/** What becomes of one request; nothing given: it passes. */
export interface Fate {
  /** Never arrives; the client sees the connection end. */
  readonly lose?: 'request' | 'reply'
  /** Waits before it arrives. */
  readonly delay_ms?: number
  /** Waits for this before it arrives. */
  readonly until?: Promise<unknown>
  /** Its reply waits: it may come when nobody listens any more. */
  readonly reply_delay_ms?: number
  /** So many copies more, each after this pause: the late one comes when all is settled. */
  readonly copies?: readonly number[]
  /** Waits until another request has overtaken it, at most so long. */
  readonly after_next_ms?: number
  /** Looks at the reply first, and says the rest of the fate then. */
  readonly by_reply?: (reply: Buffer) => Omit<Fate, 'by_reply'>
}

export type Plan = (request: PassingRequest) => Fate

const PASS: Fate = {}
/** Hop by hop, or said anew by the sender of the copy. */
const OWN_HEADERS = new Set(['connection', 'transfer-encoding', 'keep-alive', 'content-length'])

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: Buffer
}

export class HttpProxy {
  target: { host: string; port: number }
  /** Where upgrades go: a TCP proxy's port, or the target itself. */
  upgrade_port: number | null = null
  plan: Plan = () => PASS
  readonly counted = { requests: 0, lost: 0, doubled: 0, overtaken: 0 }
  readonly #agent = new http.Agent({ keepAlive: true })
  readonly #server = http.createServer({ requestTimeout: 0 }, (request, response) => {
    void this.#take(request, response)
  })
  readonly #sockets = new Set<net.Socket>()
  #overtaken: (() => void)[] = []
  #port = 0

  constructor(target: { host: string; port: number }) {
    this.target = target
    this.#server.on('connection', (socket) => this.#hold(socket))
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket as net.Socket, head))
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

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#agent.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #hold(socket: net.Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => this.#sockets.delete(socket))
  }

  async #take(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    this.counted.requests++
    const body = await wholeOf(request)
    if (body === null) return
    const { method = 'GET', url = '/' } = request
    const fate = this.plan({ method, url, body })
    const send = () => this.#send(request, body)
    if (fate.lose === 'request') return this.#lost(response)
    await this.#wait(fate)
    const overtaking = this.#overtaken.splice(0)
    const answer = await send().catch(() => null)
    for (const go of overtaking) go()
    const then = answer === null ? fate : { ...fate, ...fate.by_reply?.(answer.body) }
    this.#double(then, send)
    if (then.lose === 'reply' || answer === null) return this.#lost(response, then.lose)
    if (then.reply_delay_ms !== undefined) await pause(then.reply_delay_ms)
    response.writeHead(answer.status, forwarded(answer.headers))
    response.end(answer.body)
  }

  async #wait({ delay_ms, until, after_next_ms }: Fate): Promise<void> {
    await until
    if (delay_ms !== undefined) await pause(delay_ms)
    if (after_next_ms === undefined) return
    await new Promise<void>((go) => {
      const patience = setTimeout(go, after_next_ms)
      this.#overtaken.push(() => {
        this.counted.overtaken++
        clearTimeout(patience)
        go()
      })
    })
  }

  #double({ copies = [] }: Fate, send: () => Promise<Answer>): void {
    for (const after_ms of copies) {
      this.counted.doubled++
      void pause(after_ms)
        .then(send)
        .catch(() => {}) // the copy of a request has nobody to tell
    }
  }

  #lost(response: http.ServerResponse, lost?: Fate['lose']): void {
    if (lost !== undefined || response.writable) this.counted.lost++
    response.destroy()
  }

  #send(request: http.IncomingMessage, body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const copy = http.request({
        ...this.target,
        agent: this.#agent,
        method: request.method,
        path: request.url,
        headers: { ...forwarded(request.headers), 'content-length': body.length },
      })
      copy.once('error', reject)
      copy.once('response', (reply) => {
        void wholeOf(reply).then((text) =>
          text === null
            ? reject(new Error('the reply broke off'))
            : resolve({ status: reply.statusCode ?? 502, headers: reply.headers, body: text }),
        )
      })
      copy.end(body)
    })
  }

  #upgrade(request: http.IncomingMessage, client: net.Socket, head: Buffer): void {
    const server = net.connect({
      ...this.target,
      ...(this.upgrade_port === null ? {} : { port: this.upgrade_port }),
    })
    this.#hold(server)
    const lines = [`${request.method} ${request.url} HTTP/1.1`]
    const { rawHeaders } = request
    for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`)
    server.write(`${lines.join('\r\n')}\r\n\r\n`)
    server.write(head)
    server.pipe(client)
    client.pipe(server)
    server.once('close', () => client.destroy())
    client.once('close', () => server.destroy())
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

function forwarded(headers: http.IncomingHttpHeaders): http.OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name)))
}

/** The whole message; null when it broke off. */
async function wholeOf(message: http.IncomingMessage): Promise<Buffer | null> {
  const pieces: Buffer[] = []
  try {
    for await (const piece of message) pieces.push(piece as Buffer)
    return message.complete ? Buffer.concat(pieces) : null
  } catch {
    return null
  }
}
