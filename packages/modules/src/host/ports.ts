// What the host needs of the house that it stands beside, and what it tells of its modules.
import type { ModuleScope, RaiseOptions } from '../definition.ts'
import type { Settings } from '../settings.ts'

export interface HostLog {
  info(message: string, details?: Record<string, unknown>): void
  warn(message: string, details?: Record<string, unknown>): void
  error(message: string, details?: Record<string, unknown>): void
}

export interface MintedKey {
  readonly key_id: string
  readonly api_key: string
}

/** The keys of modules, made and ended where keys are kept. */
export interface ModuleKeys {
  /**
   * @param account the login it is bound to; null: none
   * @throws when that account is not known yet, with a sentence
   */
  mint(name: string, scopes: readonly ModuleScope[], account: string | null): Promise<MintedKey>
  revoke(key_id: string): Promise<void>
}

/** Tells a person; resolves to whether it could be told. */
export type HostAlert = (text: string, options: RaiseOptions & { name: string }) => Promise<unknown>

export interface ModuleRequest {
  /** The file, absolute. */
  readonly source: string
  /** As it was asked for: a name or a path. */
  readonly asked: string
  readonly settings: Settings
}

export type ModuleState = 'starting' | 'running' | 'waiting' | 'ended'

export interface ModuleStatus {
  readonly asked: string
  /** Its own name, once it was loaded. */
  readonly name: string | null
  readonly state: ModuleState
  readonly pid: number | null
  readonly restarts: number
  readonly last_end: string | null
  readonly key_id: string | null
  readonly memory_bytes: number
  /** The last event that it dealt with. */
  readonly seq: number | null
}
