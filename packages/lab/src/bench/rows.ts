// The published figures as a table: what is promised, and when a measured row holds.
//
//   V1. A row's verdict is on its p99: for a rate that is what 99 of 100 windows reached.
//   V2. The ratio compares the median with a raw figure of the same database in the same run. Its limit is about
//       three times what was measured on two shared cores: it finds a slower program, not a slower machine.
//   V3. A figure that was not measured has not held.
import type { Summary } from '../support/measure.ts'

export const ROW_NAMES = [
  'heartbeat',
  'command creation',
  'delivery',
  'sync of 10 trades',
  '100-tick batch',
  'commands',
  'ticks',
  'trade syncs',
  'connections',
] as const
export type RowName = (typeof ROW_NAMES)[number]

/** What the machine itself can do, measured beside the rows. */
export interface RawFigures {
  /** One-row commits on one connection, ms. */
  readonly commit: Summary
  readonly commits_per_s: number
  /** Binary COPY into a table like `tick`, its index included. */
  readonly copy_ticks_per_s: number
  /** `SELECT 1`, ms. */
  readonly select: Summary
}

interface Promised {
  readonly better: 'lower' | 'higher'
  readonly target: number
  readonly unit: string
  readonly ratio: {
    readonly of: string
    readonly raw: (raw: RawFigures) => number
    /** A `lower` row may not exceed it, a `higher` one may not fall below. */
    readonly limit: number
  }
}

/** How often the EA of the delivery row asks. */
export const POLL_MS = 20
const HOUR_S = 3_600

const commit = (raw: RawFigures) => raw.commit.p50
const commits = (raw: RawFigures) => raw.commits_per_s

export const PUBLISHED: Readonly<Record<RowName, Promised>> = {
  heartbeat: { better: 'lower', target: 5, unit: 'ms', ratio: { of: 'commit', raw: commit, limit: 15 } },
  'command creation': {
    better: 'lower',
    target: 10,
    unit: 'ms',
    ratio: { of: 'commit', raw: commit, limit: 20 },
  },
  delivery: {
    better: 'lower',
    target: 50,
    unit: 'ms',
    ratio: { of: 'one poll + 10 commits', raw: (raw) => POLL_MS + 10 * raw.commit.p50, limit: 2 },
  },
  'sync of 10 trades': {
    better: 'lower',
    target: 100,
    unit: 'ms',
    ratio: { of: 'commit', raw: commit, limit: 30 },
  },
  '100-tick batch': {
    better: 'lower',
    target: 50,
    unit: 'ms',
    ratio: { of: 'commit', raw: commit, limit: 20 },
  },
  commands: {
    better: 'higher',
    target: 100,
    unit: '/s',
    ratio: { of: 'commits/s', raw: commits, limit: 0.03 },
  },
  ticks: {
    better: 'higher',
    target: 10_000,
    unit: '/s',
    ratio: { of: 'COPY ticks/s', raw: (raw) => raw.copy_ticks_per_s, limit: 0.03 },
  },
  'trade syncs': {
    better: 'higher',
    target: 100,
    unit: '/hour',
    ratio: { of: 'commits/hour', raw: (raw) => raw.commits_per_s * HOUR_S, limit: 0.03 },
  },
  // Nothing of the database decides how many can be connected: the ratio is to the promise itself.
  connections: { better: 'higher', target: 10, unit: '', ratio: { of: 'promised', raw: () => 10, limit: 1 } },
}

export interface Row extends Summary {
  readonly name: RowName
  readonly better: 'lower' | 'higher'
  readonly target: number
  readonly unit: string
  readonly held: boolean
  readonly ratio: number
  readonly ratio_of: string
  readonly ratio_limit: number
  readonly ratio_held: boolean
}

export function judgeRow(name: RowName, measured: Summary, raw: RawFigures): Row {
  const { better, target, unit, ratio } = PUBLISHED[name]
  const value = measured.p50 / ratio.raw(raw)
  return {
    name,
    ...measured,
    better,
    target,
    unit,
    held: better === 'lower' ? measured.p99 < target : measured.p99 > target,
    ratio: value,
    ratio_of: ratio.of,
    ratio_limit: ratio.limit,
    ratio_held: better === 'lower' ? value <= ratio.limit : value >= ratio.limit,
  }
}

/** 0 when the run holds. On a machine of CI's the absolute figures say little: only ratios count there. */
export function exitCodeOf(rows: readonly Row[], ci: boolean): 0 | 1 {
  const whole = ROW_NAMES.every((name) => rows.some((row) => row.name === name))
  return whole && rows.every((row) => (ci ? row.ratio_held : row.held)) ? 0 : 1
}
