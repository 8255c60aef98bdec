// The lab's wire: one kept-open connection, one request at a time, as bytes. Costs the client 30 µs where node:http
// costs 200, so that what is measured is the server.
//
//   W1. A reply belongs to the request before it; a broken connection rejects it, and nothing is sent twice.
import net from 'node:net'

export interface Reply {
  readonly status: number
  readonly body: string
}

/** A request as bytes, made once for a body that is sent often. */
export function encodeRequest(
  method: 'GET' | 'POST',
  path: string,
  key: string | null,
  body: string | Buffer | null,
  headers: Readonly<Record<string, string>> = {},
): Buffer {
  const bytes = body === null ? Buffer.alloc(0) : Buffer.from(body as string)
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    ...(key === null ? [] : [`X-API-Key: ${key}`]),
    ...(body === null ? [] : ['Content-Type: application/json', `Content-Length: ${bytes.length}`]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), bytes])
}

export class Wire {
  readonly #socket: net.Socket
  #received: Buffer = Buffer.alloc(0)
  #waiting: { resolve(reply: Reply): void; reject(error: Error): void } | null = null
  #broken: Error | null = null

  private constructor(socket: net.Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#read(chunk))
    socket.on('error', (error) => this.#break(error))
    socket.on('close', () => this.#break(new Error('the server closed the connection')))
  }

  static async open(port: number, host = '127.0.0.1'): Promise<Wire> {
    const socket = net.connect({ port, host })
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return new Wire(socket)
  }

  /** @throws when the connection breaks, or when the last request was not answered yet */
  send(request: Buffer): Promise<Reply> {
    if (this.#broken) return Promise.reject(this.#broken)
    if (this.#waiting) return Promise.reject(new Error('one request at a time on one wire'))
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(request)
    })
  }

  get broken(): boolean {
    return this.#broken !== null
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const whole = readReply(this.#received)
    if (whole === null) return
    this.#received = this.#received.subarray(whole.bytes)
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.resolve(whole.reply)
  }

  #break(error: Error): void {
    this.#broken ??= error
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.reject(this.#broken)
  }
}

/** The reply at the start of `bytes`, or null while a part of it is missing. Our server always says its length. */
export function readReply(bytes: Buffer): { reply: Reply; bytes: number } | null {
  const head_end = bytes.indexOf('\r\n\r\n')
  if (head_end === -1) return null
  const head = bytes.toString('latin1', 0, head_end)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length === undefined) throw new Error(`a reply without a length:\n${head}`)
  const end = head_end + 4 + Number(length)
  if (bytes.length < end) return null
  const reply = { status: Number(head.slice(9, 12)), body: bytes.toString('utf8', head_end + 4, end) }
  return { reply, bytes: end }
}
