// A tiny server for tests of the driver: keeps what it is told, and misbehaves on demand.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Heard {
  path: string
  api_key: string | undefined
  body: Record<string, unknown>
  text: string
  at_ms: number
}

/** What to do with one request instead of answering 200: say a status, or lose the answer. */
export type Misbehaviour = { status: number; headers?: Record<string, string> } | 'lose_answer'

/** All four planes on one port: the paths differ anyway. */
export class ToyServer {
  readonly heard: Heard[] = []
  /** Handed out, one list a poll. */
  readonly commands: Record<string, unknown>[][] = []
  settings: Record<string, unknown> | undefined
  enrolls = true
  port = 0
  readonly #plans: { path: string; plan: Misbehaviour; left: number }[] = []
  #server: Server | null = null

  async start(port = 0): Promise<this> {
    const server = createServer((request, response) => void this.#serve(request, response))
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    this.port = (server.address() as AddressInfo).port
    this.#server = server
    return this
  }

  /** Gone at once: open connections are cut. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server === null) return
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }

  get ports() {
    const { port } = this
    return { command: port, ticks: port, trades: port, logs: port }
  }

  /** The next `times` requests to `path` go wrong. */
  plan(path: string, plan: Misbehaviour, times = 1): void {
    this.#plans.push({ path, plan, left: times })
  }

  to(path: string): Heard[] {
    return this.heard.filter((one) => one.path === path)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    const path = request.url ?? ''
    const api_key = request.headers['x-api-key'] as string | undefined
    const body = JSON.parse(text) as Record<string, unknown>
    this.heard.push({ path, api_key, body, text, at_ms: performance.now() })
    const planned = this.#plans.find((one) => one.path === path && one.left > 0)
    if (planned !== undefined) {
      planned.left--
      if (planned.plan === 'lose_answer') return void request.socket.destroy()
      response
        .writeHead(planned.plan.status, planned.plan.headers)
        .end('{"status":"error","error":"PLANNED"}')
      return
    }
    const answer = path === '/api/connect' ? this.#welcome(api_key) : this.#answer(path)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }

  #welcome(api_key: string | undefined): Record<string, unknown> {
    const fresh = api_key === undefined && this.enrolls
    return { status: 'success', ...(fresh && { api_key: 'key-1' }), settings: this.settings }
  }

  #answer(path: string): Record<string, unknown> {
    const commands = path === '/api/get_commands' ? (this.commands.shift() ?? []) : []
    return { status: 'success', commands }
  }
}

/** Waits until `holds`, or fails after two seconds with the name of what was waited for. */
export async function eventually(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
