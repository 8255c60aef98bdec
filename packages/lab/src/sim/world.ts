// One bad day: strategies order, the network lies, processes die, a disk goes away; then everything heals, and then
// everything must settle. Nothing in here knows how the server or an EA decides.

import { MemoryLedger, systemIds, type Tables } from '@ngtb/server/parts'
import { limitNowAndThen } from './admin.ts'
import { BrokerAudit } from './auditor/at-broker.ts'
import { CommitAudit } from './auditor/at-commit.ts'
import { DoorAudit } from './auditor/at-doors.ts'
import { broken, unfinished } from './auditor/at-end.ts'
import { checkLimits } from './auditor/at-limits.ts'
import { TerminalAudit } from './auditor/at-terminals.ts'
import { type Complaint, Complaints } from './auditor/complaint.ts'
import { type Coverage, ofOneDay } from './coverage.ts'
import { DatabaseWeather } from './database-weather.ts'
import { type AccountDay, type Day, drawDay } from './day.ts'
import { DeskDoors } from './desk-doors.ts'
import { fastifyDoors, type Keys, untilTheDoorsRest } from './fastify-doors.ts'
import { History } from './history.ts'
import { BEGIN, House } from './house.ts'
import { Http, type Line } from './http.ts'
import { Intents } from './intents.ts'
import { Market } from './market.ts'
import { Misfortune } from './misfortune.ts'
import { noteMoves } from './moves.ts'
import { NativeTerminal } from './native-terminal.ts'
import { Network } from './network.ts'
import { Person } from './person.ts'
import { PlainTerminal } from './plain-terminal.ts'
import { Random } from './random.ts'
import { enrolAccounts } from './setting.ts'
import { Sockets } from './socket.ts'
import { Strategy } from './strategy.ts'
import type { Terminal } from './terminal.ts'
import { type Theme, themed } from './themes.ts'
import { TickLog } from './tick-log.ts'
import { Truth } from './truth.ts'
import { VirtualTime } from './virtual-time.ts'
import { Wishes } from './wishes.ts'

export interface Outcome {
  readonly seed: number
  readonly complaint: Complaint | null
  readonly history: string
  readonly lines: number
  readonly virtual_ms: number
  readonly statuses: ReadonlyMap<string, number>
  readonly coverage: Coverage
}

/** Calm this long before anything is asked for; then at most this long (a CLOSE lives 300 s) until all is settled. */
const CALM_MS = 6_000
const SETTLED_WITHIN_MS = 420_000
const LOOK_EVERY_MS = 2_000

/** core: the services by their methods · door: the same requests through Fastify, with JSON, keys and schemas. */
export type Depth = 'core' | 'door'

export interface WorldOptions {
  readonly depth: Depth
  readonly theme?: Theme | null
  /** Told line by line. */
  readonly print?: ((line: string) => void) | null
}

export class World {
  readonly depth: Depth
  readonly day: Day
  readonly time: VirtualTime
  readonly history: History
  readonly complaints: Complaints
  readonly ledger = new MemoryLedger()
  readonly intents = new Intents()
  readonly truths = new Map<number, Truth>()
  readonly ticks = new TickLog()
  readonly network: Network
  readonly weather: DatabaseWeather
  readonly house: House
  readonly http: Http
  readonly sockets: Sockets
  readonly keys: Keys = new Map()
  readonly markets: Market[] = []
  readonly terminals: Terminal[] = []
  readonly #random: Random
  readonly door_audit: DoorAudit
  readonly #broker_audit: BrokerAudit
  readonly #terminal_audit: TerminalAudit
  readonly #people: Person[] = []

  constructor(seed: number, { depth, theme = null, print = null }: WorldOptions) {
    this.depth = depth
    this.time = depth === 'door' ? new VirtualTime(untilTheDoorsRest) : new VirtualTime()
    this.day = theme === null ? drawDay(seed) : themed(drawDay(seed), theme)
    const { time, day, ledger, intents, truths } = this
    this.#random = new Random(seed)
    this.history = new History(() => time.now, print)
    this.complaints = new Complaints(() => time.now)
    const count = this.history.count.bind(this.history)
    this.network = new Network(time, this.#random.fork('network'), day.network, count)
    this.weather = new DatabaseWeather(time, this.#random.fork('disk'), count)
    this.house = new House({
      time,
      history: this.history,
      random: this.#random.fork('server'),
      ledger,
      weather: this.weather,
      doors: (services) =>
        depth === 'door'
          ? fastifyDoors(services, this.keys)
          : new DeskDoors(services, {
              takes: ({ path }) => (path === '/api/trades/sync' ? this.network.tail() : 0),
              onMistake: (error, { path }) =>
                this.complaints.add('P1', `${path} was answered with 500: ${stackOf(error)}`),
            }),
    })
    this.http = new Http({
      time,
      network: this.network,
      house: this.house,
      count,
      onAsked: (ask, arrived_at) => this.door_audit.asked(ask, arrived_at),
      onTold: (ask, told, arrived_at) => this.door_audit.told(ask, told, arrived_at),
    })
    this.sockets = new Sockets({
      time,
      network: this.network,
      house: this.house,
      onTold: (ask, told, arrived_at) => this.door_audit.told(ask, told, arrived_at),
    })
    const { complaints } = this
    const tables = () => ledger.tables
    const now = () => time.now
    this.door_audit = new DoorAudit({
      complaints,
      intents,
      tables,
      serverTime: (true_ms) => BEGIN + true_ms + this.house.clock_error_ms,
    })
    this.#broker_audit = new BrokerAudit({
      complaints,
      history: this.history,
      intents,
      truths,
      tables,
      now,
      house: this.house,
      settleMs: (account_id) =>
        this.day.accounts.find((one) => one.account_id === account_id)?.settle_ms ?? 0,
    })
    this.#terminal_audit = new TerminalAudit(complaints, tables)
    const commit_audit = new CommitAudit({ complaints, intents, truths, doors: this.door_audit })
    ledger.onWriting = (change, before) => {
      this.#broker_audit.look()
      noteMoves(this.history, change, before)
      commit_audit.check(change, before)
      checkLimits(change, before, complaints)
    }
  }

  async run(): Promise<Outcome> {
    const { time, day } = this
    this.house.start()
    await enrolAccounts(this.house, time, day.accounts, this.keys)
    for (const account of day.accounts) this.#populate(account)
    const misfortune = new Misfortune(this, this.#random.fork('misfortune'))
    misfortune.begin()
    await time.runUntil(day.safety_ms, () => this.#audited())
    misfortune.end()
    this.#heal()
    await this.#settles()
    return {
      seed: day.seed,
      complaint: this.complaints.first,
      history: this.history.digest(),
      lines: this.history.lines,
      virtual_ms: time.now,
      statuses: this.#statuses(),
      coverage: ofOneDay(this.history.counts),
    }
  }

  /** The ledger is set back: what it forgot is known to be lost, and what it says may be old. */
  setBack(image: Tables): void {
    const { ledger, intents } = this
    ledger.restore(image)
    intents.went_back = true
    for (const intent of intents.all()) {
      const command = ledger.tables.accounts.get(intent.account_id)?.commands.get(intent.command_id)
      intent.shaken = true
      if (!command) intent.lost = true
    }
    this.ticks.setBack(ledger)
    this.door_audit.setBack()
  }

  line(here: string): Line {
    return { there: this.network.way(`${here}>server`), back: this.network.way(`server>${here}`) }
  }

  #populate(account: AccountDay): void {
    const { time, history, day, ledger, intents, complaints, http } = this
    const random = this.#random.fork(account.login)
    const market = new Market({ time, history, random: random.fork('market'), account, day: day.broker })
    const truth = new Truth(market.broker)
    this.markets.push(market)
    market.listeners.push(({ kind, position }) => {
      if (kind !== 'modified') this.#broker_audit.volumeChanges(account.account_id, position.ticket)
    })
    this.truths.set(account.account_id, truth)
    this.#terminals(account, market, random)
    const line = this.line(`strategy${account.account_id}`)
    const shared = { time, history, account, http, line }
    new Strategy({
      ...shared,
      random: random.fork('strategy'),
      day: day.strategy,
      intents,
      complaints,
      wishes: new Wishes(random.fork('wishes'), account, market, day.strategy),
      commandId: systemIds.commandId,
      foreign: () => this.#foreign(account.account_id),
    }).begin(day.safety_ms)
    limitNowAndThen({ ...shared, random: random.aside('limits') }, day.safety_ms)
    const person = new Person({ ...shared, ledger, truth })
    this.#people.push(person)
    if (account.kind === 'plain' || random.chance(0.1)) time.every(9_000, () => person.look())
  }

  #terminals(account: AccountDay, market: Market, random: Random): void {
    const { time, history, day, http } = this
    if (account.terminals === 2) history.count('two EAs on one account')
    if (account.kind === 'plain') history.count('plain client')
    if (account.margin_mode === 'netting') history.count('netting account')
    for (let n = 0; n < account.terminals; n++) {
      const name = `ea-${account.account_id}${'ab'[n]}`
      const line = this.line(name)
      const parts = {
        name,
        time,
        history,
        random: random.fork(name),
        account,
        day: day.terminal,
        market,
        send: http.ask.bind(http, line),
      }
      if (account.kind === 'plain') this.terminals.push(new PlainTerminal(parts))
      else
        this.terminals.push(
          new NativeTerminal({
            ...parts,
            ticks: this.ticks,
            // Fastify is asked by inject, which has no sockets: at the doors every EA polls.
            openSocket: (end) =>
              this.depth === 'door' ? null : this.sockets.open(account.account_id, line, end),
            onOrder: (terminal, request) =>
              this.#broker_audit.orderStarts(account.account_id, terminal, request),
            onAnswers: (terminal, answers, on_disk) =>
              this.#terminal_audit.answers(account.account_id, terminal, answers, on_disk),
          }),
        )
    }
  }

  #foreign(account_id: number): string | null {
    for (const intent of this.intents.all()) if (intent.account_id !== account_id) return intent.command_id
    return null
  }

  #audited(): boolean {
    this.#broker_audit.look()
    return this.complaints.first !== null
  }

  #heal(): void {
    this.history.note('world', 'heals')
    this.network.heal()
    this.weather.heal()
    this.house.calm()
    if (!this.house.starting) this.house.start()
    for (const market of this.markets) market.calm()
    for (const terminal of this.terminals) terminal.calm()
  }

  async #settles(): Promise<void> {
    const { time, complaints } = this
    const parts = { ledger: this.ledger, intents: this.intents, truths: this.truths, ticks: this.ticks }
    const end = time.now + SETTLED_WITHIN_MS
    await time.runUntil(time.now + CALM_MS, () => this.#audited())
    for (;;) {
      if (complaints.first) return
      const open = unfinished(parts)
      if (!open) break
      if (time.now >= end) return complaints.add(open.rule, open.what)
      await time.runUntil(time.now + LOOK_EVERY_MS, () => this.#audited())
    }
    const lie = await broken(parts)
    if (lie) complaints.add(lie.rule, lie.what)
  }

  #statuses(): Map<string, number> {
    const counts = new Map<string, number>()
    for (const { commands } of this.ledger.tables.accounts.values())
      for (const { type, status } of commands.values()) {
        const key = `${type} ${status}`
        counts.set(key, (counts.get(key) ?? 0) + 1)
      }
    return counts
  }
}

const stackOf = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error))
