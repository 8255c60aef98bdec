// A tiny server of protocol 2 for tests of the native driver: HTTP and /ws/ea on one port, one account, and faults
// on demand.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Answer } from '@ngtb/protocol'
import { type WebSocket, WebSocketServer } from 'ws'

export interface Word {
  name: string
  by: 'http' | 'socket'
  body: Record<string, unknown>
  api_key: string | undefined
}

type Reply = { http: number } & Record<string, unknown>

export class NativeToyServer {
  readonly heard: Word[] = []
  readonly answers: Answer[] = []
  /** Handed out at the next poll, or pushed at once by push(). */
  due: Record<string, unknown>[] = []
  port = 0
  epoch = 0
  incarnation = 1
  command_no = 0
  takes_sockets = true
  pings = true
  /** Pushed in the same packet as the reply to a connect. */
  readonly push_with_welcome: Record<string, unknown>[] = []
  /** Instead of the usual reply to the next words of this name: a reply, or silence. */
  readonly plans: { name: string; reply: Reply | 'lose'; left: number }[] = []
  /** HTTP replies wait for it. */
  slow: Promise<void> = Promise.resolve()
  readonly #sockets = new Map<WebSocket, { anchor_ms: number; epoch: number }>()
  #server: Server | null = null
  #wss: WebSocketServer | null = null
  #pinging: NodeJS.Timeout | null = null
  readonly #tcp = new Set<Socket>()

  async start(port = 0): Promise<this> {
    const server = createServer((request, response) => void this.#http(request, response))
    const wss = new WebSocketServer({ noServer: true })
    server.on('connection', (socket) => {
      this.#tcp.add(socket)
      socket.on('close', () => this.#tcp.delete(socket))
    })
    server.on('upgrade', (request, socket, head) => {
      if (!this.takes_sockets || request.url !== '/ws/ea') socket.end('HTTP/1.1 404 Not Found\r\n\r\n')
      else wss.handleUpgrade(request, socket, head, (ws) => this.#open(ws, request))
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    this.port = (server.address() as AddressInfo).port
    this.#server = server
    this.#wss = wss
    this.#pinging = setInterval(() => {
      if (this.pings) for (const socket of this.#sockets.keys()) socket.ping()
    }, 20)
    return this
  }

  /** Gone at once: every line is cut. */
  async stop(): Promise<void> {
    const server = this.#server
    if (server === null) return
    this.#server = null
    if (this.#pinging !== null) clearInterval(this.#pinging)
    this.#wss?.close()
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of this.#tcp) socket.destroy()
    await closed
  }

  get ports() {
    const { port } = this
    return { command: port, ticks: port, trades: port, logs: port }
  }

  plan(name: string, reply: Reply | 'lose', times = 1): void {
    this.plans.push({ name, reply, left: times })
  }

  to(name: string): Word[] {
    return this.heard.filter((word) => word.name === name)
  }

  /** Sends commands over every socket whose connect was accepted. */
  push(commands: readonly Record<string, unknown>[]): number {
    let lines = 0
    for (const [socket, { anchor_ms, epoch }] of this.#sockets) {
      if (epoch !== this.epoch) continue
      lines++
      socket.send(JSON.stringify({ type: 'commands', anchor_ms, ...this.#heads(), commands }))
    }
    return lines
  }

  closeSockets(code: number): void {
    for (const socket of this.#sockets.keys()) socket.close(code)
  }

  get open_sockets(): number {
    return this.#sockets.size
  }

  #open(socket: WebSocket, request: IncomingMessage): void {
    this.#sockets.set(socket, { anchor_ms: 0, epoch: -1 })
    const api_key = request.headers['x-api-key'] as string | undefined
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('message', (data) => {
      const { type, ref, ...body } = JSON.parse(String(data)) as Record<string, unknown>
      const line = this.#sockets.get(socket)
      if (line !== undefined && typeof body.mono_ms === 'number') line.anchor_ms = body.mono_ms
      const reply = this.#reply({ name: String(type), by: 'socket', body, api_key })
      if (reply === 'lose') return
      if (type === 'connect' && reply.http === 200 && line !== undefined) line.epoch = this.epoch
      // Corked: one packet, so that both texts are there at once.
      request.socket.cork()
      socket.send(JSON.stringify({ ...reply, type: 'reply', ref }))
      if (type === 'connect' && this.push_with_welcome.length > 0) this.push(this.push_with_welcome.splice(0))
      request.socket.uncork()
    })
  }

  async #http(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const name = (request.url ?? '').replace('/api/', '').replaceAll('/', '_')
    const api_key = request.headers['x-api-key'] as string | undefined
    const reply = this.#reply({
      name,
      by: 'http',
      body: JSON.parse(text) as Record<string, unknown>,
      api_key,
    })
    await this.slow
    if (reply === 'lose') return void request.socket.destroy()
    const { http, ...body } = reply
    const later = body.retry_after_s === undefined ? {} : { 'retry-after': String(body.retry_after_s) }
    response.writeHead(http, { 'content-type': 'application/json', ...later }).end(JSON.stringify(body))
  }

  #reply(word: Word): Reply | 'lose' {
    this.heard.push(word)
    const planned = this.plans.find(({ name, left }) => name === word.name && left > 0)
    if (planned !== undefined) {
      planned.left--
      return planned.reply
    }
    switch (word.name) {
      case 'connect':
        return this.#welcome(word)
      case 'get_commands':
      case 'heartbeat':
        if (word.body.epoch !== this.epoch) return { http: 409, status: 'error', error: 'NGTB_FENCED' }
        return { http: 200, status: 'success', ...this.#heads(), commands: this.due.splice(0) }
      case 'command_response':
        this.answers.push(word.body as unknown as Answer)
        return { http: 200, status: 'success', command_id: word.body.command_id, duplicate: false }
      case 'command_responses': {
        const responses = word.body.responses as Answer[]
        this.answers.push(...responses)
        const results = responses.map(({ command_id }) => ({ command_id, status: 'success' }))
        return { http: 200, status: 'success', results }
      }
      case 'events': {
        const { first_seq, events, stream } = word.body as {
          first_seq: number
          events: unknown[]
          stream: string
        }
        return { http: 200, status: 'success', stream, last_seq: first_seq + events.length - 1 }
      }
      default:
        return { http: 200, status: 'success' }
    }
  }

  #welcome({ api_key }: Word): Reply {
    this.epoch++
    const fresh = api_key === undefined ? { api_key: 'key-1' } : {}
    const session = { protocol: 2, command_no: this.command_no, owner_lease_ms: 200, settle_ms: 1_000 }
    return { http: 200, status: 'success', ...fresh, ...session, ...this.#heads() }
  }

  #heads() {
    return { epoch: this.epoch, incarnation: this.incarnation, rev: 0, generations: [] }
  }
}
