// A terminal with its native EA: a process that dies and comes back with the same journal, while its broker lives on.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Child } from '../process/child.ts'
import { Stable } from '../process/stable.ts'
import type { EaOrder, EaStatus } from '../programs/ea.ts'
import type { TcpProxy } from '../proxy/tcp.ts'
import type { Doors } from './doors.ts'
import type { World } from './world.ts'

export interface TerminalOptions {
  readonly login: string
  readonly api_key: string
  /** Where its journal lies; another name is another terminal. */
  readonly name?: string
  readonly settle_ms: number
  readonly poll_interval_ms: number
  /** Over `/ws/ea` as well; else by poll alone. */
  readonly push: boolean
  /** Its own ways to the server and to the trade server; else the world's. */
  readonly doors?: Doors
  readonly cable?: TcpProxy
}

export class Terminal {
  readonly options: TerminalOptions
  /** The folder to which its journal is bound. */
  folder: string
  starts = 0
  readonly #world: World
  readonly #stable: Stable
  #child: Child | null = null

  constructor(world: World, options: TerminalOptions) {
    const { login, name = 'terminal' } = options
    this.#world = world
    this.options = options
    this.folder = join(world.folder, login, name)
    mkdirSync(this.folder, { recursive: true })
    const log_file = join(world.folder, 'ea.log')
    this.#stable = new Stable({ program: world.programs.ea, name: `EA ${login}`, log_file }, (child) =>
      world.guard.watchChild(child),
    )
  }

  get child(): Child | null {
    return this.#child?.ended === null ? this.#child : null
  }

  /** The EA at work; what stands in its folder is what it knows. */
  async start(): Promise<void> {
    const { login, api_key, settle_ms, poll_interval_ms, push } = this.options
    const { doors = this.#world.doors, cable = this.#world.cable } = this.options
    this.#child = this.#stable.take()
    this.starts++
    const broker_port = cable.port
    const where = { login, api_key, ports: doors.ports, broker_port, folder: this.folder }
    await this.#child.ask('start', { ...where, settle_ms, poll_interval_ms, push } satisfies EaOrder)
  }

  async kill(): Promise<void> {
    await this.#child?.kill()
  }

  /** K10 … K15, of commands of this type; '' disarms. `K12:OPEN_TRADE:stop` stands still there instead. */
  async arm(crash_point: string): Promise<void> {
    await this.#child?.ask('arm', { crash_point })
  }

  async status(): Promise<EaStatus> {
    if (!this.#child) throw new Error(`${this.options.login}: no EA is running`)
    return this.#child.ask('status')
  }

  async close(): Promise<void> {
    await this.kill()
    await this.#stable.close()
  }
}
