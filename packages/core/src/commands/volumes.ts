// The two volumes of a compare-and-set (contract §4): what the position has now, and what shall remain of it.
import type { KnownTrade } from './admission.ts'

export interface ComparedVolumes {
  /** Lots that the position must still have when the EA looks. */
  readonly expected_volume: number
  /** Lots that remain; a position that has them already is done. */
  readonly remaining_volume: number
}

/** Volumes as the caller gave them, else from what the ledger knows; a sentence when that is not enough. */
export function comparedVolumes(
  fields: Record<string, unknown>,
  trade: KnownTrade | undefined,
  opposite: KnownTrade | undefined,
): ComparedVolumes | string {
  const { volume, expected_volume, remaining_volume } = fields as Partial<Record<string, number>>
  const against = oppositeProblem(trade, opposite)
  if (against !== null) return against
  const expected = expected_volume ?? trade?.volume ?? undefined
  if (expected === undefined)
    return 'give expected_volume and remaining_volume: the server does not know this position yet'
  const taken = volume ?? opposite?.volume ?? undefined
  const remaining =
    remaining_volume ?? (taken === undefined ? undefined : Math.max(0, lots(expected - taken)))
  if (remaining === undefined)
    return 'give expected_volume and remaining_volume: the server does not know the opposite position yet'
  if (remaining >= expected)
    return `remaining_volume ${remaining} is not below the ${expected} lots that are open`
  if (remaining === 0 && opposite === undefined && fields.opposite_ticket === undefined)
    return `that closes all ${expected} lots: use CLOSE_TRADE`
  return { expected_volume: expected, remaining_volume: remaining }
}

function oppositeProblem(trade: KnownTrade | undefined, opposite: KnownTrade | undefined): string | null {
  if (!trade || !opposite) return null
  if (trade.symbol !== opposite.symbol)
    return `the two positions are of ${trade.symbol} and ${opposite.symbol}: a close by needs one symbol`
  if (trade.direction && trade.direction === opposite.direction)
    return `both positions are ${trade.direction}: a close by needs opposite directions`
  return null
}

/** Without the noise of binary fractions; brokers have at most eight decimals of a lot. */
const lots = (volume: number): number => Number(volume.toFixed(8))
