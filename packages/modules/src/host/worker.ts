// One module's life after life: a process that is watched, ended when it must be, and started again.
import type { ChildProcess } from 'node:child_process'
import { type HostSettings, splitSettings } from '../settings.ts'
import type { Cursors, Fault, ToHost, ToWorker } from '../words.ts'
import { residentBytes, spawnWorker } from './child.ts'
import { backoffMs, complaintOf, isCareful, type Legacy, type Limits, legacyOf, NO_LEGACY } from './life.ts'
import { tellOutput } from './output.ts'
import type {
  HostAlert,
  HostLog,
  MintedKey,
  ModuleKeys,
  ModuleRequest,
  ModuleState,
  ModuleStatus,
} from './ports.ts'

export interface WorkerParts {
  readonly url: string
  readonly keys: ModuleKeys
  readonly log: HostLog
  readonly alert: HostAlert
  readonly clear: (name: string) => Promise<unknown>
  readonly limits: Limits
  /** Each change of its state. */
  readonly onChange: (status: ModuleStatus) => void
}

interface Life {
  readonly child: ChildProcess
  readonly started_at: number
  beating: boolean
  running_at: number | null
  heard_at: number
  memory_bytes: number
  busy_ms: number
  conflated: number
  cursors: Cursors
  at?: number
  fault?: Fault
  reason?: string
}

const LOOK_MS = 500

export class Worker {
  readonly #request: ModuleRequest
  readonly #parts: WorkerParts
  readonly #host: HostSettings
  readonly #limits: Limits
  #state: ModuleState = 'starting'
  #name: string | null = null
  #life: Life | null = null
  #legacy: Legacy = NO_LEGACY
  #key: (MintedKey & { fits: string }) | null = null
  #timer: NodeJS.Timeout | undefined
  #watch: NodeJS.Timeout | undefined
  #looked_at = 0
  #restarts = 0
  #last_end: string | null = null
  /** What it is called in alerts that stand: before it was loaded once, it has no name of its own. */
  readonly #alerted = new Set<string>()
  #gone: Promise<void> = Promise.resolve()

  /** @throws {TypeError} for settings of the host that can't be meant */
  constructor(request: ModuleRequest, parts: WorkerParts) {
    const { host, own } = splitSettings(request.settings)
    this.#request = { ...request, settings: own }
    this.#host = host
    this.#parts = parts
    this.#limits = {
      ...parts.limits,
      ...(host.memory_mb === undefined ? {} : { memory_mb: host.memory_mb }),
      ...(host.requests_per_s === undefined ? {} : { requests_per_s: host.requests_per_s }),
    }
  }

  get status(): ModuleStatus {
    return {
      asked: this.#request.asked,
      name: this.#name,
      state: this.#state,
      pid: this.#life?.child.pid ?? null,
      restarts: this.#restarts,
      last_end: this.#last_end,
      key_id: this.#key?.key_id ?? null,
      memory_bytes: this.#life?.memory_bytes ?? 0,
      seq: (this.#life?.cursors.seq ?? this.#legacy.cursors.seq) || null,
    }
  }

  start(): void {
    const now = performance.now()
    const child = spawnWorker(this.#limits)
    const life: Life = {
      ...{ child, started_at: now, beating: false, running_at: null, heard_at: now },
      ...{ memory_bytes: 0, busy_ms: 0, conflated: 0, cursors: this.#legacy.cursors },
    }
    this.#life = life
    this.#moved('starting')
    const { log } = this.#parts
    const called = () => this.#called
    if (child.stdout) tellOutput(child.stdout, called, log, 'info')
    if (child.stderr) tellOutput(child.stderr, called, log, 'warn')
    child.on('message', (word) => void this.#hear(life, word as ToHost))
    child.on('error', (error) => {
      life.reason ??= `could not be started: ${error.message}`
      if (child.pid === undefined) this.#ended(life)
    })
    this.#gone = new Promise((resolve) => {
      child.once('error', () => child.pid === undefined && resolve())
      child.once('close', (code, signal) => {
        life.reason ??= signal ? `ended by ${signal}` : `ended by itself, with ${code}`
        resolve()
        this.#ended(life)
      })
    })
    const { source, settings } = this.#request
    this.#tell(life, { type: 'load', source, settings, beat_ms: this.#limits.beat_ms })
    this.#looked_at = now
    this.#watch = setInterval(() => void this.#look(life), LOOK_MS)
  }

  /** Ends it for good, and its key with it. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#moved('ended')
    const life = this.#life
    if (life) {
      this.#tell(life, { type: 'stop' })
      const late = setTimeout(() => life.child.kill('SIGKILL'), this.#limits.stop_ms)
      await this.#gone
      clearTimeout(late)
    }
    await this.#endKey()
  }

  get #called(): string {
    return this.#name ?? this.#request.asked
  }

  #tell(life: Life, word: ToWorker): void {
    if (life.child.connected) life.child.send(word, () => {})
  }

  async #hear(life: Life, word: ToHost): Promise<void> {
    life.heard_at = performance.now()
    if (word.type === 'loaded') await this.#run(life, word)
    else if (word.type === 'running') {
      life.running_at = life.heard_at
      this.#moved('running')
      this.#parts.log.info(`module ${this.#called} runs`, { module: this.#called, pid: life.child.pid })
    } else if (word.type === 'at') life.at = word.seq
    else if (word.type === 'beat') this.#beat(life, word)
    else {
      life.reason = `failed: ${word.message}`
      life.fault = word.fault
      life.cursors = word.cursors
      if (word.at !== undefined) life.at = word.at
      this.#parts.log.error(`module ${this.#called}: ${word.message}`, {
        module: this.#called,
        stack: word.stack,
      })
    }
  }

  #beat(life: Life, beat: ToHost & { type: 'beat' }): void {
    life.cursors = beat.cursors
    life.memory_bytes = Math.max(life.memory_bytes, beat.memory_bytes)
    life.busy_ms = beat.busy_ms
    if (life.at !== undefined && (beat.cursors.seq ?? 0) >= life.at) delete life.at
    if (beat.conflated > life.conflated)
      this.#parts.log.warn(
        `module ${this.#called} is slow: ${beat.conflated - life.conflated} ticks were passed over for newer ones`,
        { module: this.#called },
      )
    life.conflated = beat.conflated
  }

  /** It was loaded and says what it needs: its key, then it may run. */
  async #run(life: Life, { name, scopes, accounts }: ToHost & { type: 'loaded' }): Promise<void> {
    this.#name = name
    life.beating = true
    const logins = this.#host.accounts ?? accounts
    const fits = JSON.stringify([name, scopes, logins])
    try {
      if (this.#key?.fits !== fits) {
        await this.#endKey()
        const [only = null, ...others] = logins
        this.#key = { ...(await this.#parts.keys.mint(name, scopes, others.length > 0 ? null : only)), fits }
      }
    } catch (error) {
      life.reason = `got no key: ${(error as Error).message}`
      life.child.kill('SIGKILL')
      return
    }
    this.#tell(life, {
      ...{ type: 'run', url: this.#parts.url, api_key: this.#key.api_key, accounts: logins },
      ...{ cursors: this.#legacy.cursors, careful: isCareful(this.#legacy) },
      requests_per_s: this.#limits.requests_per_s,
    })
  }

  async #look(life: Life): Promise<void> {
    const now = performance.now()
    const late_ms = now - this.#looked_at - LOOK_MS
    this.#looked_at = now
    // This process itself stood still: what was said meanwhile waits to be read, and silence proves nothing.
    if (late_ms > LOOK_MS) life.heard_at = Math.max(life.heard_at, now - LOOK_MS)
    life.memory_bytes = (await residentBytes(life.child.pid)) ?? life.memory_bytes
    const complaint = complaintOf(life, now, this.#limits)
    if (complaint !== null && life.reason === undefined) {
      life.reason = complaint
      life.child.kill('SIGKILL')
    } else if (life.running_at !== null && now - life.running_at > this.#limits.stable_ms) {
      for (const name of this.#alerted) void this.#parts.clear(name)
      this.#alerted.clear()
    }
  }

  #ended(life: Life): void {
    if (this.#life !== life) return
    clearInterval(this.#watch)
    this.#life = null
    if (this.#state === 'ended') return
    const now = performance.now()
    const { cursors, at, fault, reason = 'ended' } = life
    const lived_ms = life.running_at === null ? 0 : now - life.running_at
    const { legacy, left_out } = legacyOf(this.#legacy, { cursors, at, fault, lived_ms }, this.#limits)
    this.#legacy = legacy
    this.#last_end = reason
    const wait_ms = backoffMs(legacy.deaths, this.#limits)
    const rest =
      left_out === null ? '' : ` The event ${left_out} ended it three times: it is left out from now on.`
    const down = fault === 'key_gone'
    const next = down
      ? 'Its key was revoked: it stays down until the server is started again.'
      : `It is started again in ${wait_ms / 1000} s.${rest}`
    this.#parts.log.error(`module ${this.#called} ${reason}. ${next}`, {
      ...{ module: this.#called, deaths: legacy.deaths, seq: legacy.cursors.seq },
    })
    const name = `module:${this.#called}`
    this.#alerted.add(name)
    void this.#parts.alert(`Module ${this.#called} ${reason}. ${next}`, { name })
    this.#moved(down ? 'ended' : 'waiting')
    if (down) return
    this.#timer = setTimeout(() => {
      this.#restarts++
      this.start()
    }, wait_ms)
  }

  async #endKey(): Promise<void> {
    const key = this.#key
    this.#key = null
    if (key)
      await this.#parts.keys.revoke(key.key_id).catch((error) => {
        this.#parts.log.warn(`the key of module ${this.#called} could not be revoked: ${String(error)}`)
      })
  }

  #moved(state: ModuleState): void {
    this.#state = state
    this.#parts.onChange(this.status)
  }
}
