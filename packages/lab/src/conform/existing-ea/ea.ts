// The existing EA: its life from OnInit to OnDeinit, and what its timer and its ticks do. One thread, one request.
import { CloseReasons } from './close-reasons.ts'
import { carryOut } from './commands.ts'
import type { TerminalEvent } from './facts.ts'
import { type Hands, type Outcome, PACE, type Pace } from './hands.ts'
import { Line, type Ports, type Sent, succeeded } from './line.ts'
import { commandsIn } from './reading.ts'
import { Reports } from './reports.ts'
import { Subscriptions } from './subscriptions.ts'
import type { Terminal } from './terminal.ts'
import { Thread } from './thread.ts'
import { TickBatch } from './tick-batch.ts'
import { type KeyFile, Voice } from './voice.ts'
import { bareBody, commandResponseBody, heartbeatBody, int } from './wording.ts'

export interface ExistingEaOptions {
  readonly ports: Ports
  readonly terminal: Terminal
  readonly host?: string
  /** Kept by the caller: an EA that begins again finds its key in it. */
  readonly key_file?: KeyFile
  /** Its quotes are the EA's OnTick; the terminal's first symbol when left out. */
  readonly chart_symbol?: string
  readonly magic?: number
  readonly pace?: Partial<Pace>
  readonly trouble_code?: -1 | 1001 | 1003
  readonly trailing_slash?: boolean
}

const FORBIDDEN = 403
const LOST = -1

export class ExistingEa {
  readonly terminal: Terminal
  readonly key_file: KeyFile
  readonly pace: Pace
  /** What ended it, other than a test: MT5's "array out of range". */
  died: Error | null = null
  readonly #chart: string
  readonly #line: Line
  readonly #voice: Voice
  readonly #subscriptions: Subscriptions
  readonly #reports: Reports
  readonly #reasons = new CloseReasons()
  readonly #thread: Thread
  readonly #hands: Hands
  readonly #ticks: TickBatch
  #timer: NodeJS.Timeout | null = null
  #unlisten = () => {}
  #timer_calls = 0
  #ending = false
  #beat_at = Number.NEGATIVE_INFINITY
  #tried_at = Number.NEGATIVE_INFINITY

  constructor(options: ExistingEaOptions) {
    const { terminal, host = '127.0.0.1', ports, trouble_code = LOST, trailing_slash = false } = options
    this.terminal = terminal
    this.key_file = options.key_file ?? { api_key: '' }
    this.pace = { ...PACE, ...options.pace }
    this.#chart = options.chart_symbol ?? terminal.symbols[0]?.symbol ?? ''
    this.#line = new Line({ host, ports, timeout_ms: this.pace.timeout_ms, trouble_code, trailing_slash })
    this.#voice = new Voice(this.#line, terminal, this.key_file)
    this.#subscriptions = new Subscriptions(this.#voice, terminal, this.pace)
    this.#reports = new Reports(this.#voice, terminal, this.#reasons, this.pace.profit_ms)
    this.#ticks = new TickBatch(this.#voice, terminal, this.#reports)
    this.#thread = new Thread((error) => {
      this.died = error
      this.kill()
    })
    this.#hands = {
      terminal,
      reasons: this.#reasons,
      pace: this.pace,
      magic: options.magic ?? 999_888,
      log: (level, message, info) => this.#voice.log(level, message, info),
      answer: (command_id, outcome) => this.#answer(command_id, outcome),
      upload: (symbol, timeframe, bars) => this.#subscriptions.upload(symbol, timeframe, bars),
      sleep: (ms) => this.#line.sleep(ms),
    }
  }

  /** OnInit; whether the server was there says `connected`. */
  async start(): Promise<void> {
    this.#unlisten = this.terminal.listen((event) => this.#on(event))
    await this.#thread.add('init', () => this.#init())
  }

  /** OnDeinit: one log, and no disconnect. What waits, and ticks that were not answered, are dropped. */
  async stop(): Promise<void> {
    this.#deaf()
    this.#thread.drop()
    await this.#thread.add('deinit', () => this.#voice.log('INFO', 'EA disconnecting', 'Reason: 1'))
    this.kill()
  }

  /** Gone, in the middle of whatever it was doing. */
  kill(): void {
    this.#deaf()
    this.#line.cut()
    this.#thread.end()
  }

  /** OnTick, by a test's hand; the terminal's quotes of the chart's symbol do the same. */
  tick = (): Promise<void> => this.#thread.addOnce('tick', () => this.#tick())

  /** OnTimer, by a test's hand. */
  timer = (): Promise<void> => this.#thread.addOnce('timer', () => this.#onTimer())

  /** When every event so far, and what followed from them, was handled. */
  idle = (): Promise<void> => this.#thread.idle()

  get connected(): boolean {
    return this.#voice.connected
  }

  get api_key(): string {
    return this.#voice.api_key
  }

  get symbols(): readonly string[] {
    return this.#subscriptions.symbols
  }

  /** Ticks that wait for a 200. */
  get backlog(): number {
    return this.#ticks.size
  }

  /** Ticks that it ever kept: what is not in the backlog was answered with 200. */
  get collected(): number {
    return this.#ticks.collected
  }

  /** Requests by path, those that left. */
  get requests(): ReadonlyMap<string, number> {
    return this.#line.requests
  }

  /** Answers by status as the EA saw it, -1 for a lost one. */
  get statuses(): ReadonlyMap<number, number> {
    return this.#line.statuses
  }

  /** How long the newest answers took, in ms. */
  get answers(): readonly number[] {
    return this.#line.answers
  }

  /** The newest 10,000 requests, oldest first. */
  get sent(): readonly Sent[] {
    return this.#line.sent
  }

  /** While true no request leaves. */
  get offline(): boolean {
    return this.#line.offline
  }

  set offline(offline: boolean) {
    this.#line.offline = offline
  }

  /** The next requests are made, their answers thrown away. */
  loseAnswers(path: string, times: number): void {
    this.#line.loseAnswers(path, times)
  }

  /** The next requests are made, and their connections break before an answer can come. */
  breakOff(path: string, times: number): void {
    this.#line.breakOff(path, times)
  }

  /** The next requests never arrive. */
  loseRequests(path: string, times: number): void {
    this.#line.loseRequests(path, times)
  }

  async #init(): Promise<void> {
    this.#voice.loadKey()
    if (await this.#voice.connect()) {
      await this.#voice.log('INFO', 'EA connected to server', `Account: ${int(this.terminal.login)}`)
      await this.#subscriptions.atInit()
    }
    if (this.pace.timer_ms > 0 && !this.#ending)
      this.#timer = setInterval(() => void this.timer(), this.pace.timer_ms)
    if (this.#voice.connected) for (const held of this.terminal.positions()) this.#reasons.track(held)
  }

  #on(event: TerminalEvent): void {
    if (event.kind !== 'QUOTE') void this.#thread.add(event.kind, () => this.#reports.on(event))
    else if (event.symbol === this.#chart) void this.tick()
  }

  #deaf(): void {
    this.#ending = true
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
    this.#unlisten()
  }

  async #tick(): Promise<void> {
    const now = this.terminal.quoted_at
    const due = (since: number) => now - since >= this.pace.heartbeat_ms
    if (this.#voice.connected && due(this.#beat_at)) {
      this.#beat_at = now
      await this.#heartbeat()
    } else if (!this.#voice.connected && due(this.#tried_at)) {
      this.#tried_at = now
      // Symbols, specs, bars and the tracking of positions are not done again.
      if (await this.#voice.connect())
        await this.#voice.log('INFO', 'EA reconnected to server', `Account: ${int(this.terminal.login)}`)
    }
  }

  async #heartbeat(): Promise<void> {
    if (!this.#voice.open) return
    const values = { ...this.terminal.funds(), ...this.#reports.figures() }
    const body = heartbeatBody(this.#voice.caller, this.terminal.timeCurrent(), values)
    const answer = await this.#line.post({ port: 'command', path: '/api/heartbeat', body })
    if (succeeded(answer)) {
      await this.#subscriptions.fromHeartbeat(answer.text)
      await this.#carryOut(answer.text)
      return
    }
    const info = `HTTP code: ${int(answer.status)}`
    if (answer.status === FORBIDDEN) await this.#voice.log('ERROR', 'Authentication failed', info)
    else await this.#voice.log(answer.status === LOST ? 'ERROR' : 'WARNING', 'Heartbeat failed', info)
    if (answer.status === FORBIDDEN || answer.status === LOST) this.#voice.connected = false
  }

  async #onTimer(): Promise<void> {
    this.#timer_calls++
    this.#ticks.collect(this.symbols)
    if (!this.#voice.open) return
    const body = bareBody(this.#voice.caller)
    const answer = await this.#line.post({ port: 'command', path: '/api/get_commands', body })
    if (succeeded(answer)) await this.#carryOut(answer.text)
    await this.#ticks.send()
    if (this.#timer_calls % this.pace.sync_calls === 0) await this.#reports.sync()
    if (this.#timer_calls % this.pace.transactions_calls === 0) await this.#reports.transactions()
  }

  async #carryOut(text: string): Promise<void> {
    for (const command of commandsIn(text)) await carryOut(command, this.#hands)
  }

  async #answer(command_id: string, { status, response }: Outcome): Promise<void> {
    const body = commandResponseBody(this.#voice.caller, command_id, status, response)
    await this.#line.post({ port: 'command', path: '/api/command_response', body })
  }
}
