// What the runner needs of an EA under test: to start it, and, where it is within reach, its broker and its machine.
import type { Json, Part } from '../language/dialogue.ts'

/** Where the EA finds the server that the runner plays. */
export interface World {
  readonly host: string
  readonly ports: {
    readonly command: number
    readonly ticks: number
    readonly trades: number
    readonly logs: number
  }
  readonly api_key: string
}

/** How a dialogue wants its EA: the words and fields of its `ea …` line. */
export interface EaWanted {
  readonly native: boolean
  readonly push: boolean
  readonly settle_ms: number
  readonly poll_interval_ms: number
  readonly heartbeat_ms: number
  readonly owner_lease_ms: number
  readonly margin_mode: 'hedging' | 'netting'
}

/** One call of OrderSend: `action` and fields of the request, and under `result` what the EA was told. */
export type OrderSeen = Readonly<Record<string, Json>>

/** What the broker shall do with the next order. `done`: what its book says. */
export type Plan =
  | { kind: 'done' }
  | { kind: 'refuse'; retcode: number }
  | { kind: 'ambiguous'; retcode: number; returned: boolean; effect_after_ms: number | null }
  | { kind: 'partial'; ratio: number }
  | { kind: 'placed'; deal_after_ms: number | null }

/** May live in another process, so everything may be a promise. */
export interface BenchBroker {
  positions(): Json[] | Promise<Json[]>
  orders(): Json[] | Promise<Json[]>
  /** A trader's hand, not the EA's. */
  byHand(action: string, fields: Readonly<Record<string, Json>>): Json | Promise<Json>
  /** The link of terminal and trade server. */
  link(up: boolean): void | Promise<void>
  quote(symbol: string, bid: number, ask: number): void | Promise<void>
}

export interface EaBench {
  readonly login: string
  start(): Promise<void>
  /** Ends at once, as a process does: what was not durable is gone. */
  kill(): Promise<void>
  /** What only the machine can do: `cut bytes=9`, `lose`, `keep`, `restore`, `reboot`. @throws RangeError */
  machine(verb: string, said: Part): void
  /** Null: out of sight. Its orders are believed, its book is not looked at. */
  readonly broker: BenchBroker | null
  close(): Promise<void>
}

/** Called by the bench at each order, before the book is asked; and after, with what came of it. */
export interface Overseer {
  plan(action: string): Plan
  seen(order: OrderSeen): void
}

/** What a module given by --bench exports as default: puts up an EA with its broker, not yet started. */
export type BenchMaker = (
  world: World,
  wanted: EaWanted,
  overseer: Overseer,
  login: string,
) => EaBench | Promise<EaBench>
