// Bars in memory: the same rules as in storage/postgres/bars.ts.
import type { BarBatch, Page, PageRequest, StoredBar } from '../../ports.ts'
import { page as pageOf } from './reads.ts'
import type { Tables } from './tables.ts'

type Series = Pick<BarBatch, 'account_id' | 'symbol' | 'timeframe'>
const nameOf = ({ symbol, timeframe }: Series) => `${symbol} ${timeframe}`

export function saveBars(tables: Tables, batch: BarBatch): number {
  const at = tables.accounts.get(batch.account_id)
  if (!at) throw new Error(`bar: there is no account ${batch.account_id}`)
  // Rows are never changed in place (M3), and neither is the map that holds them.
  const series = new Map(at.bars.get(nameOf(batch)))
  let stored = 0
  for (const told of batch.bars) {
    const row = { ...told, received_at: batch.received_at }
    const known = series.get(told.time_ms)
    const older_news =
      known !== undefined && !told.complete && (known.complete || told.tick_volume < known.tick_volume)
    const same = JSON.stringify({ ...known, received_at: 0 }) === JSON.stringify({ ...row, received_at: 0 })
    if (older_news || same) continue
    series.set(told.time_ms, row)
    stored++
  }
  at.bars.set(nameOf(batch), series)
  return stored
}

export function bars(
  tables: Tables,
  series: Series,
  from: number,
  to: number,
  { limit, after }: PageRequest,
): Page<StoredBar> {
  const first = Math.max(from, Number(after?.[0] ?? -1) + 1)
  const rows = [...(tables.accounts.get(series.account_id)?.bars.get(nameOf(series))?.values() ?? [])]
    .filter(({ time_ms }) => time_ms >= first && time_ms < to)
    .sort((a, b) => a.time_ms - b.time_ms)
  return pageOf(rows, limit, ({ time_ms }) => [time_ms])
}
