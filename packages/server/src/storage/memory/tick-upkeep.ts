// Days of ticks that leave, and batches that are forgotten, in memory.
import type { Tables } from './tables.ts'

const DAY_MS = 86_400_000
const dayOf = (time_ms: number) => Math.floor(time_ms / DAY_MS)

export const tickDays = (tables: Tables): number[] => {
  const days = [...tables.accounts.values()].flatMap(({ ticks }) =>
    ticks.map(({ time_ms }) => dayOf(time_ms)),
  )
  return [...new Set(days)].sort((a, b) => a - b)
}

export function dropTickDay(tables: Tables, day: number): void {
  for (const { ticks } of tables.accounts.values())
    ticks.splice(0, ticks.length, ...ticks.filter(({ time_ms }) => dayOf(time_ms) !== day))
}

export function forgetTickBatches(tables: Tables, before: number, limit: number): number {
  const old = [...tables.accounts.values()].flatMap(({ batch_ids }) =>
    [...batch_ids].filter(([, { received_at }]) => received_at < before).map(([id]) => ({ batch_ids, id })),
  )
  for (const { batch_ids, id } of old.slice(0, limit)) batch_ids.delete(id)
  return Math.min(old.length, limit)
}
