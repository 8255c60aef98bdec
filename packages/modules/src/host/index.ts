// The host of modules: starts each in a process of its own beside the server, and ends them all.
//
//   H1. The server knows nothing of modules: a module is a caller like any other, with a key of its own.
//   H2. A module's death is a line in the log and an alert, and no other module's business.
import { fileURLToPath } from 'node:url'
import { Alerts } from '../alerts.ts'
import { LIMITS, type Limits } from './life.ts'
import type { HostLog, ModuleKeys, ModuleRequest, ModuleStatus } from './ports.ts'
import { Worker } from './worker.ts'

export { MODULE_SCOPES, type ModuleScope } from '../definition.ts'
export { readSet, type Settings, type SettingValue } from '../settings.ts'
export { isShipped, SHIPPED, shippedFile } from '../shipped/index.ts'
export { writeStarter } from '../starter.ts'
export type { HostLog, MintedKey, ModuleKeys, ModuleRequest, ModuleState, ModuleStatus } from './ports.ts'
export { LIMITS, type Limits }

export interface HostOptions {
  readonly modules: readonly ModuleRequest[]
  /** The server's management port. */
  readonly url: string
  readonly keys: ModuleKeys
  /** The host's own key, for its alerts; null: they are in the log only. */
  readonly alert_key: string | null
  readonly log: HostLog
  readonly limits?: Partial<Limits>
  readonly onChange?: (status: ModuleStatus) => void
}

export interface ModuleHost {
  status(): ModuleStatus[]
  /** Ends all of them, and their keys. */
  stop(): Promise<void>
}

/**
 * Starts modules; returns at once. What becomes of each is told to `log`, `onChange` and, where it is bad, by alerts.
 * @throws {TypeError} for settings that can't be meant
 */
export function startModules(options: HostOptions): ModuleHost {
  const { url, keys, log, alert_key, onChange = () => {} } = options
  const alerts = alert_key === null ? null : new Alerts({ url, api_key: alert_key }, log)
  const parts = {
    ...{ url, keys, log, onChange, limits: { ...LIMITS, ...options.limits } },
    alert: async (text: string, how: { name: string }) => alerts?.raise(text, how),
    clear: async (name: string) => alerts?.clear(name),
  }
  const workers = options.modules.map((request) => new Worker(request, parts))
  for (const worker of workers) worker.start()
  return {
    status: () => workers.map((worker) => worker.status),
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()))
    },
  }
}

/** Where the modules that come with the house lie. */
export const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))
