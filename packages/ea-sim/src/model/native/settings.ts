// How a native EA is set up.

import type { OpenedJournal } from './journal-state.ts'
import type { Binding } from './records.ts'
import type { Stamp } from './stamp.ts'

export interface NativeEaOptions {
  /** The journal as it was read (`openedFrom`). Empty, unreadable or of another binding: it is replaced first. */
  journal: OpenedJournal
  binding: Binding
  /** Names this run of the machine: another one than the journal's means that it restarted. */
  boot_id: string
  /** Start of the process: from here on every look counts anew. */
  now: Stamp
  /** Chance in [0, 1), for the jitter of repeats only. */
  random: () => number
  poll_interval_ms?: number
  /** The longest time after which a lost order can still appear. */
  settle_ms?: number
  /** Between two looks at the broker for a command in doubt. */
  look_every_ms?: number
  /** Orders of one command at most; beyond, the last refusal is the answer. */
  tries_max?: number
  /** Before a refused order is tried again; doubles. */
  retry_ms?: number
  /** The longest wait between two repeats of an answer. */
  answer_backoff_max_ms?: number
}

export interface Settings extends Required<Omit<NativeEaOptions, 'journal' | 'now' | 'random'>> {
  /** Between two words of a command at work. */
  progress_ms: number
}

export function settingsOf(options: NativeEaOptions): Settings {
  const { binding, boot_id, poll_interval_ms = 1_000, settle_ms = 30_000 } = options
  return {
    binding,
    boot_id,
    poll_interval_ms,
    // Two polls: a lease lasts three.
    progress_ms: Math.max(500, 2 * poll_interval_ms),
    settle_ms,
    // Ten looks within the settle time, but no more than one a second.
    look_every_ms: options.look_every_ms ?? Math.max(20, Math.min(1_000, settle_ms / 10)),
    tries_max: options.tries_max ?? 10,
    retry_ms: options.retry_ms ?? 100,
    answer_backoff_max_ms: options.answer_backoff_max_ms ?? 15_000,
  }
}
