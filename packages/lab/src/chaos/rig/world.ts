// One world: database, server, trade server and terminals as real processes, with wires between them that lie.
//
//   W1. Everything is started by the rig and ended by its pid; the guard ends what a dead rig left behind.
//   W2. The trade server lives as long as the world: what it holds is the truth.
//   W3. After the heal the auditor looks again and again until nothing is in motion, or its patience ends.
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Random } from '@ngtb/ea-sim'
import { type Client, createClient } from '@ngtb/sdk'
import type { Mutant } from '../../support/mutant.ts'
import { NO_RATE_LIMITS } from '../../support/own-server.ts'
import { audit } from '../audit/auditor.ts'
import {
  type BrokerBooks,
  type Intent,
  type LedgerCommand,
  RULE_NAMES,
  type Violation,
} from '../audit/evidence.ts'
import { type BrokerPlan, CALM, type Standing } from '../broker/account.ts'
import { Child } from '../process/child.ts'
import { Guard } from '../process/guard.ts'
import { bundlePrograms, type Programs } from '../process/programs.ts'
import type { PlainOrder } from '../programs/plain-ea.ts'
import { TcpProxy } from '../proxy/tcp.ts'
import { Database } from './database.ts'
import { Doors } from './doors.ts'
import { auditProblems, ledgerEvidence, storedTicks } from './evidence.ts'
import { Redis } from './redis.ts'
import { ServerPlace } from './server-place.ts'

export interface WorldOptions {
  readonly seed: number
  /** Settings of the server beside those of every world. */
  readonly settings?: Readonly<Record<string, string>>
  /** Planted in all programs: a check that finds none of them is none. */
  readonly bugs?: readonly Mutant[]
}

interface Parts {
  readonly random: Random
  readonly folder: string
  readonly programs: Programs
  readonly guard: Guard
  readonly database: Database
  readonly doors: Doors
  readonly broker: Child
  readonly cable: TcpProxy
  readonly redis: Redis | null
}

/** What the auditor is told beside the ledger and the books. */
export interface Wanted {
  readonly login: string
  readonly intents: readonly Intent[]
  readonly native: boolean
  readonly ticks_acknowledged?: number
  readonly late_ms_max: number
  readonly went_back?: boolean
}

/** The way of an order from the EA to the trade server on a loaded machine. */
export const LATE_MS_MAX = 1_000
/** A client repeats for so long until it is answered. */
const CLIENT_MS = 60_000
/** Of each rule. */
const WRITTEN_MAX = 5
const LOOK_FIRST_MS = 20
const LOOK_EVERY_MS = 250
/** Only these can still change by themselves; everything else is final when it is seen. */
const IN_MOTION = new Set(['stuck', 'trade_table', 'order_table', 'wrong_status'])

export class World {
  readonly random: Random
  readonly folder: string
  readonly programs: Programs
  readonly guard: Guard
  readonly database: Database
  /** The way of everyone who has none of his own. */
  readonly doors: Doors
  /** The trade server's process. */
  readonly broker: Child
  /** Between the terminals and the trade server. */
  readonly cable: TcpProxy
  readonly server: ServerPlace
  /** null: it is not installed on this machine. */
  readonly redis: Redis | null
  readonly #doors: Doors[] = []
  readonly #cables: TcpProxy[] = []
  readonly #broker_port: number
  /** Ways that nobody uses now. */
  readonly #free: { doors: Doors[]; cables: TcpProxy[] } = { doors: [], cables: [] }
  readonly #clients: Client[] = []
  /** Plain EAs keep their book in their own process. */
  readonly #plain = new Map<string, Child>()

  private constructor(parts: Parts, settings: Readonly<Record<string, string>>) {
    this.random = parts.random
    this.folder = parts.folder
    this.programs = parts.programs
    this.guard = parts.guard
    this.database = parts.database
    this.doors = parts.doors
    this.broker = parts.broker
    this.cable = parts.cable
    this.#broker_port = parts.cable.target.port
    this.redis = parts.redis
    const { folder, guard, database, programs } = parts
    this.#doors.push(parts.doors)
    this.server = new ServerPlace({
      program: programs.server,
      folder,
      guard,
      doors: this.#doors,
      settings: () => ({
        DATABASE_URL: database.server_url,
        NGTB_LOG_LEVEL: 'warn',
        ...NO_RATE_LIMITS,
        ...(this.redis === null ? {} : { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(this.redis.port) }),
        ...settings,
      }),
    })
  }

  static async open({ seed, settings = {}, bugs = [] }: WorldOptions): Promise<World> {
    const folder = mkdtempSync(join(tmpdir(), 'ngtb-chaos-'))
    chmodSync(folder, 0o755) // PostgreSQL may have to run as another user
    const random = new Random(seed)
    const programs = await bundlePrograms(join(folder, 'programs'), bugs)
    const guard = new Guard({ program: programs.guard, name: 'guard', log_file: join(folder, 'guard.log') })
    guard.folder(folder)
    const database = await Database.open(join(folder, 'data'), guard, random.fork())
    const doors = await Doors.open(random.fork())
    const broker = new Child({
      program: programs.broker,
      name: 'broker',
      log_file: join(folder, 'broker.log'),
    })
    guard.watchChild(broker)
    const { port } = await broker.ask<{ port: number }>('start')
    const cable = await new TcpProxy({ host: '127.0.0.1', port }, random.fork()).listen()
    const redis = await Redis.open(guard)
    const parts = { random, folder, programs, guard, database, doors, broker, cable, redis }
    const world = new World(parts, settings)
    try {
      await world.server.start()
      return world
    } catch (error) {
      await world.close()
      throw error
    }
  }

  /** A new account: a book at the trade server, and the key of its EA. */
  async account(login: string, plan: BrokerPlan = CALM): Promise<string> {
    await this.broker.ask('open', { login, plan })
    mkdirSync(join(this.folder, login))
    return this.#enrol(login)
  }

  /** A new account with a plain EA at work. */
  async plainAccount(login: string): Promise<string> {
    const api_key = await this.#enrol(login)
    const child = new Child({
      program: this.programs['plain-ea'],
      name: `plain EA ${login}`,
      log_file: join(this.folder, 'plain-ea.log'),
    })
    this.guard.watchChild(child)
    this.#plain.set(login, child)
    const seed = this.random.between(1, 1e9)
    await child.ask('start', { login, api_key, ports: this.doors.ports, seed } satisfies PlainOrder)
    return api_key
  }

  async #enrol(login: string): Promise<string> {
    const answer = await fetch(`${this.url('command')}/api/connect`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account: login, broker: 'Chaos', platform: 'MT5' }),
    })
    const { api_key } = (await answer.json()) as { api_key?: string }
    if (api_key === undefined) throw new Error(`login ${login} got no key: ${answer.status}`)
    return api_key
  }

  /** A way of its own to the server: what lies about it concerns nobody else. */
  async ownDoors(): Promise<Doors> {
    const free = this.#free.doors.pop()
    if (free) return free
    const doors = await Doors.open(this.random.fork())
    this.#doors.push(doors)
    this.server.stands(doors)
    return doors
  }

  /** And one to the trade server. */
  async ownCable(): Promise<TcpProxy> {
    const free = this.#free.cables.pop()
    if (free) return free
    const cable = await new TcpProxy(
      { host: '127.0.0.1', port: this.#broker_port },
      this.random.fork(),
    ).listen()
    this.#cables.push(cable)
    return cable
  }

  /** Not needed any more: honest again, for the next one. */
  giveBack(ways: { doors?: readonly Doors[]; cables?: readonly TcpProxy[] }): void {
    for (const way of [...(ways.doors ?? []), ...(ways.cables ?? [])]) way.heal()
    this.#free.doors.push(...(ways.doors ?? []))
    this.#free.cables.push(...(ways.cables ?? []))
  }

  url(door: keyof Doors['ports'], doors: Doors = this.doors): string {
    return `http://127.0.0.1:${doors.ports[door]}`
  }

  /** A strategy's client. */
  client(login: string, doors: Doors = this.doors): Client {
    const url = this.url('webui', doors)
    const client = createClient({
      url,
      api_key: this.server.admin_key,
      account: login,
      deadline_ms: CLIENT_MS,
    })
    this.#clients.push(client)
    return client
  }

  standing(login: string): Promise<Standing> {
    return this.#truth(login).ask('standing', { login })
  }

  books(login: string): Promise<BrokerBooks> {
    return this.#truth(login).ask<BrokerBooks>('books', { login })
  }

  async commands(login: string): Promise<readonly LedgerCommand[]> {
    return (await ledgerEvidence(this.database, login)).commands
  }

  /** So many commands have no final status yet. */
  async unsettled(login: string): Promise<number> {
    const [counted] = await this.database.rows<{ commands: number }>(
      `select count(*)::int as commands from command join account using (account_id)
        where account_number = $1::bigint and status in ('pending', 'executing', 'timeout')`,
      [login],
    )
    return counted?.commands ?? 0
  }

  /** Looks until nothing is in motion, at most `patience_ms`; what is wrong then is wrong. */
  async calm(wanted: Wanted, patience_ms: number): Promise<Violation[]> {
    const until = performance.now() + patience_ms
    for (let pause_ms = LOOK_FIRST_MS; ; pause_ms = Math.min(pause_ms * 1.5, LOOK_EVERY_MS)) {
      const violations = await this.#look(wanted, [], null)
      const moving = violations.some(({ rule }) => IN_MOTION.has(rule))
      if (!moving || performance.now() > until) return violations
      await new Promise((resolve) => setTimeout(resolve, pause_ms))
    }
  }

  /** After the calm: the audit chain and the ticks as well. */
  async verdict(wanted: Wanted, patience_ms: number): Promise<Violation[]> {
    await this.calm(wanted, patience_ms)
    const problems = await auditProblems(this.database, join(this.folder, 'audit'))
    return this.#look(wanted, problems, await storedTicks(this.database, wanted.login))
  }

  /** Everything that ledger and books know of what is wrong goes to a file beside the logs of the processes. */
  async writeDown(login: string, violations: readonly Violation[]): Promise<void> {
    const { effects, orders } = await this.books(login)
    const about = { effects, orders, commands: await this.commands(login) }
    const written = RULE_NAMES.flatMap((name) =>
      violations.filter(({ rule }) => rule === name).slice(0, WRITTEN_MAX),
    )
    for (const one of written) {
      const { subject } = one
      const isIt = (row: object) => Object.values(row).includes(subject)
      const story = {
        ...one,
        events: await this.database.rows(
          'select at, kind, actor, subject, data from audit_event where subject = $1 or data::text like $2 order by seq',
          [subject, `%"${subject}"%`],
        ),
        effects: about.effects.filter(isIt),
        orders: about.orders.filter(isIt),
        commands: about.commands.filter((command) => isIt(command) || isIt(command.payload)),
      }
      appendFileSync(join(this.folder, 'violations.json'), `${JSON.stringify(story, null, 1)}\n`)
    }
  }

  #truth(login: string): Child {
    return this.#plain.get(login) ?? this.broker
  }

  async #look(wanted: Wanted, audit_problems: string[], stored: number | null): Promise<Violation[]> {
    const { login, intents, native, late_ms_max, ticks_acknowledged, went_back = false } = wanted
    const ledger = await ledgerEvidence(this.database, login)
    const books = await this.books(login)
    const counted = ticks_acknowledged === undefined || stored === null ? 0 : null
    const ticks = { acknowledged: counted ?? ticks_acknowledged ?? 0, stored: counted ?? stored ?? 0 }
    const told = { login, native, intents, audit_problems, ticks, late_ms_max, went_back }
    return audit({ ...ledger, books, ...told })
  }

  /** @param keep_logs the folder stays, for whoever looks for the cause */
  async close({ keep_logs = false } = {}): Promise<void> {
    for (const client of this.#clients) client.close()
    await this.server.close()
    await Promise.all([this.broker, ...this.#plain.values()].map((child) => child.kill()))
    const ways = [...this.#doors, ...this.#cables, this.cable]
    await Promise.all(ways.map((way) => way.close()))
    await this.redis?.kill()
    await this.database.close()
    await this.guard.dismiss()
    if (keep_logs)
      for (const part of ['data', 'programs', 'audit'])
        rmSync(join(this.folder, part), { recursive: true, force: true, maxRetries: 5 })
    else rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
