// Measurements over time, in memory: what storage/postgres/samples.ts makes of them, row by row.
import {
  ACCOUNT_SAMPLE,
  type AccountMeasured,
  type Rules,
  SYSTEM_SAMPLE,
  type SystemMeasured,
} from '@ngtb/core'
import type { AccountSample, Forgettable, Point, Span, SystemSample, WireText } from '../../ports.ts'
import type { Tables } from './tables.ts'

export function saveSamples(tables: Tables, accounts: readonly AccountSample[], system: SystemSample): void {
  for (const sample of accounts) tables.account_samples.set(`${sample.account_id} ${sample.at}`, sample)
  tables.system_samples.set(`${system.server} ${system.at}`, system)
}

export function saveWire(tables: Tables, texts: readonly WireText[]): void {
  tables.wire = [...tables.wire, ...texts]
}

export const accountHistory = (tables: Tables, account_id: number, span: Span): Point<AccountMeasured>[] =>
  pointsOf(
    [...tables.account_samples.values()].filter((sample) => sample.account_id === account_id),
    ACCOUNT_SAMPLE,
    span,
  )

export const systemHistory = (tables: Tables, span: Span): Point<SystemMeasured>[] =>
  pointsOf([...tables.system_samples.values()], SYSTEM_SAMPLE, span)

export function forgetSamples(tables: Tables, before: number): void {
  for (const samples of [tables.account_samples, tables.system_samples])
    for (const [key, { at }] of samples) if (at < before) samples.delete(key)
  tables.wire = tables.wire.filter(({ at }) => at >= before)
}

/** @returns how many left */
export function forgetOld(tables: Tables, what: Forgettable, before: number, limit: number): number {
  const accounts = [...tables.accounts.values()]
  const { sessions, invitations } = tables.people
  switch (what) {
    case 'ea_log': {
      const old = new Set(accounts.flatMap(({ logs }) => logs.filter((row) => row.received_at < before)))
      const leaving = new Set([...old].slice(0, limit))
      for (const { logs } of accounts) logs.splice(0, logs.length, ...logs.filter((row) => !leaving.has(row)))
      return leaving.size
    }
    case 'interaction_minute':
      return drop(
        accounts.map(({ minutes }) => minutes),
        ({ minute }) => minute < before,
        limit,
      )
    case 'person_session':
      return drop([sessions], ({ ended_at, expires_at }) => (ended_at ?? expires_at) < before, limit)
    case 'invitation':
      return drop(
        [invitations],
        ({ spent_at, expires_at }) => Math.min(spent_at ?? expires_at, expires_at) < before,
        limit,
      )
  }
}

function drop<T>(maps: readonly Map<string, T>[], over: (row: T) => boolean, limit: number): number {
  let left = 0
  for (const map of maps)
    for (const [key, row] of map)
      if (left < limit && over(row)) {
        map.delete(key)
        left++
      }
  return left
}

type Row = { readonly at: number; readonly server?: string }

function pointsOf<T>(rows: readonly Row[], rules: Rules, { from, to, step_ms }: Span): Point<T>[] {
  const steps = new Map<number, Row[]>()
  for (const row of rows.filter(({ at }) => at >= from && at < to)) {
    const at = from + Math.floor((row.at - from) / step_ms) * step_ms
    steps.set(at, [...(steps.get(at) ?? []), row])
  }
  return [...steps]
    .sort(([a], [b]) => a - b)
    .map(([at, sampled]) => ({ at, ...pointOf(sampled, rules) }) as Point<T>)
}

/** T2. */
function pointOf(rows: readonly Row[], rules: Rules): Record<string, number | null> {
  const servers = new Set(rows.map(({ server }) => server)).size
  const newest_last = rows.toSorted((a, b) => a.at - b.at)
  const entries = Object.entries(rules).map(([name, rule]) => {
    const values = newest_last
      .map((row) => (row as unknown as Record<string, number | null>)[name] ?? null)
      .filter((value) => value !== null)
    if (values.length === 0) return [name, null]
    if (rule === 'max') return [name, Math.max(...values)]
    if (rule === 'last') return [name, values.at(-1)]
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return [name, rule === 'rate' ? mean * servers : mean]
  })
  return Object.fromEntries(entries)
}
