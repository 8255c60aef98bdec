// Bars in: checked one by one, stored in one statement, acknowledged after its commit.
import { type Bar, barProblem, brokerTimeMs, mergeBars } from '@ngtb/core'
import { type BarsBody, Refusal } from '@ngtb/protocol'
import type { BarBatch, Clock, Store } from '../ports.ts'
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

const WAITING_BARS_MAX = 200_000

export class BarIntake {
  readonly #ports: BarPorts
  #waiting = 0

  constructor(ports: BarPorts) {
    this.#ports = ports
  }

  /** @throws {Refusal} NGTB_RATE, NGTB_DATABASE_AWAY */
  async save(account_id: number, body: BarsBody, actor: string): Promise<BarsTaken> {
    const { clock, tell } = this.#ports
    const received_at = clock.now()
    const { symbol, timeframe } = body
    const { bars: read, rejected } = readBars(body)
    const bars = mergeBars(read)
    const batch = { account_id, symbol, timeframe, bars, received_at }
    const stored = bars.length === 0 ? 0 : await this.#stored(batch)
    const of_one = { account_id, actor, received_at, kind: 'bars', batches: 1 } as const
    tell([{ ...of_one, ticks: 0, losses: [], quotes: [] }])
    return { processed: read.length, stored, rejected }
  }

  async #stored(batch: BarBatch): Promise<number> {
    const { length } = batch.bars
    if (this.#waiting > 0 && this.#waiting + length > WAITING_BARS_MAX)
      throw new Refusal('NGTB_RATE', 'more bars are waiting than the disk takes', { retry_after_s: 1 })
    this.#waiting += length
    try {
      return await this.#ports.store.saveBars(batch)
    } finally {
      this.#waiting -= length
    }
  }
}

/** A bad one does not spoil the others (R10). */
function readBars({ bars: told, forming = false }: BarsBody): Pick<BarsTaken, 'rejected'> & { bars: Bar[] } {
  const bars: Bar[] = []
  const rejected: { index: number; reason: string }[] = []
  let newest_ms = 0
  for (const [index, { time, tick_volume, real_volume = 0, spread = 0, ...prices }] of told.entries()) {
    const time_ms = brokerTimeMs(time)
    if (time_ms === null) {
      rejected.push({ index, reason: `time ${time} is none, or lies outside 1970 … 2100` })
      continue
    }
    const { open, high, low, close } = prices
    const volumes = { tick_volume, real_volume: Number(real_volume), spread }
    const bar = { time_ms, open, high, low, close, ...volumes, complete: true }
    const reason = barProblem(bar)
    if (reason === null) bars.push(bar)
    else rejected.push({ index, reason })
    newest_ms = Math.max(newest_ms, time_ms)
  }
  const isForming = ({ time_ms }: Bar) => forming && time_ms === newest_ms
  return { bars: bars.map((bar) => (isForming(bar) ? { ...bar, complete: false } : bar)), rejected }
}
