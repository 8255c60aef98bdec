// The server that the runner plays: its ports, and every message of the EA handed to whoever leads the dialogue.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { EA_VERBS } from '../language/verbs.ts'
import { read } from '../server/target.ts'
import type { World } from './bench.ts'
import type { Incoming } from './incoming.ts'
import type { Body } from './replies.ts'

const PATHS = new Map(Object.entries(EA_VERBS).map(([verb, { endpoint }]) => [endpoint.path, verb]))
/** The socket names its messages as the last part of the path. */
const SOCKET_TYPES = new Map([...PATHS].map(([path, verb]) => [path.split('/').at(-1) ?? '', verb]))
const BODY_MAX = 16 * 1024 * 1024

export interface Listener {
  hear(message: Incoming): void
  /** May an EA have a socket in this dialogue? */
  readonly push: boolean
  socketClosed(): void
}

export class PlayingServer {
  readonly #servers: Server[] = []
  readonly #sockets = new WebSocketServer({ noServer: true })
  #socket: WebSocket | null = null
  #listener: Listener | null = null
  #ports: number[] = []
  /** How often an EA asked for a socket. */
  upgrades = 0

  /** @param first port of the four; 0: one free port for all of them */
  async listen(first: number): Promise<void> {
    const wanted = first === 0 ? [0] : [first, first + 1, first + 2, first + 3]
    for (const port of wanted) {
      const server = createServer((request, response) => void this.#take(request, response))
      server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, '127.0.0.1', resolve)
      })
      this.#servers.push(server)
      this.#ports.push((server.address() as AddressInfo).port)
    }
  }

  world(api_key: string): World {
    const [command = 0, ticks = command, trades = command, logs = command] = this.#ports
    return { host: '127.0.0.1', ports: { command, ticks, trades, logs }, api_key }
  }

  /** From now on this one hears everything; null: what comes is cut off. */
  lead(listener: Listener | null): void {
    this.#listener = listener
    if (listener === null) this.#socket?.terminate()
  }

  /** Sends a text by itself. False: the EA has no socket. */
  push(body: Body): boolean {
    if (this.#socket === null) return false
    this.#socket.send(JSON.stringify(body))
    return true
  }

  closeSocket(code: number): void {
    this.#socket?.close(code)
  }

  get hasSocket(): boolean {
    return this.#socket !== null
  }

  /** The EA's process is gone, and all its connections with it. */
  cut(): void {
    this.#socket?.terminate()
    for (const server of this.#servers) server.closeAllConnections()
  }

  async close(): Promise<void> {
    this.#socket?.terminate()
    for (const server of this.#servers) {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?', 1)[0] ?? ''
    const verb = PATHS.get(path)
    const text = await bodyOf(request)
    if (request.socket.destroyed) return
    if (this.#listener === null || text === null) {
      request.socket.destroy()
      return
    }
    const send = (http: number, body: Body) => {
      if (response.writableEnded || response.destroyed) return
      response
        .writeHead(http, { 'content-type': 'application/json', ...retryAfter(body) })
        .end(JSON.stringify(body))
    }
    if (verb === undefined) {
      send(404, { status: 'error', error: 'NGTB_NOT_FOUND', message: `${path} is not served here` })
      return
    }
    const key = request.headers['x-api-key']
    const body = { ...(read(text) as Body), ...(typeof key === 'string' ? { api_key: key } : {}) }
    this.#listener.hear({ verb, body, over: 'http', reply: send, lose: () => request.socket.destroy() })
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.upgrades++
    if (this.#listener?.push !== true || !request.url?.startsWith('/ws/ea')) {
      socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
      return
    }
    this.#sockets.handleUpgrade(request, socket, head, (upgraded) => this.#adopt(upgraded, socket))
  }

  #adopt(socket: WebSocket, wire: Duplex): void {
    this.#socket?.terminate()
    this.#socket = socket
    socket.on('error', () => {})
    socket.on('close', () => {
      if (this.#socket !== socket) return
      this.#socket = null
      this.#listener?.socketClosed()
    })
    socket.on('message', (data) => {
      const { type, ref = null, ...body } = read(String(data)) as Body
      const verb = SOCKET_TYPES.get(String(type)) ?? String(type)
      const reply = (http: number, answer: Body) => {
        if (socket.readyState !== socket.OPEN) return
        // What is pushed right behind it goes in the same packet: the hardest that the network can do.
        wire.cork()
        setImmediate(() => wire.uncork())
        socket.send(JSON.stringify({ type: 'reply', ref, http, ...answer }))
      }
      this.#listener?.hear({ verb, body, over: 'socket', reply, lose: () => socket.terminate() })
    })
  }
}

const retryAfter = ({ retry_after_s }: Body): Record<string, string> =>
  retry_after_s === undefined ? {} : { 'retry-after': String(retry_after_s) }

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > BODY_MAX) return null
      chunks.push(chunk)
    }
  } catch {
    return null // the EA died while it spoke
  }
  return Buffer.concat(chunks).toString('utf8') || '{}'
}
