// A peer at the wire: a small node:http + ws server that answers like port 9905, and misbehaves on demand.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { LiveEvent } from '@ngtb/protocol'
import { type WebSocket, WebSocketServer } from 'ws'
import { accountView, commandView } from './views.ts'

/** What the next matching request meets instead of its answer. */
export type Fault =
  | { do: 'lose_request' }
  | { do: 'lose_answer' }
  | { do: 'cut_answer' }
  | { do: 'hang' }
  | { do: 'answer'; status: number; headers?: Record<string, string>; body?: unknown }

export interface Seen {
  method: string
  path: string
  query: URLSearchParams
  headers: Record<string, string | string[] | undefined>
  body: string
  at: number
}

export type Peer = Awaited<ReturnType<typeof startPeer>>

export async function startPeer(options: { logins?: string[]; live?: boolean } = {}) {
  const logins = options.logins ?? ['12345678']
  const world = {
    commands: new Map<string, ReturnType<typeof commandView> & { body: string }>(),
    seen: [] as Seen[],
    faults: [] as { match: string; fault: Fault }[],
    history: [] as LiveEvent[],
    subscriptions: [] as Record<string, unknown>[],
    upgrade_refusals: [] as { status: number; headers?: string }[],
    /** Repeats what the client has already seen, as a careless server would. */
    overlap: 0,
    /** Command types that spoil their request: opening is closed, the EA is plain, …. */
    refuses: new Map<string, { status: number; code: string }>(),
    orphans: [] as unknown[],
    /** Pings of the client stay without an answer, as on a half-open link. */
    mute: false,
  }
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => void serve(request, response))
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })

  async function serve(request: IncomingMessage, response: ServerResponse) {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const url = new URL(request.url ?? '/', 'http://peer')
    const seen: Seen = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
      at: performance.now(),
    }
    world.seen.push(seen)
    const at = world.faults.findIndex(({ match }) => `${seen.method} ${seen.path}`.includes(match))
    const fault = at === -1 ? undefined : world.faults.splice(at, 1)[0]?.fault
    if (fault?.do === 'hang') return
    if (fault?.do === 'lose_request') return void request.socket.destroy()
    if (fault?.do === 'answer') return reply(response, fault.status, fault.body ?? {}, fault.headers)
    const [status, body] = route(seen)
    if (fault?.do === 'lose_answer') return void request.socket.destroy()
    if (fault?.do === 'cut_answer')
      return void response.writeHead(status).end(JSON.stringify(body).slice(0, 20))
    return reply(response, status, body)
  }

  function route({ method, path, query, body }: Seen): [number, unknown] {
    const [, , , , login = '', kind, id, action] = path.split('/')
    if (path === '/api/v1/accounts')
      return [200, { items: logins.map((name, n) => accountView(n + 1, name)), next_cursor: null }]
    if (!logins.includes(login)) return [404, problem('NGTB_ACCOUNT_UNKNOWN', 404, 'no such account')]
    if (kind === undefined) return [200, accountView(logins.indexOf(login) + 1, login)]
    if (kind === 'trades') return [200, pageOf(query)]
    if (kind === 'orphans') return [200, { items: world.orphans }]
    if (kind !== 'commands') return [404, problem('NGTB_NOT_FOUND', 404, 'nothing')]
    if (method === 'POST' && id === undefined) return create(login, JSON.parse(body) as Wish)
    if (method === 'POST' && id === 'batch') return createBatch(login, body)
    const command = world.commands.get(id ?? '')
    if (!command) return [404, problem('NGTB_COMMAND_UNKNOWN', 404, 'no such command')]
    if (action === 'settle') return settle(command, body)
    if (action !== 'cancel') return [200, { ...command, attempts: [], events: [] }]
    if (command.status !== 'pending') return [409, problem('NGTB_COMMAND_NOT_CANCELLABLE', 409, 'too late')]
    command.status = 'cancelled'
    return [200, command]
  }

  function create(login: string, wish: Wish): [number, unknown] {
    const body = JSON.stringify(wish)
    const known = world.commands.get(wish.command_id)
    if (known && known.body !== body) return [422, problem('NGTB_COMMAND_REUSED', 422, 'other body')]
    if (known) return [200, { ...known, replayed: true }]
    const no = world.refuses.get(wish.type)
    if (no) return [no.status, problem(no.code, no.status, `no ${wish.type} now`)]
    const command = { ...commandView(wish, login, world.commands.size + 1), body }
    world.commands.set(wish.command_id, command)
    return [201, { ...command, replayed: false }]
  }

  /** All or none. */
  function createBatch(login: string, body: string): [number, unknown] {
    const before = new Map(world.commands)
    const answers = (JSON.parse(body) as { commands: Wish[] }).commands.map((wish) => create(login, wish))
    const no = answers.find(([status]) => status >= 400)
    if (!no)
      return [Math.max(...answers.map(([status]) => status)), { commands: answers.map(([, one]) => one) }]
    world.commands.clear()
    for (const [id, command] of before) world.commands.set(id, command)
    return no
  }

  function settle(command: ReturnType<typeof commandView>, body: string): [number, unknown] {
    const word = JSON.parse(body) as { completed?: { ticket?: string }; note: string }
    const status = word.completed ? 'completed' : 'failed'
    if (command.status !== 'timeout' && command.status !== status)
      return [409, problem('NGTB_COMMAND_NOT_SETTLEABLE', 409, `it is ${command.status}`)]
    return [200, Object.assign(command, { status, evidence: 'person', response: word.completed ?? null })]
  }

  const live = new WebSocketServer({ noServer: true, autoPong: false })
  const listening = new WeakSet<WebSocket>()
  server.on('upgrade', (request, socket, head) => {
    const no = options.live === false ? { status: 404 } : world.upgrade_refusals.shift()
    if (no) return void socket.end(`HTTP/1.1 ${no.status} No\r\n${no.headers ?? ''}Content-Length: 0\r\n\r\n`)
    live.handleUpgrade(request, socket, head, (window) => {
      window.on('ping', () => {
        if (!world.mute) window.pong()
      })
      window.on('message', (data) => {
        const wish = JSON.parse(String(data)) as { after?: number; topics: string[] }
        world.subscriptions.push({ ...wish, authorization: request.headers.authorization })
        const newest = world.history.at(-1)?.seq ?? 0
        if (wish.after !== undefined && wish.after > newest)
          return window.send(
            JSON.stringify({ type: 'error', code: 'NGTB_CURSOR_INVALID', message: 'no such seq' }),
          )
        listening.add(window)
        window.send(JSON.stringify({ type: 'subscribed', seq: newest }))
        const from = (wish.after ?? newest) - world.overlap
        for (const event of world.history) {
          if (event.seq > from && wish.topics.includes(event.topic)) window.send(JSON.stringify(event))
        }
      })
    })
  })

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  /** An event for everyone who listens; durable ones can be asked for again. */
  function tell(event: Partial<LiveEvent> & { topic: string }, durable = true) {
    const seq = event.seq ?? (world.history.at(-1)?.seq ?? 0) + (durable ? 1 : 0)
    const whole = { account: '12345678', at: new Date().toISOString(), data: {}, ...event, seq }
    if (durable) world.history.push(whole)
    for (const window of live.clients) if (listening.has(window)) window.send(JSON.stringify(whole))
    return whole
  }

  return {
    ...world,
    world,
    url: `http://127.0.0.1:${port}`,
    tell,
    live,
    /** The next request whose "METHOD /path" contains `match` meets this. */
    meets: (match: string, ...faults: Fault[]) =>
      world.faults.push(...faults.map((fault) => ({ match, fault }))),
    posts: () =>
      world.seen.filter(({ method, path }) => method === 'POST' && /\/commands(\/batch)?$/.test(path)),
    gets: () => world.seen.filter(({ method }) => method === 'GET'),
    settle(command_id: string, change: Record<string, unknown>, ring = true) {
      const command = world.commands.get(command_id)
      if (!command) throw new Error(`no command ${command_id}`)
      Object.assign(command, change)
      if (ring) tell({ topic: 'command', data: { command_id, status: command.status } })
    },
    cutLive: () => live.clients.forEach((window) => void window.terminate()),
    async stop() {
      live.clients.forEach((window) => void window.terminate())
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Wish {
  command_id: string
  type: string
  payload: Record<string, unknown>
}

const problem = (code: string, status: number, detail: string) => ({
  type: `urn:ngtb:${code}`,
  code,
  status,
  detail,
  hint: `hint of ${code}`,
  request_id: 'req-1',
})

/** Five trades in pages of `limit`, with a ticket that no JavaScript number can hold. */
function pageOf(query: URLSearchParams) {
  const start = Number(query.get('cursor') ?? 0)
  const limit = Number(query.get('limit') ?? 2)
  const tickets = ['1', '2', '3', '4', '9223372036854775807'].map((ticket) => ({ ticket }))
  const end = start + limit
  return { items: tickets.slice(start, end), next_cursor: end < tickets.length ? String(end) : null }
}

function reply(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}
