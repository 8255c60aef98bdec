// What host and worker say to each other over IPC. Small and rare: a module's data never goes this way.
import type { ModuleScope } from './definition.ts'
import type { Settings } from './settings.ts'

/** Where a module goes on: behind these, whatever became of it. */
export interface Cursors {
  /** The last event that was dealt with. */
  readonly seq?: number
  /** The cursor of every tick up to here. */
  readonly ticks?: number
}

export type ToWorker =
  | { type: 'load'; source: string; settings: Settings; beat_ms: number }
  | {
      type: 'run'
      url: string
      api_key: string
      accounts: readonly string[]
      requests_per_s: number
      cursors: Cursors
      /** It died of something here: say each event before it is handed over. */
      careful: boolean
    }
  | { type: 'stop' }

export type ToHost =
  | { type: 'loaded'; name: string; scopes: readonly ModuleScope[]; accounts: readonly string[] }
  | { type: 'running' }
  | { type: 'beat'; cursors: Cursors; memory_bytes: number; busy_ms: number; conflated: number }
  | { type: 'at'; seq: number }
  | { type: 'failed'; message: string; stack: string; at?: number; fault: Fault; cursors: Cursors }

/**
 * `thrown`: by the module; `unfit`: no module, or wrong settings; `key_gone`: its key was revoked; `rewound`: the
 * server's ledger went back behind what the module has seen.
 */
export type Fault = 'thrown' | 'unfit' | 'key_gone' | 'rewound'
