// PostgreSQL's LISTEN and NOTIFY as a wire of the bell: needs no other program, and counts the servers on the ledger.
//
//   B1. It tells on a connection of its own, after the commit and outside of its transaction: a NOTIFY takes a lock of
//       the whole cluster until its transaction ends, and would make all committers queue (docs/adr/0011).
//   B2. It tells without waiting for the disk: what it tells is of no value after a crash.
//   B3. Every server listens by a connection of one name, so that PostgreSQL knows how many there are.
import pg from 'pg'
import type { BellWire, Log, Timers } from '../../ports.ts'
import { connectionOf, type DatabaseAddress } from './session.ts'

const CHANNEL = 'ngtb_bell'
const LISTENER = 'ngtb bell'
const HELLO = 'hello'
const COUNT_MS = 5_000
const ANSWER_MS = 5_000
const AGAIN_MS_MIN = 100
const AGAIN_MS_MAX = 5_000

interface NotifyOptions extends DatabaseAddress {
  readonly timers: Timers
  readonly log: Log
}

export class NotifyWire implements BellWire {
  readonly name = 'notify'
  readonly #options: NotifyOptions
  #heard: (text: string) => void = () => {}
  #ear: pg.Client | null = null
  #speaker: pg.Client | null = null
  #others = 0
  #timer: { cancel(): void } | null = null
  #again_ms = AGAIN_MS_MIN
  #lost = false
  #stopped = false

  constructor(options: NotifyOptions) {
    this.#options = options
  }

  get others(): number {
    return this.#others
  }

  async start(heard: (text: string) => void): Promise<void> {
    this.#heard = heard
    await this.#listen()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    const open = [this.#ear, this.#speaker]
    this.#ear = null
    this.#speaker = null
    await Promise.all(open.map((client) => client?.end().catch(() => {})))
  }

  async tell(texts: readonly string[]): Promise<number> {
    const client = this.#speaker ?? (await this.#connect('ngtb ring', (gone) => this.#mute(gone)))
    this.#speaker = client
    try {
      await client.query({
        name: 'ring',
        text: `select pg_notify('${CHANNEL}', t) from unnest($1::text[]) as t`,
        values: [texts],
      })
      return this.#others
    } catch (error) {
      this.#mute(client)
      throw error
    }
  }

  #mute(client: pg.Client): void {
    if (this.#speaker === client) this.#speaker = null
    client.end().catch(() => {})
  }

  async #listen(): Promise<void> {
    try {
      const client = await this.#connect(LISTENER, (gone) => this.#deaf(gone))
      if (this.#stopped) return void client.end().catch(() => {})
      this.#ear = client
      client.on('notification', ({ payload = '' }) => this.#notified(client, payload))
      await client.query(`listen ${CHANNEL}`)
      await this.#count(client)
      // Whoever is there counts again, and rings for us from now on.
      await client.query(`select pg_notify('${CHANNEL}', '${HELLO}')`)
      if (this.#lost) this.#options.log.info('the bell’s line to PostgreSQL is back')
      this.#lost = false
      this.#again_ms = AGAIN_MS_MIN
      this.#countLater(client)
    } catch (error) {
      this.#deaf(this.#ear, error)
    }
  }

  #notified(client: pg.Client, payload: string): void {
    if (payload !== HELLO) this.#heard(payload)
    else this.#count(client).catch((error) => this.#deaf(client, error))
  }

  /** B3. A server that died is counted until PostgreSQL has noticed: that costs a few idle rings. */
  async #count(client: pg.Client): Promise<void> {
    const { rows } = await client.query<{ others: number }>(
      `select count(*)::integer as others from pg_stat_activity
       where datname = current_database() and application_name = '${LISTENER}' and pid <> pg_backend_pid()`,
    )
    const others = rows[0]?.others ?? 0
    if (others !== this.#others)
      this.#options.log.info('servers on this ledger beside this one', { others, before: this.#others })
    this.#others = others
  }

  #countLater(client: pg.Client): void {
    this.#timer = this.#options.timers.after(COUNT_MS, () => {
      this.#count(client).then(
        () => this.#ear === client && this.#countLater(client),
        (error) => this.#deaf(client, error),
      )
    })
  }

  /** What was rung meanwhile is gone; the periodic look finds what it was about. */
  #deaf(client: pg.Client | null, error?: unknown): void {
    if (this.#stopped || (client !== null && this.#ear !== client)) return
    this.#ear = null
    client?.end().catch(() => {})
    if (!this.#lost)
      this.#options.log.warn('the bell’s line to PostgreSQL is broken; it is tried again', {
        error: String(error ?? 'connection ended'),
      })
    this.#lost = true
    this.#timer?.cancel()
    this.#timer = this.#options.timers.after(this.#again_ms, () => void this.#listen())
    this.#again_ms = Math.min(AGAIN_MS_MAX, this.#again_ms * 2)
  }

  async #connect(application_name: string, gone: (client: pg.Client) => void): Promise<pg.Client> {
    const client = new pg.Client({
      // B2.
      ...connectionOf(this.#options, 'synchronous_commit=off'),
      application_name,
      connectionTimeoutMillis: 2_000,
      query_timeout: ANSWER_MS,
      keepAlive: true,
    })
    client.on('error', () => gone(client))
    client.on('end', () => gone(client))
    try {
      await client.connect()
    } catch (error) {
      client.end().catch(() => {})
      throw error
    }
    return client
  }
}

/** What tells this ledger from any other on a wire that several share. */
export async function ledgerName(address: DatabaseAddress): Promise<string> {
  const client = new pg.Client({ ...connectionOf(address), connectionTimeoutMillis: 2_000 })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      `select d.datname || '-' || d.oid || '-' || extract(epoch from a.created_at)::text as name
       from pg_database d, account a where d.datname = current_database() and a.account_id = 0`,
    )
    return rows[0]?.name ?? ''
  } finally {
    await client.end()
  }
}
