// Bars in: checked one by one, stored in one statement, acknowledged after its commit.
import { type Bar, barProblem, brokerTimeMs, mergeBars } from '@ngtb/core'
import { type BarsBody, limits } from '@ngtb/protocol'
import type { Clock, Store } from '../ports.ts'
import type { TickNews } from './tick-intake.ts'

export interface BarPorts {
  readonly store: Pick<Store, 'saveBars'>
  readonly clock: Clock
  tell(news: readonly TickNews[]): void
}

export interface BarsTaken {
  readonly processed: number
  /** New, or another than before. */
  readonly stored: number
  readonly rejected: readonly { index: number; reason: string }[]
}

export class BarIntake {
  readonly #ports: BarPorts

  constructor(ports: BarPorts) {
    this.#ports = ports
  }

  /** @throws {Refusal} NGTB_DATABASE_AWAY */
  async save(account_id: number, body: BarsBody, actor: string): Promise<BarsTaken> {
    const { store, clock, tell } = this.#ports
    const received_at = clock.now()
    const { symbol, timeframe } = body
    const { bars: read, rejected } = readBars(body)
    const bars = mergeBars(read)
    const batch = { account_id, symbol, timeframe, bars, received_at }
    const stored = bars.length === 0 ? 0 : await store.saveBars(batch)
    const of_one = { account_id, actor, received_at, kind: 'bars', batches: 1 } as const
    tell([{ ...of_one, ticks: 0, losses: [], quotes: [] }])
    return { processed: read.length, stored, rejected }
  }
}

/** A bad one does not spoil the others (R10). */
function readBars({ bars: told, forming = false }: BarsBody): Pick<BarsTaken, 'rejected'> & { bars: Bar[] } {
  const bars: Bar[] = []
  const rejected: { index: number; reason: string }[] = []
  let newest_ms = 0
  for (const [index, { time, tick_volume, real_volume = 0, spread = 0, ...prices }] of told.entries()) {
    const time_ms = brokerTimeMs(time)
    if (time_ms === null || time_ms < limits.time_ms_min) {
      rejected.push({ index, reason: `time ${time} lies outside 2000 … 2100` })
      continue
    }
    const bar = { time_ms, ...prices, tick_volume, real_volume, spread, complete: true }
    const reason = barProblem(bar)
    if (reason === null) bars.push(bar)
    else rejected.push({ index, reason })
    newest_ms = Math.max(newest_ms, time_ms)
  }
  const isForming = ({ time_ms }: Bar) => forming && time_ms === newest_ms
  return { bars: bars.map((bar) => (isForming(bar) ? { ...bar, complete: false } : bar)), rejected }
}
