// What the fault tests do over and over, in one word each: an account with an EA, a caller, and their requests.
import { systemIds } from '../../src/platform/ids.ts'
import { verifyAudit } from '../../src/services/audit.ts'
import { type Answer, type CallOptions, type TestServer, testServer } from './server.ts'

export const LOGIN = '12345678'
export const OPEN = { type: 'OPEN_TRADE', payload: { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 } }

type Options = Parameters<typeof testServer>[0]

/** A server, one account, its EA and a caller with every right. */
export class Scene {
  readonly t: TestServer
  readonly ea: string
  readonly admin: string
  readonly login: string

  private constructor(t: TestServer, login: string, ea: string, admin: string) {
    this.t = t
    this.login = login
    this.ea = ea
    this.admin = admin
  }

  static async open(options: Options = {}, login = LOGIN): Promise<Scene> {
    return Scene.at(await testServer(options), login)
  }

  /** The same on a server that is there. */
  static async at(t: TestServer, login = LOGIN): Promise<Scene> {
    return new Scene(t, login, await t.enrol(login), await t.key(['admin']))
  }

  /** The same account and keys on another server of the same ledger. */
  on(t: TestServer): Scene {
    return new Scene(t, this.login, this.ea, this.admin)
  }

  get path(): string {
    return `/api/v1/accounts/${this.login}/commands`
  }

  create(key: string, body: Record<string, unknown> = OPEN): Promise<Answer> {
    return this.t.call('webui', 'POST', this.path, {
      key: this.admin,
      body,
      headers: { 'idempotency-key': key },
    })
  }

  /** The id of a command that must be accepted. */
  async made(
    type: string,
    payload: Record<string, unknown>,
    more: Record<string, unknown> = {},
  ): Promise<string> {
    const { status, body } = await this.create(systemIds.uuid(), { type, payload, ...more })
    if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`)
    return body.command_id
  }

  show(id: string): Promise<Answer> {
    return this.t.call('webui', 'GET', `${this.path}/${id}`, { key: this.admin })
  }

  async status(id: string): Promise<string> {
    return (await this.show(id)).body.status
  }

  cancel(id: string): Promise<Answer> {
    return this.t.call('webui', 'POST', `${this.path}/${id}/cancel`, { key: this.admin })
  }

  async poll(): Promise<{ id: string; type: string }[]> {
    return (await this.ask('get_commands')).body.commands
  }

  ask(what: 'get_commands' | 'heartbeat', body: Record<string, unknown> = {}): Promise<Answer> {
    return this.t.call('command', 'POST', `/api/${what}`, { key: this.ea, body })
  }

  answer(command_id: string, status: string, response: Record<string, unknown> = {}): Promise<Answer> {
    return this.t.call('command', 'POST', '/api/command_response', {
      key: this.ea,
      body: { command_id, status, response },
    })
  }

  sync(trades: unknown, more: CallOptions = {}): Promise<Answer> {
    return this.t.call('trades', 'POST', '/api/trades/sync', { key: this.ea, body: { trades }, ...more })
  }

  event(what: 'opened' | 'closed' | 'modified', body: Record<string, unknown>): Promise<Answer> {
    return this.t.call('trades', 'POST', `/api/trades/${what}`, { key: this.ea, body })
  }

  ticks(batch_id: string | undefined, ticks: unknown[]): Promise<Answer> {
    return this.t.call('ticks', 'POST', '/api/ticks/batch', {
      key: this.ea,
      body: { ticks, ...(batch_id === undefined ? {} : { batch_id }) },
    })
  }

  log(message: string): Promise<Answer> {
    return this.t.call('logs', 'POST', '/api/log', { key: this.ea, body: { level: 'INFO', message } })
  }

  /** The trades of the ledger by ticket. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects
  async trades(): Promise<Record<string, any>> {
    const { body } = await this.t.call(
      'webui',
      'GET',
      `/api/v1/accounts/${this.login}/trades?status=all&limit=1000`,
      {
        key: this.admin,
      },
    )
    return Object.fromEntries(body.items.map((trade: { ticket: string }) => [trade.ticket, trade]))
  }

  async system() {
    return (await this.t.call('webui', 'GET', '/api/system/status', { key: this.admin })).body
  }

  /** Kinds of the account's events about `subject`, in order. */
  async kinds(subject: string): Promise<string[]> {
    const desk = await this.desk()
    const { items } = await this.t.store.auditOf(desk.account_id, { limit: 500, after: null }, { subject })
    return items.map(({ kind }) => kind).reverse()
  }

  async desk() {
    const desk = await this.t.server.services.desks.byNumber(this.login)
    if (!desk) throw new Error('no desk')
    return desk
  }

  /** What the ledger says against itself: nothing (P13). */
  async problems() {
    return (await verifyAudit(this.t.store, systemIds)).problems
  }

  stop(): Promise<void> {
    return this.t.stop()
  }
}

/** Whether a promise has been answered by now. */
export function watched<T>(promise: Promise<T>): { promise: Promise<T>; answered: boolean } {
  const seen = { promise, answered: false }
  const note = () => {
    seen.answered = true
  }
  promise.then(note, note)
  return seen
}
