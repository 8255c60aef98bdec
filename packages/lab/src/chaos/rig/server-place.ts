// Where the server runs: one process at a time, killed and followed by the spare that waits.
import { join } from 'node:path'
import { type Child, ChildEnded } from '../process/child.ts'
import type { Guard } from '../process/guard.ts'
import { Stable } from '../process/stable.ts'
import type { ServerReady } from '../programs/server.ts'
import type { Doors } from './doors.ts'

export interface ServerPlaceOptions {
  readonly program: string
  readonly folder: string
  readonly guard: Guard
  /** All ways to it. */
  readonly doors: readonly Doors[]
  readonly settings: () => Readonly<Record<string, string>>
}

const STARTS_MAX = 5

export class ServerPlace {
  admin_key = ''
  starts = 0
  readonly #options: ServerPlaceOptions
  readonly #stable: Stable
  #child: Child | null = null
  #ports: ServerReady['ports'] | null = null

  constructor(options: ServerPlaceOptions) {
    this.#options = options
    const log_file = join(options.folder, 'server.log')
    const env = { NODE_ENV: 'test' }
    this.#stable = new Stable({ program: options.program, name: 'server', log_file, env }, (child) =>
      options.guard.watchChild(child),
    )
  }

  /** The running process; null between a death and the next start. */
  get child(): Child | null {
    return this.#child?.ended === null ? this.#child : null
  }

  /** Starts one. One that dies, or gives up on a slow database, is followed by the next, as by a service. */
  async start(): Promise<void> {
    for (let failed = 0; ; ) {
      const child = this.#stable.take()
      try {
        this.#child = child
        const ready = await child.ask<ServerReady>('start', {
          settings: this.#options.settings(),
          data_dir: join(this.#options.folder, 'data'),
          make_admin_key: this.admin_key === '',
        })
        this.admin_key = ready.admin_key ?? this.admin_key
        this.starts++
        this.#ports = ready.ports
        for (const doors of this.#options.doors) doors.leadTo(ready.ports)
        return
      } catch (error) {
        if (error instanceof ChildEnded && child.ended === 'SIGKILL') continue
        if (++failed >= STARTS_MAX) throw error
        await child.kill()
      }
    }
  }

  /** Another way to the server that runs now. */
  stands(doors: Doors): void {
    if (this.#ports) doors.leadTo(this.#ports)
  }

  async kill(): Promise<void> {
    await this.#child?.kill()
  }

  /** The next time a command of this type comes to this crash point, the process is gone. '' disarms. */
  async arm(crash_point: string): Promise<void> {
    await this.#child?.ask('arm', { crash_point })
  }

  async close(): Promise<void> {
    const { child } = this
    if (child) await Promise.race([child.ask('stop').catch(() => {}), child.exited])
    await this.kill()
    await this.#stable.close()
  }
}
